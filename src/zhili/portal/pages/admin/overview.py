"""/desk/admin: what I may set up, what changed last, and what wants attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from zhili.core.administration import calendars, parameters
from zhili.core.cases import duties, duty_effects
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.models import ApiToken
from zhili.core.people.offices import tree
from zhili.portal.pages.admin import frame, log, telling
from zhili.portal.pages.admin.offices import without_anybody

LAST = 8
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Warning:
    """Something to see to: a sentence, and where."""

    text: str
    url: str
    link: str


def show(request: HttpRequest, actor: Actor) -> HttpResponse:
    frame.check_manages(actor)
    found = warnings(actor)
    context = {
        "warnings": found,
        "changes": telling.lines(log.visible(actor).order_by("-id")[:LAST], actor),
        "entries": frame.sections(request, actor)[1:],
        "office": tree().nodes.get(actor.office_id or 0),
        "city": managing.city_wide(actor),
        "below": len(tree().under(actor.office_id or 0)),
    }
    return frame.show(request, actor, "overview", context)


def warnings(actor: Actor) -> list[Warning]:
    """What wants attention in the actor's part."""
    found = []
    if managing.second_person(actor) or managing.city_wide(actor):
        found += _of_parameters(actor)
    if managing.city_wide(actor):
        found += _of_calendar()
    if frame.manages(actor):
        found += _of_offices(actor)
        found += _waiting(parameters.offices_waiting(actor), actor)
    if duties.may_read(actor):
        found += _of_duties(actor)
    if mine := managing.administered(actor):
        found += _of_tokens(mine)
    return found


def _of_parameters(actor: Actor) -> list[Warning]:
    rows = parameters.listing()
    found = _waiting(rows, actor)
    today = timezone.localdate()
    found += [
        Warning(
            gettext("“%(title)s”的取值%(day)s到期，还没有下一个取值")
            % {"title": gettext(one.param.title), "day": one.until},
            f"/desk/admin/parameters/{one.param.key}",
            gettext("去设定"),
        )
        for one in rows
        if one.until is not None and one.coming is None and one.until - today <= SOON
    ]
    doubtful = sum(not one.confirmed for one in rows)
    if doubtful:
        text = ngettext("%(n)d项参数的依据待确认", "%(n)d项参数的依据待确认", doubtful) % {"n": doubtful}
        found.append(Warning(text, "/desk/admin/parameters", gettext("看参数")))
    return found


def _waiting(rows: list[parameters.Standing], actor: Actor) -> list[Warning]:
    return [
        Warning(
            gettext("“%(title)s”的修改提议等复核") % {"title": gettext(one.param.title)},
            f"/desk/admin/proposals/{one.waiting.pk}",
            gettext("去复核") if one.waiting.proposed_by != actor.account_id else gettext("看提议"),
        )
        for one in rows
        if one.waiting
    ]


def _of_calendar() -> list[Warning]:
    year = timezone.localdate().year
    return [
        Warning(
            gettext("%(year)d年的节假日安排还没有，涉及的期限只按周六、周日休息计算") % {"year": one},
            f"/desk/admin/calendar/import?year={one}",
            gettext("导入"),
        )
        for one in (year, year + 1)
        if calendars.missing(one)
    ]


def _of_offices(actor: Actor) -> list[Warning]:
    many, first = without_anybody(tree().under(actor.office_id or 0))
    if not many:
        return []
    names = "、".join(one.name for one in first[:3])
    text = ngettext("%(n)d个单位今天没有人在岗：%(names)s", "%(n)d个单位今天没有人在岗：%(names)s", many) % {
        "n": many,
        "names": names + ("…" if many > 3 else ""),
    }
    return [Warning(text, f"/desk/admin/offices/{first[0].id}", gettext("看第一个"))]


def _of_duties(actor: Actor) -> list[Warning]:
    ground = None if duties.keeps_all(actor) else tree().nodes[actor.office_id or 0].division_id
    lacking = len(duty_effects.gaps(within=ground))
    idle = sum(1 for _one in duty_effects.clashes(duties.standing(actor)))
    found = []
    if lacking:
        text = ngettext(
            "%(n)d个类别在有的县（市、区）没有责任单位", "%(n)d个类别在有的县（市、区）没有责任单位", lacking
        ) % {"n": lacking}
        found.append(Warning(text, "/desk/admin/duties/faults", gettext("看缺口")))
    if idle:
        text = ngettext("职责清单有%(n)d行不起作用", "职责清单有%(n)d行不起作用", idle) % {"n": idle}
        found.append(Warning(text, "/desk/admin/duties/faults", gettext("看重叠")))
    return found


def _of_tokens(offices: tuple[int, ...]) -> list[Warning]:
    soon = timezone.now() + SOON
    live = ApiToken.objects.filter(
        revoked_at=None, expires_at__gt=timezone.now(), expires_at__lt=soon,
        account__kind="machine", account__holdings__post__office__in=offices,
    ).distinct()  # fmt: skip
    return [
        Warning(
            gettext("接入系统的令牌“%(label)s”30天内到期") % {"label": one.label},
            "/desk/admin/machines",
            gettext("去换新的"),
        )
        for one in live[:5]
    ]
