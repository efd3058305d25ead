"""Who may see what of a wearer, and what was seen: the responder during an alarm, the wearer, whoever the wearer named.

Each opening is an access leaf before a value is shown. Nothing here lists people, and nothing is shown after an alarm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.present import office_name
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Post
from zhili.core.trail.models import Access
from zhili.scenarios.eldercare import devices, family
from zhili.scenarios.eldercare.answering import ALARM
from zhili.scenarios.eldercare.kinds import RESPONDERS
from zhili.scenarios.eldercare.models import AlarmDetail

LABELS = {
    "name": gettext_noop("姓名"),
    "phone": gettext_noop("电话"),
    "address": gettext_noop("门牌地址"),
    "notes": gettext_noop("救护要知道的"),
    "contact": gettext_noop("紧急联系人"),
    "contact_phone": gettext_noop("紧急联系人电话"),
    "home_point": gettext_noop("家在地图上的位置"),
    "who": gettext_noop("家人姓名"),
    "guardian": gettext_noop("监护人姓名"),
    "guardian_phone": gettext_noop("监护人电话"),
    "position": gettext_noop("手环的位置"),
    "heart_rate": gettext_noop("心率"),
    "steps": gettext_noop("步数"),
}
FOR_RESPONDER = ("name", "phone", "address", "notes", "contact", "contact_phone", "home_point")


@dataclass(frozen=True)
class Person:
    """Who calls, opened for the one who goes. ``lines``: (field, label, value) in the order they are needed."""

    lines: list[tuple[str, str, str]]
    point: tuple[float, float] | None

    def of(self, field: str) -> str:
        return next((value for name, _label, value in self.lines if name == field), "")


def is_responder(case: Case, detail: AlarmDetail, actor: Actor) -> bool:
    """Whether the actor accepted this alarm and it is not over."""
    mine = (detail.post_id, detail.account_id) == (actor.id, actor.account_id)
    return actor.kind == "post" and case.closed_at is None and mine and detail.post_id is not None


def must_call(case: Case, actor: Actor) -> bool:
    """Whether nobody went, so that the office that has the alarm must call 120 and needs the address for it."""
    holds = actor.kind == "post" and actor.office_id == case.office_id
    return case.stage == "unanswered" and holds and bool(actor.roles & set(RESPONDERS))


def person(case: Case, detail: AlarmDetail, actor: Actor, purpose: str = "") -> Person:
    """Opens name, telephone, address and what rescue must know. Raises Refused (403) for everybody else."""
    if not (is_responder(case, detail, actor) or must_call(case, actor)):
        raise Refused("not_yours", _("只有响应这次呼救的人，在呼救期间，才能看姓名、电话和住址"), 403)
    ids = secret_ids(detail.wearing_id)
    wanted = {name: ids[name] for name in FOR_RESPONDER if name in ids}
    found = secrets.open_many(wanted.values(), actor, purpose or f"响应呼救{case.number}", case.pk)
    told = {name: found[one] for name, one in wanted.items() if one in found}
    point = told.pop("home_point", "")
    lon, _comma, lat = point.partition(",")
    lines = [(name, _(LABELS[name]), value.removeprefix("+86")) for name, value in told.items()]
    return Person(lines, (float(lon), float(lat)) if point else None)


def where(case: Case, detail: AlarmDetail, actor: Actor) -> devices.Position | None:
    """Where the wristband was last, for the responder of a running alarm. Raises Refused (403)."""
    if not is_responder(case, detail, actor):
        raise Refused("not_yours", _("只有响应这次呼救的人，在呼救期间，才能看手环的位置"), 403)
    return devices.position(detail.wearing_id, actor, f"响应呼救{case.number}", case.pk)


def secret_ids(wearing_id: int) -> dict[str, UUID]:
    """The newest value of each field of a wearing. One query."""
    rows = CaseSecret.objects.filter(case_id=wearing_id).order_by("id").values_list("field", "secret_id")
    return dict(rows)


@dataclass(frozen=True)
class Look:
    """What somebody opened, for one purpose, however often."""

    who: str
    what: tuple[str, ...]
    purpose: str
    first: datetime
    last: datetime
    times: int


def looks(wearing: Case, most: int = 60) -> list[Look]:
    """Who opened anything of this wearer: values of the form, position, health. Newest first."""
    kept = CaseSecret.objects.filter(case_id=wearing.pk).values_list("secret_id", "field")
    titles = dict(kept) | devices.openings(wearing.pk)
    rows = list(Access.objects.filter(secret_id__in=list(titles)).order_by("-id")[:1000])
    groups: dict[tuple[object, ...], list[Access]] = {}
    for row in rows:
        if row.actor_kind != "rule":
            key = (row.actor_kind, row.actor_id, row.account_id, row.case_id, row.purpose)
            groups.setdefault(key, []).append(row)
    named = _named(wearing, rows)
    return [_look(group, titles, named) for group in groups.values()][:most]


def _look(group: list[Access], titles: dict[UUID, str], named: dict[tuple[str, int | None], str]) -> Look:
    newest = group[0]
    fields = {titles.get(one.secret_id, "") for one in group}
    what = tuple(_(title) for name, title in LABELS.items() if name in fields)
    moments = {one.at for one in group}
    return Look(
        named.get((newest.actor_kind, newest.actor_id)) or _("系统"),
        what,
        newest.purpose,
        min(moments),
        max(moments),
        len(moments),
    )


def _named(wearing: Case, rows: Iterable[Access]) -> dict[tuple[str, int | None], str]:
    posts = {row.actor_id or 0: row.office_id for row in rows if row.actor_kind == "post"}
    titles = dict(Post.objects.filter(pk__in=posts).values_list("pk", "title"))
    found: dict[tuple[str, int | None], str] = {
        ("post", pk): f"{office_name(office)} {titles.get(pk, '')}".strip() for pk, office in posts.items()
    }
    found |= {("grant", one.grant.pk): one.actor.label for one in family.of(wearing)}
    for row in rows:
        if row.actor_kind in ("grant", "account"):
            found.setdefault((row.actor_kind, row.actor_id), _("您本人"))
    return found


def alarms_of(wearing: Case, most: int = 20) -> list[AlarmDetail]:
    """The wearer's alarms, newest first, without those that were taken into another."""
    rows = AlarmDetail.objects.filter(wearing=wearing, joined=None, case__procedure=ALARM)
    return list(rows.select_related("case").order_by("-case_id")[:most])
