"""Actions that every procedure has without declaring them: the kernel's own, written once, bound to each.

A procedure takes all of them, only those it names in ``standing``, or none. Those that nobody takes by hand
(``internal``) are the kernel's words for what happened and belong to every procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zhili.base.procedure import Action, By, Move, Notify, Opening, Party, Procedure, Referred, Site, Stage

Stages = Callable[[type[Procedure]], tuple[Stage, ...]]


def working(procedure: type[Procedure]) -> tuple[Stage, ...]:
    """Stages in which an office owes the next step and nothing is answered yet."""
    own = procedure.own_stages().values()
    return tuple(s for s in own if not s.final and not s.answers and not isinstance(s.owner, Party))


def unfinished(procedure: type[Procedure]) -> tuple[Stage, ...]:
    """Every stage that is not final."""
    return tuple(s for s in procedure.stages.values() if not s.final)


def every(procedure: type[Procedure]) -> tuple[Stage, ...]:
    """Every stage, final ones too."""
    return tuple(procedure.stages.values())


def nowhere(procedure: type[Procedure]) -> tuple[Stage, ...]:
    """No stage: what only the kernel writes."""
    return ()


def entry(procedure: type[Procedure]) -> Stage | None:
    """Where a case of this kind begins, unless it ends at once."""
    for opening in procedure.openings.values():
        if not opening.standing and opening.move.target is not None and not opening.move.target.final:
            return opening.move.target
    return None


class Standing:
    """One such action. ``stages`` says where it may be taken, ``to`` the stage it leads to (else the case stays).

    ``form`` is a form, or a function of the procedure that gives one. ``adds`` is a stage the procedure gets with
    it. ``begins``: not an action but a way a case begins, by a step on another one. ``notices`` are added to the
    procedure's. Other options are Action's.
    """

    def __init__(
        self,
        name: str,
        title: str,
        *,
        stages: Stages = nowhere,
        to: str = "",
        by: By | Iterable[By] = (),
        form: Any = None,
        adds: Stage | None = None,
        begins: bool = False,
        notices: tuple[Notify, ...] = (),
        **options: Any,
    ) -> None:
        self.name = name
        self.title = title
        self.stages = stages
        self.to = to
        self.by: tuple[By, ...] = (by,) if isinstance(by, By) else tuple(by)
        self.form = form
        self.adds = adds
        self.begins = begins
        self.notices = notices
        self.options = options

    @property
    def internal(self) -> bool:
        """Taken by the kernel alone, never asked for."""
        return not self.by and not self.begins

    @property
    def everywhere(self) -> bool:
        """Of every procedure, whatever it takes: the kernel's own words, and those of another city's site."""
        return self.internal or (bool(self.by) and all(isinstance(who, Site) for who in self.by))

    def bind(self, procedure: type[Procedure]) -> None:
        """Give it to a procedure; one of the same name that the procedure declares itself stays."""
        known: dict[str, Any] = procedure.openings if self.begins else procedure.actions
        former = known.get(self.name)
        if former is not None and not former.standing:
            return
        form = self.form if self.form is None or isinstance(self.form, type) else self.form(procedure)
        made: Action
        if self.begins:
            start = entry(procedure)
            if start is None:
                return
            made = Opening(self.title, start, by=Referred(), form=form, **self.options)
        else:
            target = procedure.stages[self.to] if self.to else None
            made = Action(
                self.title, Move(self.stages(procedure), target), by=self.by, form=form, **self.options
            )
        made.name, made.standing = self.name, True
        known[self.name] = made
        procedure.notices += tuple(one for one in self.notices if one not in procedure.notices)


def join(procedure: type[Procedure], which: Iterable[Standing]) -> None:
    """Give a procedure those it takes of these. Harmless to repeat."""
    taken = [one for one in which if one.everywhere or _takes(procedure, one.name)]
    for one in taken:
        if one.adds is not None:
            procedure.stages.setdefault(one.adds.name, one.adds)
    for one in taken:
        one.bind(procedure)


def _takes(procedure: type[Procedure], name: str) -> bool:
    return procedure.standing is None or name in procedure.standing


def standing_stage(name: str, title: str, **options: Any) -> Stage:
    """A stage of the kernel's own."""
    made = Stage(title, **options)
    made.name, made.standing = name, True
    return made
