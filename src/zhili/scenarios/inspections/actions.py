"""What a step does beyond moving the case: columns, clocks, the business's code, who may not look into a visit."""

from __future__ import annotations

import hmac
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change, columns
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people import grants
from zhili.core.people.offices import tree
from zhili.core.places import tree as tree_of_places
from zhili.scenarios.inspections.catalogue import keeping
from zhili.scenarios.inspections.models import Entry, RectificationDetail, Scene, UnscannedDetail

OPERATOR = "operator"
LONGEST_PLAN = timedelta(days=92)
LONGEST_TERM = timedelta(days=366)


def apply(change: Change) -> None:
    """The sheet's columns, and its items with their basis in words: the documents are written from them."""
    values = change.values
    first, last = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
    today = timezone.localdate(change.at)
    if not today <= first <= last <= first + LONGEST_PLAN:
        raise Refused("bad_days", _("日期应从今天或以后开始，到哪天不早于从哪天，最长三个月"), 422)
    entries = keeping.in_force(values["items"])
    if missing := [one for one in values["items"] if one not in entries]:
        raise Refused("not_in_force", _("这些事项没有生效，不能检查：%s") % "、".join(missing), 422)
    area = values.get("area")
    if area and change.actor.division_id not in (tree_of_places.nodes()[area].line if _known(area) else ()):
        raise Refused("bad_area", _("范围应在本单位的辖区里"), 422)
    scene = Scene.objects.filter(code=values["scene"]).first()
    change.case.title = _("%(scene)s：%(n)d 项一次查") % {
        "scene": scene.title if scene else "",
        "n": len(entries),
    }
    change.detail |= {
        "scene": values["scene"],
        "items": list(entries),
        "first": first,
        "last": last,
        "object_count": values.get("objects"),
        "plan": values.get("plan"),
        "share": values.get("share"),
        "area": area,
    }
    values["answer"] = _in_words(list(entries.values()), first, last)


def _known(division: int) -> bool:
    return division in tree_of_places.nodes()


def _in_words(entries: list[Entry], first: date, last: date) -> str:
    """A line an item: what, under which article, how."""
    lines = [
        _("（%(n)d）%(title)s：依据%(basis)s。") % {"n": n, "title": one.title, "basis": one.basis}
        for n, one in enumerate(entries, 1)
    ]
    when = _("检查时间：%(first)s 至 %(last)s。") % {"first": first, "last": last}
    return "\n".join([when, _("检查事项和依据："), *lines])


def order(change: Change) -> None:
    """Served: the columns, the term, and a code by which the business acts without an account."""
    values = change.values
    entry = keeping.in_force([values["item"]]).get(values["item"])
    if entry is None:
        raise Refused("not_in_force", _("这一项没有生效，不能据此责令改正"), 422)
    change.case.title = f"{values['name']}：{entry.title}"[:120]
    change.detail |= {
        "firm": values.get("firm") or "",
        "premises": values.get("premises"),
        "name": values["name"],
        "item": entry.code,
        "basis": entry.basis,
        "lon": change.case.lon,
        "lat": change.case.lat,
        "visit": values.get("visit"),
        "finding": values.get("finding"),
    }
    values["answer"] = _("问题：%(what)s\n依据：%(basis)s\n改正要求：%(demand)s\n期限：%(until)s") % {
        "what": values["what"],
        "basis": entry.basis,
        "demand": values["demand"],
        "until": values["until"],
    }
    change.detail["until"] = _within(change, date.fromisoformat(values["until"]))
    change.case.lon = change.case.lat = None  # with a point it would become public by itself


def serve(change: Change) -> None:
    """The term runs until the day named; the business gets a code by which it acts without an account."""
    row = RectificationDetail.objects.only("until").get(pk=change.case.pk)
    change.stage_limit = _end_of(change, _within(change, row.until))
    let_in(change)


def let_in(change: Change) -> None:
    """The business's code: it reads and acts by it."""
    end = change.at + timedelta(days=params.duration("cases.grant_days")[0].amount)
    seed = _seed(change.case.pk, change.case.opened_at)
    change.grants.append(columns(grants.prepare(change.case.pk, OPERATOR, (), end, seed=seed)[1]))


def code_of(case: Case) -> str:
    """The business's code, made again for the office that has the case; "" when it was revoked or cannot be."""
    code, row = grants.prepare(case.pk, OPERATOR, seed=_seed(case.pk, case.opened_at))
    found = grants.resolve(code)
    return code if found is not None and found.grant_case == row.case_id else ""


def _seed(case_id: int, at: datetime) -> bytes:
    """Bound to the moment: after a restore the same number may be given again, and is another case."""
    about = f"inspections.{OPERATOR}/{case_id}/{at.isoformat()}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")


def term(change: Change) -> None:
    """Another last day: what waits for the business is overdue after it."""
    change.detail["until"] = until = _within(change, date.fromisoformat(change.values["until"]))
    change.stage_limit = _end_of(change, until)


def _within(change: Change, until: date) -> date:
    today = timezone.localdate(change.at)
    if not today <= until <= today + LONGEST_TERM:
        raise Refused("bad_until", _("改正期限应是今天到一年以内的一天"), 422)
    return until


def _end_of(change: Change, until: date) -> Duration:
    """To the end of that day: in days, as people count them; today's end in minutes."""
    if days := (until - timezone.localdate(change.at)).days:
        return Duration(days, "d")
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    return Duration(max(1, round((end - change.at).total_seconds() / 60)), "min")


def submitted(change: Change) -> None:
    """Whether it came in the term is kept once: a second submission does not make the first one late."""
    row = RectificationDetail.objects.only("until", "in_time").get(pk=change.case.pk)
    if row.in_time is None:
        change.detail["in_time"] = timezone.localdate(change.at) <= row.until


def not_right(change: Change) -> None:
    term(change)
    rechecked(change)


def rechecked(change: Change) -> None:
    row = RectificationDetail.objects.only("rechecks").get(pk=change.case.pk)
    change.detail["rechecks"] = row.rechecks + 1


def rate(change: Change) -> None:
    change.case.rating = int(change.values["rating"])


def unscanned(change: Change) -> None:
    values = change.values
    day = date.fromisoformat(values["visited_on"])
    if not timezone.localdate(change.at) - LONGEST_TERM <= day <= timezone.localdate(change.at):
        raise Refused("bad_day", _("检查的日期应在一年以内，不晚于今天"), 422)
    change.case.title = _("未扫码检查：%s") % values["name"]
    change.case.confidential = True  # whoever is complained of must not read who complained
    change.detail |= {
        "name": values["name"],
        "visited_on": day,
        "body": "" if values["body"] == "unknown" else values["body"],
        "scanned": values["scanned"],
    }


def not_the_same_body(change: Change) -> None:
    """Neither the office it is handed to nor the one that answers may be of the body complained of."""
    body = UnscannedDetail.objects.values_list("body", flat=True).get(pk=change.case.pk)
    offices = (change.values.get("office"), change.actor.office_id)
    for office in offices if body else ():
        seat = tree().nodes.get(int(office or 0))
        if seat is not None and seat.code.endswith(f"-{body}"):
            raise Refused("own_matter", _("被反映的部门不能核查自己，请交给别的单位"), 422)


def answered(change: Change) -> None:
    not_the_same_body(change)
    change.detail["finding"] = change.values["finding"]
