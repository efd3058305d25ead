"""Proves a procedure sound before it runs: nothing unreachable, nothing stuck, nothing without an owner or a limit."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping

from zhili.base.procedure import (
    Action,
    Anyone,
    Back,
    Chosen,
    Clock,
    Keep,
    Notify,
    Opening,
    Party,
    Procedure,
    Referred,
    Rule,
    Site,
    Stage,
    Up,
)

OUTCOMES = {"closed", "refused", "withdrawn"}
NOTICE_WORDS = {"number", "stage", "title", "office", "due"}
OFFICE_OWNERS = ("holder", "above")


def check(
    procedure: type[Procedure],
    *,
    params: Collection[str] = (),
    procedures: Mapping[str, type[Procedure]] | None = None,
    roles: Collection[str] = (),
    desks: Collection[str] = ("arbiter", "hotline"),
) -> list[str]:
    """Every fault found, one sentence each; an empty list means the procedure may run.

    ``params`` are the known parameter keys, ``procedures`` those of the site by full name, ``roles`` the known
    roles. The kernel's standing actions and stages are not looked at, but for what they refer to.
    """
    name = procedure.full_name() or procedure.__name__
    faults = [
        *_shape(procedure),
        *_reach(procedure),
        *_ends(procedure),
        *_owned(procedure),
        *_names(procedure, params, roles, desks),
        *_referrals(procedure, procedures or {}),
        *_without_signal(procedure),
        *_second_person(procedure),
    ]
    return [f"{name}: {fault}" for fault in faults]


def _targets(procedure: type[Procedure], stage: Stage) -> set[str]:
    """The stages that one action leads to from here. A clock's action is an action too."""
    own = (a for a in procedure.from_stage(stage.name) if not a.standing)
    return {a.move.target.name for a in own if a.move.target}


def _shape(procedure: type[Procedure]) -> list[str]:
    faults = []
    if not procedure.title:
        faults.append("has no title")
    if not any(not o.standing for o in procedure.openings.values()):
        faults.append("has no opening: no case of it can begin")
    if not any(s.final for s in procedure.stages.values()):
        faults.append("has no final stage: no case of it can end")
    own = set(procedure.stages.values())
    for action in procedure.declared():
        if strangers := [s.title for s in action.move.sources if s not in own]:
            faults.append(f"action {action.name} leaves stages it does not declare: {', '.join(strangers)}")
        if action.move.target is not None and action.move.target not in own:
            faults.append(
                f"action {action.name} leads to a stage it does not declare: {action.move.target.title}"
            )
        if not action.by:
            faults.append(f"action {action.name} may be taken by nobody")
        for stage in action.move.sources:
            if stage.final and action.move.target is not None and not action.move.target.final:
                faults.append(f"action {action.name} leaves final stage {stage.name}")
        if action.name in procedure.actions and any(isinstance(who, Anyone) for who in action.by):
            faults.append(f"action {action.name} is open to anyone; only openings may be")
        if action.name in procedure.actions and any(isinstance(who, Referred) for who in action.by):
            faults.append(f"action {action.name} is by Referred; only openings may be")
    return faults


def _reach(procedure: type[Procedure]) -> list[str]:
    reached: set[str] = set()
    own = (o for o in procedure.openings.values() if not o.standing)
    todo = [o.move.target.name for o in own if o.move.target]
    while todo:
        name = todo.pop()
        if name in reached or name not in procedure.stages:
            continue
        reached.add(name)
        todo.extend(_targets(procedure, procedure.stages[name]))
    return [f"stage {name} is unreachable" for name in procedure.own_stages() if name not in reached]


def _ends(procedure: type[Procedure]) -> list[str]:
    """Every open stage must have some way to a final one."""
    ending = {name for name, s in procedure.stages.items() if s.final}
    grown = True
    while grown:
        own = procedure.own_stages().items()
        more = {n for n, s in own if n not in ending and _targets(procedure, s) & ending}
        ending |= more
        grown = bool(more)
    return [
        f"stage {name} is a dead end: no action leads from it to a final stage"
        for name in procedure.own_stages()
        if name not in ending
    ]


