"""What a step of an item does beyond moving it. The outside is never touched here; what is read is our own tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.clock import Duration
from zhili.base.text import fold, redact
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import KeptRefusal, Refused
from zhili.core.files.models import File
from zhili.core.forms import FormErrors
from zhili.scenarios.evidence import refusing
from zhili.scenarios.evidence.kinds import PRESERVED, RETURN, TRANSFER, zone_of
from zhili.scenarios.evidence.models import HandIn, ItemDetail, Slot

TITLE = 60


def is_preserved(change: Change) -> bool:
    """Whether the law's seven days run on it."""
    return bool(change.values.get("ground") == PRESERVED)


def take_in(change: Change) -> None:
    """Its columns from the form of the door, and its zone from the kind of its matter."""
    values = change.values
    change.case.zone = zone_of(values["matter_kind"])
    quantity = values.get("quantity", "")
    change.case.title = redact(f"{values['what']} {quantity}".strip())[:TITLE]
    change.detail.update(
        matter_kind=values["matter_kind"],
        matter=redact(values["matter"]),
        quantity=quantity,
        ground=values["ground"],
        digital="sha256" in values,
    )


def on_a_list(change: Change) -> None:
    """The list is one of its own office's."""
    found = HandIn.objects.filter(pk=change.values["hand_in"], office_id=change.actor.office_id or 0).first()
    if found is None:
        raise Refused("no_list", _("没有这张清单，或您无权查看"), 422)
    change.detail["hand_in_id"] = found.pk


def same_hash(change: Change) -> None:
    """The file must be the one its maker hashed; else it is refused, and both hashes are kept."""
    file = File.objects.get(pk=change.cleaned.files[0])
    claimed = change.values["sha256"].lower()
    if claimed != file.sha256:
        words = _(
            "没有收下：收到的文件和制作时的不是同一个。随文件报来的是 %(claimed)s，收到的是 %(found)s。"
            "两个都已记下。请核对是不是选错了文件、抄错了校验值，再重新提交。"
        )
        refused = refusing.Refusal(
            change.actor, change.values["matter"], change.case.title, change.case.zone, claimed, file
        )
        raise KeptRefusal("hash_differs", words % {"claimed": claimed, "found": file.sha256}, refused.keep)
    change.values["sha256"] = claimed
    change.detail.update(sha256=claimed, file_id=file.pk, size=file.size)


def put(change: Change) -> None:
    """On the shelf, or on another one."""
    change.detail.update(slot_id=_slot(change, change.values["slot"]).pk, missing=False)


def seal(change: Change) -> None:
    change.detail.update(sealed=True, seal_number=redact(change.values["seal_number"]))


def unseal(change: Change) -> None:
    change.detail.update(sealed=False, seal_number="")


def lend(change: Change) -> None:
    """It leaves its shelf; the clock runs until the day agreed, and whoever borrows it may see it."""
    office = change.values["office"]
    if office == change.case.office_id:
        raise Refused("own_office", _("物证就在本单位，不必借出；请选择别的单位"), 422)
    _until(change)
    change.detail.update(borrower_id=office, lent_at=change.at)
    change.take_part("borrowing", office_id=office)


def renew(change: Change) -> None:
    _until(change)


def give_back(change: Change) -> None:
    """Back on its shelf, or on another. A seal it left with is whole, broken or replaced, and never merely gone."""
    detail = _detail(change)
    if fault := _seal_fault(change.values, detail):
        raise FormErrors(fault)
    change.detail.update(borrower_id=None, lent_at=None, until=None)
    if code := change.values.get("slot"):
        change.detail["slot_id"] = _slot(change, code).pk
    if change.values["seal"] == "broken":
        unseal(change)
    elif change.values["seal"] == "new":
        seal(change)
    stays_sealed(change)


def _seal_fault(values: dict[str, Any], detail: Any) -> dict[str, list[str]]:
    """What is said of the seal and cannot be, by field; nothing when it fits what the item left with."""
    said, number = values["seal"], detail.seal_number
    if detail.sealed and said == "none":
        words = _("借出时有封条%(number)s，请写明它现在怎样：完好、已启封或破损，还是换了新封条。")
        return {"seal": [words % {"number": number}]}
    if detail.sealed and said == "new" and fold(redact(values["seal_number"])) == fold(number):
        words = _("这是借出时的封条号。封条没有动过，请选“完好”；换了新的，请写新封条上的号。")
        return {"seal_number": [words]}
    if not detail.sealed and said in ("intact", "broken"):
        return {"seal": [_("借出时没有封条。在外面加了封条的，请选“换了新封条”，写上封条号。")]}
    return {}


def stays_sealed(change: Change) -> None:
    """What bears a seal comes to the stage that says so, from wherever it was."""
    if change.detail.get("sealed", _detail(change).sealed):
        change.target = change.procedure.stages["sealed"]


def propose(change: Change) -> None:
    change.detail["disposal"] = change.values["disposal"]


def back_to_store(change: Change) -> None:
    """Not to be disposed of, at least not now: as it was before."""
    change.detail["disposal"] = ""
    stays_sealed(change)


def hand_out(change: Change) -> None:
    _as_approved(change, RETURN)


def hand_over(change: Change) -> None:
    _as_approved(change, TRANSFER)


def dispose(change: Change) -> None:
    _as_approved(change, "confiscate", "sell", "destroy")


def change_ground(change: Change) -> None:
    """Another ground of custody; what was preserved has then been decided on."""
    change.detail["ground"] = change.values["ground"]
    if change.values["ground"] != PRESERVED:
        change.ended_clocks.add("preserved")


def leave_shelf(change: Change) -> None:
    """Another office keeps it from now on; it has no place there yet."""
    if change.values["office"] == change.case.office_id:
        raise Refused("own_office", _("物证就在本单位；请选择别的单位"), 422)
    change.detail["slot_id"] = None


def counted(change: Change) -> None:
    """A stock-taking: found where it belongs, elsewhere (which is its place from now on), or not at all."""
    change.detail["missing"] = change.values["result"] == "missing"
    if change.values["result"] == "elsewhere":
        change.detail["slot_id"] = _slot(change, change.values["slot"]).pk


def _until(change: Change) -> None:
    """The loan's own end: a day to come, not too far."""
    until = date.fromisoformat(str(change.values["until"]))
    days = (until - timezone.localdate(change.at)).days
    most, value = params.duration("evidence.longest_loan")
    if days < 0:
        raise Refused("past", _("借到的日期已经过了，请重新填写"), 422)
    if days > most.amount:
        words = _("一次最多借%(most)s，依据：%(source)s")
        raise Refused("too_long", words % {"most": most.words, "source": _(value.source)}, 422)
    change.stage_limit = Duration(max(days, 1), "d")
    change.detail["until"] = until


def _as_approved(change: Change, *ways: str) -> None:
    """Only what was approved is carried out; then it is on no shelf any more."""
    if _detail(change).disposal not in ways:
        raise Refused("not_approved", _("批准的不是这种处置，请按批准的办理，或撤回重新提出"), 409)
    change.detail["slot_id"] = None


def _slot(change: Change, code: str) -> Slot:
    """The slot of the keeping office with that code."""
    found = Slot.objects.filter(office_id=change.case.office_id or 0, code=code.strip().upper()).first()
    if found is None:
        raise Refused("no_slot", _("本单位没有货位“%(code)s”，请看库房图上的编号") % {"code": code}, 422)
    change.values["slot"] = found.code
    return found


def _detail(change: Change) -> Any:
    return ItemDetail.objects.get(pk=change.case.pk)
