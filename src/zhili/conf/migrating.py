"""Migrations of a whole city in seconds: what is new is drawn alone."""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ModelState, ProjectState


def draw_only_what_is_new() -> None:
    """Let a migration that makes a table, an index or a constraint draw only the class concerned.

    Django draws anew every model related to it, and for a table all that are related to these, so that the state
    before keeps classes that know nothing of it. With everything related to offices and accounts that is nearly the
    whole city, once for each of its tables: most of the time of a first start, of each restore and of each run of
    tests. Making any of the three asks for nothing of the state before; a later change of a field draws its model and
    its neighbours anew as ever. The schema is the same to the byte.
    """
    ProjectState.add_model = _add_model  # type: ignore[method-assign]
    ProjectState._append_option = _append_option  # type: ignore[attr-defined]


def _add_model(self: ProjectState, model_state: ModelState) -> None:
    """As django/db/migrations/state.py of Django 5.2, but for what is drawn."""
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:  # type: ignore[attr-defined]
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])


def _append_option(self: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    """Of ``indexes`` and ``constraints``: nothing but the class's own list holds them."""
    options = self.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    if "apps" in self.__dict__:
        meta = self.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), obj])