def _owned(procedure: type[Procedure]) -> list[str]:
    faults = []
    for stage in procedure.own_stages().values():
        if stage.final:
            if getattr(stage, "outcome", "") not in OUTCOMES:
                faults.append(f"final stage {stage.name} has an unknown outcome")
            continue
        if stage.owner is None:
            faults.append(f"stage {stage.name} has no owner")
        if stage.limit is None:
            faults.append(f"stage {stage.name} has no limit")
        if isinstance(stage.owner, Up | Back | Chosen):
            faults.append(f"stage {stage.name} is owned by a movement, not an owner")
    for opening in procedure.openings.values():
        if opening.standing:
            continue
        target = opening.move.target
        owner = opening.hands or (target.owner if target else None)
        referred = any(
            isinstance(who, Referred) for who in opening.by
        )  # its opener has an office, which keeps it
        nobody = Up | Back if referred or procedure.party_first else Up | Back | Party
        if target and not target.final and isinstance(owner, nobody):
            faults.append(
                f"opening {opening.name} gives the case to nobody: hand it to a Duty, a Desk or its opener (Keep)"
            )
        if isinstance(owner, Keep) and any(isinstance(who, Anyone) for who in opening.by):
            faults.append(f"opening {opening.name} keeps the case with its opener, who may have no office")
    return faults


def _names(
    procedure: type[Procedure],
    params: Collection[str],
    roles: Collection[str],
    desks: Collection[str],
) -> list[str]:
    faults = []
    for limit in procedure.limits():
        if limit.param not in params:
            faults.append(f"limit names an unknown parameter: {limit.param}")
    for stage in procedure.own_stages().values():
        if stage.limit and stage.limit.then:
            action = procedure.actions.get(stage.limit.then)
            if action is None:
                faults.append(f"stage {stage.name} runs out into an unknown action: {stage.limit.then}")
            elif stage not in action.move.sources:
                faults.append(f"stage {stage.name} runs out into {stage.limit.then}, which does not leave it")
            elif not any(isinstance(who, Clock) for who in action.by):
                faults.append(
                    f"stage {stage.name} runs out into {stage.limit.then}, which a clock may not take"
                )
        if stage.owner is not None and hasattr(stage.owner, "kind") and stage.owner.kind not in desks:
            faults.append(f"stage {stage.name} is owned by an unknown desk: {stage.owner.kind}")
    for action in procedure.declared():
        for who in action.by:
            for role in getattr(who, "roles", ()):
                if roles and role not in roles:
                    faults.append(f"action {action.name} names an unknown role: {role}")
        if isinstance(action.hands, Chosen):
            fields = {f.name for f in action.form.fields()} if action.form else set()
            if action.hands.field not in fields:
                faults.append(
                    f"action {action.name} hands the case to field {action.hands.field}, which its form lacks"
                )
        if any(not callable(effect) for effect in action.effects):
            faults.append(f"action {action.name} has an effect that cannot be called")
    for clock_name, clock in procedure.clocks.items():
        for stage_name in (*clock.until, *clock.paused_in):
            if stage_name not in procedure.stages:
                faults.append(f"clock {clock_name} names an unknown stage: {stage_name}")
        for action_name in clock.begins:
            if action_name not in procedure.actions and action_name not in procedure.openings:
                faults.append(f"clock {clock_name} begins with an unknown action: {action_name}")
    for notice in procedure.notices:
        faults.extend(_notice(procedure, notice))
    for old, new in procedure.moves.items():
        if new not in procedure.stages:
            faults.append(f"moves {old} to an unknown stage: {new}")
        if old in procedure.stages:
            faults.append(f"moves {old}, which is still a stage")
    return faults


