"""The pack: what a phone keeps for a shift, so that work goes on without signal. Documented in docs/offline.md.

Never in it: names and numbers of reporters (personal values are opened online, with a record of who looked), matters
marked confidential, and what later steps say. It is a fixed number of queries, however many matters there are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.procedure import Opening, Procedure
from zhili.base.text import redact
from zhili.core.cases import late, permission, present, query, registry
from zhili.core.cases.models import Case, Step
from zhili.core.files.models import Attachment
from zhili.core.forms import Form
from zhili.core.people.actors import Actor
from zhili.core.web.templatetags.zhili import spaced
from zhili.portal.inbox.quick import Quick, quick
from zhili.portal.offline import mark_of
from zhili.portal.pocket.ground import ground_of
from zhili.portal.pocket.visits import visits_of
from zhili.portal.rows import category_name, place_name

MOST: Final = 60
"""Matters in one pack, due first: a worker's list of some days. The rest stays on the desk."""
PHOTOS: Final = 3
"""Small pictures of each matter."""
KEPT: Final = timedelta(hours=12)
"""So long a phone keeps them: a shift."""
TEXT: Final = 600
"""Characters of what was reported; the whole stands on the case page."""


def pack(actor: Actor, site: str = "") -> dict[str, Any]:
    """Everything, as JSON. Times are ISO 8601, places WGS-84 degrees. ``site``: our address, for codes."""
    now = timezone.now()
    own = query.inbox(actor)
    found = list(own.filter(confidential=False)[:MOST])
    names = {case.procedure for case in found}
    forms: dict[str, Any] = {}
    two_taps = quick(actor)
    openings = [_opening(procedure, one, two_taps, forms) for procedure, one in _openings(actor)]
    note = _form(forms, _late_note())
    procedures = {name: _procedure(registry.procedures()[name], actor, forms) for name in sorted(names)}
    return {
        "who": mark_of(actor),
        "label": actor.label,
        "now": now.isoformat(),
        "until": (now + KEPT).isoformat(),
        "total": own.count(),
        "cases": _cases(found),
        "visits": visits_of(actor, site),
        "procedures": procedures,
        "forms": forms,
        "openings": openings,
        "note": note,
        "ground": ground_of(actor),
    }


def _cases(found: list[Case]) -> list[dict[str, Any]]:
    first = {step.case_id: step for step in Step.objects.filter(case__in=found, seq=1)}
    last = {row[0]: row[1] for row in _last_times(found)}
    pictures = _pictures(found)
    return [_case(case, first[case.pk], last[case.pk], pictures.get(case.pk, [])) for case in found]


def _last_times(found: list[Case]) -> list[tuple[int, datetime]]:
    """When each was last acted upon: an act made later builds on that."""
    steps = Step.objects.filter(case__in=found).order_by("case_id", "-seq").distinct("case_id")
    return list(steps.values_list("case_id", "at"))


def _pictures(found: list[Case]) -> dict[int, list[str]]:
    rows = Attachment.objects.filter(
        case_id__in=[case.pk for case in found], step_seq=1, file__mime__startswith="image/"
    )
    kept: dict[int, list[str]] = {}
    for case_id, file in rows.order_by("pk").values_list("case_id", "file_id"):
        kept.setdefault(case_id, []).append(str(file))
    return kept


def _case(case: Case, first: Step, last: datetime, pictures: list[str]) -> dict[str, Any]:
    return {
        "number": case.number,
        "spaced": spaced(case.number),
        "title": case.title,
        "what": _what(case, first),
        "procedure": case.procedure,
        "stage": case.stage,
        "seq": case.seq,
        "at": last.isoformat(),
        "due": case.due_at.isoformat() if case.due_at else None,
        "opened": case.opened_at.isoformat(),
        "category": category_name(case),
        "place": redact(place_name(case)),
        "lon": case.lon,
        "lat": case.lat,
        "photos": [f"/c/{case.number}/files/{one}?small=1" for one in pictures[:PHOTOS]],
        "more_photos": max(0, len(pictures) - PHOTOS),
    }


def _what(case: Case, first: Step) -> str:
    """What was reported, as the step keeps it: numbers and the like are already taken out of it there."""
    procedure = registry.procedures()[case.procedure]
    opening = procedure.openings.get(first.action)
    for one in opening.form.fields() if opening and opening.form else ():
        text = first.data.get(one.name)
        if one.type == "longtext" and isinstance(text, str) and text.strip():
            return text if len(text) <= TEXT else text[: TEXT - 1] + "…"
    return ""


def _procedure(procedure: type[Procedure], actor: Actor, forms: dict[str, Any]) -> dict[str, Any]:
    """Its stages in words, and what this post may do in each without signal."""
    actions: dict[str, Any] = {}
    stages: dict[str, Any] = {}
    for stage in procedure.stages.values():
        offered = [
            one
            for one in procedure.from_stage(stage.name)
            if one.offline and one.name != late.NOTE and permission.may_as_holder(one, actor)
        ]
        for one in offered:
            actions[one.name] = {
                "title": gettext(one.title),
                "hint": gettext(one.hint) if one.hint else "",
                "form": _form(forms, one.form),
                "to": one.move.target.name if one.move.target else None,
                "keeps": permission.keeps_holder(one),
                "standing": one.standing,
            }
        names = [one.name for one in offered]
        stages[stage.name] = {"title": gettext(stage.title), "final": stage.final, "actions": names}
    return {"title": gettext(procedure.title), "stages": stages, "actions": actions}


def _openings(actor: Actor) -> list[tuple[type[Procedure], Opening]]:
    return [(procedure, one) for procedure, one in present.openings_for(actor) if one.offline]


def _opening(
    procedure: type[Procedure], one: Opening, two_taps: Quick | None, forms: dict[str, Any]
) -> dict[str, Any]:
    """A way to begin a case. ``quick``: the one question it must ask, for two taps; ``often``: likely answers."""
    name = f"{procedure.full_name()}/{one.name}"
    mine = two_taps if two_taps is not None and two_taps.url == f"/new/{name}" else None
    return {
        "name": name,
        "title": gettext(one.title),
        "form": _form(forms, one.form),
        "quick": mine.field if mine else "",
        "often": [{"value": value, "title": title} for value, title in mine.choices] if mine else [],
    }


def _form(forms: dict[str, Any], form: type[Form] | None) -> str:
    """The name under which the form's description stands in the pack; "" for a step that takes none."""
    if form is None:
        return ""
    name = f"{form.__module__.rpartition('.')[0].rpartition('.')[2]}.{form.__name__}"
    if name not in forms:
        forms[name] = form.spec()
    return name


def _late_note() -> type[Form] | None:
    for procedure in registry.procedures().values():
        if late.NOTE in procedure.actions:
            form: type[Form] = procedure.actions[late.NOTE].form
            return form
    return None
