"""What the steps of a wearing do: where it belongs, what is sealed, which device is bound, and how everything ends."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from zhili.core.cases import holds
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.people import grants, secrets
from zhili.core.people.offices import tree
from zhili.core.places import tree as places
from zhili.core.signals.models import Source
from zhili.scenarios.eldercare import devices
from zhili.scenarios.eldercare.models import AlarmDetail, WearingDetail

WEARING = "eldercare.wearing"
TITLE = "佩戴手环"
UNDER = "撤回同意或结束佩戴"


def apply(change: Change) -> None:
    """The cell and the village of the home, and nothing nearer: the point, like what is said of health, is sealed."""
    case = change.case
    office = _village_office(case)
    if office is None:
        raise Refused("no_village", _("这个位置不在本市的村社区里，请在地图上重新点出家的位置"), 422)
    _seal(change)
    case.lon = case.lat = None
    case.address, case.title, case.confidential, case.office_id = "", TITLE, True, office
    change.detail.update(consent_by=change.values["consent_by"], fence_m=_fence(change))


def _village_office(case: Case) -> int | None:
    """The general office of the village the home lies in: those who know the way."""
    if case.outside or case.division_id is None:
        return None
    known = tree()
    for one in reversed(places.ancestors(case.division_id)):
        seat = known.by_division.get(one)
        if seat is not None and seat.level == "village":
            return seat.id
    return None


def _seal(change: Change) -> None:
    """Where home is and what rescue must know become personal values like the name."""
    cleaned = change.cleaned
    personal, kinds = dict(cleaned.personal), dict(cleaned.kinds)
    personal["home_point"], kinds["home_point"] = f"{cleaned.lon:.6f},{cleaned.lat:.6f}", "text"
    change.values.pop("home", None)
    if notes := change.values.pop("notes", ""):
        personal["notes"], kinds["notes"] = notes, "text"
    change.cleaned = replace(cleaned, personal=personal, kinds=kinds, lon=None, lat=None, address="")


def _fence(change: Change) -> int | None:
    return int(change.values.get("fence") or 0) or None


def choose(change: Change) -> None:
    change.detail["fence_m"] = _fence(change)


def bind(change: Change) -> None:
    source = _free(change, change.values["device"])
    change.values["device"] = source.number
    change.detail.update(source_id=source.pk, device=source.number)
    change.then.append(lambda done: devices.bind(source, done.case, done.actor))


def exchange(change: Change) -> None:
    """The old one knows nobody any more before the new one does."""
    former = detail_of(change).source_id
    bind(change)
    change.then.insert(len(change.then) - 1, lambda done: devices.unbind(former, done.case.number))


def _free(change: Change, number: str) -> Source:
    source = devices.wristband(number.strip())
    if source is None:
        raise Refused("no_device", _("没有登记这个编号的手环，或它已停用。请核对编号，或先登记手环。"), 422)
    if WearingDetail.objects.filter(source_id=source.pk).exists():
        raise Refused("device_taken", _("这只手环已经绑定给另一位老人，请先在那边解绑。"), 422)
    return source


def end(change: Change) -> None:
    """The device is nobody's, links open nothing, what was measured is deleted; who it was, once no help is due."""
    former = detail_of(change).source_id
    change.detail["source_id"] = None
    change.then.append(lambda done: _unbound(done, former))


def _unbound(change: Change, source_id: int | None) -> None:
    devices.unbind(source_id, change.case.number)
    devices.forget(change.case.pk)
    grants.revoke(change.case.pk, "family")
    if not AlarmDetail.objects.filter(wearing_id=change.case.pk, case__closed_at=None).exists():
        forget_person(change.case.pk)


def forget_person(wearing_id: int) -> None:
    """Name, home and all the rest are destroyed, unless the law has them kept."""
    if wearing_id not in holds.held([wearing_id]):
        ids = CaseSecret.objects.filter(case_id=wearing_id).values_list("secret_id", flat=True)
        secrets.erase(list(ids), under=UNDER)


def detail_of(change: Change) -> WearingDetail:
    return WearingDetail.objects.filter(pk=change.case.pk).first() or WearingDetail(case_id=change.case.pk)
