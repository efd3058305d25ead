"""What a step does beyond moving the case. What is shown is kept as columns, without what tells a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.text import redact
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.people.offices import tree
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes
from zhili.scenarios.village_screens.models import NoticeDetail

DISCLOSURE = "village_screens.disclosure"
AT_MOST = timedelta(days=366)


def own_village(change: Change) -> int:
    """The village whose committee begins it. Raises Refused: nobody else speaks on a village's screens."""
    seat = tree().nodes.get(change.actor.office_id or 0)
    if seat is None or seat.level != "village":
        raise Refused("not_a_village", _("只有村、社区的岗位可以在村里的屏上发布"), 422)
    return seat.division_id


def write_notice(change: Change) -> None:
    """Drafted, or drafted anew."""
    values = change.values
    division = own_village(change) if change.first else (change.case.division_id or 0)
    starts = datetime.fromisoformat(values["starts"]) if values.get("starts") else change.at
    ends = datetime.fromisoformat(values["ends"])
    if ends <= max(starts, change.at) or ends - change.at > AT_MOST:
        raise Refused("bad_period", _("显示到的时间应在开始以后、一年以内，请改正"), 422)
    _words(change, division)
    cell = _cell(division, values.get("cell"))
    change.detail |= {
        "cell_id": cell,
        "urgent": bool(values.get("urgent")),
        "starts_at": starts,
        "ends_at": ends,
    }


def show_notice(change: Change) -> None:
    """Approved: the clock runs until it is to be taken down."""
    ends = NoticeDetail.objects.filter(pk=change.case.pk).values_list("ends_at", flat=True).first()
    if ends is None or ends <= change.at:
        raise Refused("too_late", _("写明的显示时间已经过去，请退回修改后再批准"), 422)
    minutes = -(-int((ends - change.at).total_seconds()) // 60)
    change.stage_limit = Duration(max(1, minutes), "min")
    change.detail["approved_at"] = change.at


def write_disclosure(change: Change) -> None:
    values = change.values
    division = own_village(change) if change.first else (change.case.division_id or 0)
    first, last = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
    if last < first:
        raise Refused("bad_period", _("期间的最后一天不能早于第一天，请改正"), 422)
    _words(change, division)
    change.detail |= {"item": values["item"], "first": first, "last": last}
    if change.attached:
        change.detail["attachment"] = change.attached[0].pk


def approve(change: Change) -> None:
    change.detail["approved_at"] = change.at


def propose(change: Change) -> None:
    division = own_village(change) if change.first else (change.case.division_id or 0)
    _words(change, division)


def counted(change: Change) -> None:
    """The numbers of a vote must add up. Raises Refused."""
    got = {
        name: int(change.values[name]) for name in ("entitled", "present", "agreed", "against", "abstained")
    }
    if got["present"] > got["entitled"]:
        raise Refused("too_many", _("实到人数多于应到人数，请改正"), 422)
    if got["agreed"] + got["against"] + got["abstained"] != got["present"]:
        raise Refused("no_sum", _("同意、不同意和弃权加起来应等于实到人数，请改正"), 422)


def party_voted(change: Change) -> None:
    """Party members: more than half of those present. Our own reading of 四议两公开."""
    counted(change)
    if int(change.values["agreed"]) * 2 <= int(change.values["present"]):
        raise Refused("no_majority", _("同意的没有过半，不能提交村民会议；请用“不通过”"), 422)


def resolved(change: Change) -> None:
    """Articles 22 and 26: who has to be there, and a majority of those present."""
    counted(change)
    there, of_all = int(change.values["present"]), int(change.values["entitled"])
    enough = there * 3 >= of_all * 2 if change.values["meeting"] != "assembly" else there * 2 > of_all
    if not enough:
        raise Refused("no_quorum", _("到会人数不够，这次会议的决定不算数"), 422)
    if int(change.values["agreed"]) * 2 <= there:
        raise Refused("no_majority", _("同意的没有超过到会人数的一半，没有通过；请用“不通过”"), 422)
    change.detail |= {
        name: int(change.values[name]) for name in ("entitled", "present", "agreed", "against", "abstained")
    }
    change.detail |= {
        "resolution": redact(change.values["resolution"]),
        "resolved_on": date.fromisoformat(change.values["held_on"]),
    }


def reported(change: Change) -> None:
    change.detail["result"] = redact(change.values["result"])


def result_shown(change: Change) -> None:
    change.detail["result_at"] = change.at


def ask(change: Change) -> None:
    """To the committee of the village named; about something it really published."""
    code = str(change.values["village"])
    division = next((one for one in nodes().values() if one.code == code and one.level == "village"), None)
    if division is None:
        raise Refused("no_village", _("没有找到这个村，请从村的页面提问"), 422)
    change.case.division_id = division.id  # the duty list leads to its committee
    change.detail["division_id"] = division.id
    if number := change.values.get("about"):
        about = Case.objects.filter(number=number, procedure=DISCLOSURE, division_id=division.id).first()
        change.detail["about_id"] = about.pk if about else None


def answer(change: Change) -> None:
    change.detail |= {
        "question": redact(change.values["question"]),
        "answer": redact(change.values["answer"]),
        "answered_on": timezone.localdate(change.at),
    }


def _words(change: Change, division: int) -> None:
    change.detail |= {
        "division_id": division,
        "heading": redact(change.values["heading"]),
        "body": redact(change.values["body"]),
    }
    pictures = [one for one in change.attached if one.is_image]
    if pictures:
        change.detail["picture"] = pictures[0].pk


def _cell(division: int, code: str | None) -> int | None:
    if not code:
        return None
    found = Cell.objects.filter(village_id=division, code=code, valid_to=None).values_list("pk", flat=True)
    cell = found.first()
    if cell is None:
        raise Refused("no_cell", _("本村没有编号为%(code)s的网格，请核对") % {"code": code}, 422)
    return cell
