"""A case in words: what may be done with it, what happened, and why it is where it is. Pages and API read these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.procedure import Action, Opening, Party, Procedure
from zhili.core.cases import correcting, elsewhere, historical, permission, query, reasons, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Clock, Step
from zhili.core.forms import Choice
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.offices import LEVELS
from zhili.core.people.offices import tree as offices
from zhili.core.places.locate import locate
from zhili.core.places.tree import nodes as divisions
from zhili.core.web import words

ON_THE_WAY = timedelta(minutes=2)
"""What is sent at once takes no longer; beyond it, when it was done is told beside when it came in."""


@dataclass(frozen=True)
class Offer:
    """An action the actor may take now; ``form`` is the declared form, or None when a tap is enough.

    ``standing``: one that every procedure has; pages fold these under 更多.
    """

    name: str
    title: str
    form: Any
    hint: str
    standing: bool = False


@dataclass(frozen=True)
class Entry:
    """One step as its reader may see it. ``fields`` are (label, text) pairs; ``personal`` are masked."""

    seq: int
    at: datetime
    action: str
    title: str
    who: str
    stage: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    personal: list[Personal] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    corrected: list[int] = field(default_factory=list)
    """The steps that put this one right."""
    made_at: datetime | None = None
    """When it was done on a phone, as that phone claims; ``at`` is when it came in."""

    @property
    def came_late(self) -> bool:
        """Whether it lay on the phone for a while, so that a reader should know both moments."""
        return self.made_at is not None and self.at - self.made_at >= ON_THE_WAY


@dataclass(frozen=True)
class Personal:
    """A personal value: masked, and whether this reader may open it."""

    secret_id: str
    label: str
    masked: str
    may_open: bool


@dataclass(frozen=True)
class Deadline:
    """A clock of the case in words."""

    name: str
    title: str
    due_at: datetime | None
    running: bool
    overdue: bool
    why: str


def openings_for(actor: Actor) -> list[tuple[type[Procedure], Opening]]:
    """Every way this actor may begin a case, over all scenarios."""
    return [
        (procedure, opening)
        for procedure in registry.procedures().values()
        for opening in procedure.openings.values()
        if opening.offered and permission.may_open(opening, actor)
    ]


def actions_for(case: Case, actor: Actor) -> list[Offer]:
    """What this actor may do with the case now, in the order declared; empty for those who may only look."""
    procedure = registry.procedures()[case.procedure]
    stand = permission.Stand(case, actor)
    if not stand.sees:
        return []
    return [
        Offer(a.name, _(a.title), a.form, _(a.hint) if a.hint else "", a.standing)
        for a in procedure.from_stage(case.stage)
        if permission.may(a, case, actor, stand=stand) and (a.possible is None or a.possible())
    ]


def needing_another(case: Case, actor: Actor) -> list[str]:
    """Titles of the actions that are this actor's but for one thing: the step before them was their own."""
    procedure = registry.procedures()[case.procedure]
    named = [a for a in procedure.from_stage(case.stage) if a.not_who]
    return [_(a.title) for a in named if permission.needs_another(a, case, actor)]


def stage_title(case: Case, *, plain: bool = False, own: bool = True) -> str:
    """The stage's name for offices, or in plain words for residents; ``own``: for the reporter, who is spoken to."""
    procedure = registry.procedure(case.procedure)
    stage = procedure.stages.get(case.stage) if procedure else None
    if stage is None:
        former = registry.spec(case.procedure, case.version)["stages"].get(case.stage, {})
        return str(former.get("title", case.stage))
    return _(_said(stage.plain, stage.title, own) if plain else stage.title)


def _said(plain: str, title: str, own: bool) -> str:
    """Words that speak to the reporter are not said to somebody else."""
    return plain if own or "您" not in plain else title


def office_name(office_id: int | None) -> str:
    """The name of an office; empty for none."""
    seat = offices().nodes.get(office_id or 0)
    return seat.name if seat else ""