def _referrals(procedure: type[Procedure], known: Mapping[str, type[Procedure]]) -> list[str]:
    """What it refers to can begin as a child; what it says of itself as a child can be played."""
    faults = []
    own = [o for o in procedure.openings.values() if not o.standing]
    referred = [o for o in own if any(isinstance(who, Referred) for who in o.by)]
    if len(referred) > 1:
        faults.append(f"has {len(referred)} openings by Referred; one at most")
    for opening in referred:
        if len(opening.by) > 1:
            faults.append(f"opening {opening.name} is by Referred and by others; it is one or the other")
    if procedure.recall:
        back = procedure.actions.get(procedure.recall)
        if back is None or back.move.target is None or not back.move.target.final:
            faults.append(f"recall names no action that ends it: {procedure.recall}")
    for action in (*procedure.openings.values(), *procedure.actions.values()):
        if action.refers:
            faults += [f"action {action.name} {fault}" for fault in _refers(action, known)]
    return faults


def _refers(action: Action, known: Mapping[str, type[Procedure]]) -> list[str]:
    child = known.get(action.refers or "")
    if child is None:
        return [f"refers to an unknown procedure: {action.refers}"]
    opening = child.begins_referred()
    if opening is None:
        return [f"refers to {action.refers}, which has no opening by Referred"]
    given = {f.name for f in action.form.fields()} if action.form else set()
    asked = opening.form.fields() if opening.form else ()
    if lacking := [f.name for f in asked if f.required and f.name not in given]:
        return [
            f"refers to {action.refers}, whose opening asks for {', '.join(lacking)}, which its form lacks"
        ]
    return []


def _without_signal(procedure: type[Procedure]) -> list[str]:
    """What a phone keeps until it can be sent holds nobody's name, asks the server nothing and is taken by a post."""
    faults = []
    for action in (*procedure.openings.values(), *procedure.actions.values()):
        if action.offline:
            kinds = {one.type for one in action.form.fields()} if action.form else set()
            if "personal" in kinds:
                faults.append(f"action {action.name} is offline, but asks for a personal value")
            if kinds & {"office", "offices"}:
                faults.append(
                    f"action {action.name} is offline, but asks for an office, which only the server knows"
                )
            if not action.by or any(
                isinstance(who, Anyone | Clock | Rule | Party | Referred | Site) for who in action.by
            ):
                faults.append(f"action {action.name} is offline, but not for posts alone")
        if action.harmless and (action.move.target is not None or action.hands or action.refers):
            faults.append(f"action {action.name} is harmless, but moves the case or hands it on")
        if action.harmless and (action.effects or isinstance(action, Opening)):
            faults.append(f"action {action.name} is harmless, but does more than to add a step")
    return faults


def _notice(procedure: type[Procedure], notice: Notify) -> list[str]:
    faults = []
    known = {"*", "overdue", *procedure.actions, *procedure.openings}
    if notice.on not in known:
        faults.append(f"notice on an unknown action: {notice.on}")
    if not isinstance(notice.to, Party) and notice.to not in OFFICE_OWNERS:
        faults.append(f"notice to an unknown recipient: {notice.to}")
    words = {word for _, word, _, _ in string.Formatter().parse(notice.text) if word}
    if strange := words - NOTICE_WORDS:
        faults.append(f"notice uses unknown words: {', '.join(sorted(strange))}")
    return faults


def _second_person(procedure: type[Procedure]) -> list[str]:
    """A step that needs another person than some earlier one: that one exists, comes by a person, and is not itself."""
    faults = []
    known = {**procedure.openings, **procedure.actions}
    for action in procedure.declared():
        if action.not_who and action.name in procedure.openings:
            faults.append(f"opening {action.name} names not_who, but nobody took a step before it")
        if action.not_who and any(isinstance(who, Clock) for who in action.by):
            faults.append(f"action {action.name} needs a second person and may be taken by a clock")
        for name in action.not_who:
            if name == action.name:
                faults.append(f"action {action.name} needs another person than its own taker")
            elif name not in known:
                faults.append(f"action {action.name} needs another person than of an unknown action: {name}")
    return faults