def timeline(case: Case, actor: Actor) -> list[Entry]:
    """The steps as this reader may see them, oldest first. Three queries for any number of steps."""
    procedure = registry.procedures()[case.procedure]
    inside = actor.kind == "post" and query.sees(actor, case)
    party = not inside and query.sees(actor, case)
    steps = list(Step.objects.filter(case=case).order_by("seq"))
    opened = may_open_names(case, actor)
    masked = secrets.masked(secret_ids(steps)) if inside or party else {}
    shown = [entry for s in steps if (entry := _entry(procedure, s, inside, party, masked, opened))]
    return correcting.marked(shown, steps, inside=inside)


def secret_ids(steps: Iterable[Step]) -> list[UUID]:
    """The personal values that stand in these steps."""
    return [
        UUID(v["secret"]) for s in steps for v in s.data.values() if isinstance(v, dict) and "secret" in v
    ]


def _entry(
    procedure: type[Procedure], step: Step, inside: bool, party: bool, masked: dict[UUID, str], may_open: bool
) -> Entry | None:
    action = procedure.actions.get(step.action) or procedure.openings.get(step.action)
    if action is not None and action.hidden and not inside:
        return None
    shown = dict(step.data)
    stage = procedure.stages.get(step.to_stage)
    if not inside:
        shown = _outward(action, step, party)
    title = _title(action, step, inside, party)
    fields, personal = [], []
    for name, label in _labels(action, shown):
        value = shown[name]
        if isinstance(value, dict) and "secret" in value:
            secret = UUID(value["secret"])
            personal.append(Personal(str(secret), label, masked.get(secret, "***"), may_open and inside))
        elif value not in (None, "", []):
            fields.append((label, _in_words(action, name, value, shown)))
    return Entry(
        step.seq,
        step.at,
        step.action,
        title,
        _who(step, action),
        _(stage.title if inside else _said(stage.plain, stage.title, party)) if stage else step.to_stage,
        fields,
        personal,
        list(shown.get("files", [])),
        [reasons.said(str(w)) for w in step.why] if inside or party else [],
        made_at=step.made_at if inside or party else None,
    )


def _outward(action: Action | None, step: Step, party: bool) -> dict[str, Any]:
    """What leaves the offices: the reporter's own words, and the public fields of public steps."""
    own = party and step.actor_kind in ("account", "grant", "anonymous")
    if own:
        return dict(step.data)
    if action is None or not action.public or action.form is None:
        return {}
    public = dict(action.form.public_values(step.data))
    if step.data.get("files") and any(f.type == "files" and f.public for f in action.form.fields()):
        public["files"] = step.data["files"]
    return public


def _labels(action: Action | None, shown: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for one in action.form.fields() if action and action.form else ():
        if one.name in shown and one.type != "files":
            found.append((one.name, one.title))
        if f"{one.name}_sealed" in shown:
            found.append(
                (f"{one.name}_sealed", _("%(label)s（未隐去个人信息的原文）") % {"label": one.title})
            )
    return found


def _in_words(action: Action | None, name: str, value: Any, answers: dict[str, Any]) -> str:
    """What a field has to say of its own codes goes first."""
    one = next((f for f in action.form.fields() if f.name == name), None) if action and action.form else None
    said = one.in_words(value, answers) if one is not None else None
    return _text(action, name, value) if said is None else said


def _text(action: Action | None, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict) and "lon" in value:
        return value.get("address") or _pointed_at(value)
    if isinstance(value, list):
        return "、".join(_text(action, name, one) for one in value)
    one = action.form.named(name) if action and action.form else None
    if one is not None and one.type in ("office", "offices"):
        return office_name(int(value))
    if one is not None and one.type == "datetime":
        return words.deadline(datetime.fromisoformat(value))
    if isinstance(one, Choice):
        known = {given: title for given, title, _group in one.offered()}
        return _(known[value]) if value in known else str(value)
    return str(value)


def _pointed_at(point: dict[str, Any]) -> str:
    """A place given without a word: the town and village it lies in, never bare coordinates."""
    found = locate(float(point["lon"]), float(point["lat"]))
    if found.division_id is None:
        return _("本市以外（地图上标出的位置）")
    known = divisions()
    names = [known[one].name for one in (found.town_id, found.village_id) if one in known]
    where = "".join(names) or known[found.division_id].name
    return _("%(where)s（地图上标出的位置）") % {"where": where}


def _title(action: Action | None, step: Step, inside: bool, party: bool) -> str:
    if action is None:
        return step.action
    told = step.action == "returned" and (inside or step.data.get("public"))
    if told and (child := registry.procedure(str(step.data.get("procedure")))):
        return _("%(what)s：%(stage)s") % {"what": _(child.title), "stage": _(str(step.data["stage"]))}
    return _(action.title if inside else _said(action.plain, action.title, party))


def _who(step: Step, action: Action | None) -> str:
    match step.actor_kind:
        case "post":
            name = office_name(step.actor_office_id)
            return name or _("承办单位")
        case "clock":
            return _("系统按时限")
        case "rule":
            return _("系统")
        case "site":
            return elsewhere.title(step.actor_id) or _("协作城市")
        case historical.KIND:
            name = office_name(step.actor_office_id)
            return _("%(office)s（历史数据）") % {"office": name} if name else _("历史数据")
    parties = {by.name for by in action.by if isinstance(by, Party)} if action is not None else set()
    if parties and "reporter" not in parties:
        # by a link made for one office, which the step names; else another system, through its own account
        return _("凭链接来看的单位") if step.actor_kind == "grant" else _("协作系统")
    return _("上报人")


def may_open_names(case: Case, actor: Actor) -> bool:
    """Whether an actor may open the reporter's name: the office that has the case, at the level the procedure sets."""
    return may_open_if_seen(case, actor) and query.sees(actor, case)


def may_open_if_seen(case: Case, actor: Actor) -> bool:
    """The same of a case the actor is known to see. No query."""
    if actor.kind != "post" or actor.office_id is None or actor.office_level is None:
        return False
    procedure = registry.procedures()[case.procedure]
    high_enough = LEVELS.index(actor.office_level) >= LEVELS.index(procedure.names_seen_from)
    return high_enough and (actor.office_id == case.office_id or "hotline" in actor.roles)


def open_personal(case: Case, secret_id: UUID, actor: Actor) -> str:
    """The value itself. The purpose is the case; the opening is recorded and shown to the person.

    Raises Refused (403, 404).
    """
    if not may_open_names(case, actor):
        raise Refused(
            "forbidden", _("您无权查看上报人信息：只有镇街及以上的承办单位可以，且每次查看都会留痕"), 403
        )
    if not CaseSecret.objects.filter(case=case, secret_id=secret_id).exists():
        raise Refused("no_secret", _("没有这项信息"), 404)
    purpose = f"办理{case.number}"  # part of the record, so in one language
    found = secrets.open_many([secret_id], actor, purpose, case.pk)
    if secret_id not in found:
        raise Refused("erased", _("这项信息已到期清除"), 404)
    return found[secret_id]


def why_here(case: Case) -> list[str]:
    """Why the office that holds the case holds it: the reasons of the last step that handed it on."""
    last = (
        Step.objects.filter(case=case).exclude(why=[]).order_by("-seq").values_list("why", flat=True).first()
    )
    return [reasons.said(str(one)) for one in last] if last else []


def deadlines(case: Case) -> list[Deadline]:
    """The clocks of the case, soonest first, each with where its limit comes from."""
    now = timezone.now()
    rows = Clock.objects.filter(case=case).order_by("due_at")
    found = []
    for clock in rows:
        overdue = clock.running and clock.due_at is not None and clock.due_at <= now
        why = reasons.said(clock.why) + _extensions(clock)
        found.append(Deadline(clock.name, clock.title, clock.due_at, clock.running, overdue, why))
    return found


def _extensions(clock: Clock) -> str:
    """What was added to a limit, and on whose approval: the number of the request."""
    return "".join(
        _("；已批准延长%(time)s（%(number)s）")
        % {"time": words.duration(Duration.parse(by)), "number": approval}
        for by, approval, _at in clock.state.get("extensions", ())
    )
