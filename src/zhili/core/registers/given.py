"""What somebody says of a firm or of premises, and what is wrong with it: one check for a form, an import, an API."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, check_citizen_id, check_phone, check_uscc
from zhili.base.text import fold, normalise
from zhili.core.places.locate import locate
from zhili.core.registers.models import FirmKind, FirmStatus, PremisesKind

NAME, ADDRESS, CODE, INDUSTRY = 200, 200, 40, 8


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be taken: the field, and why in words for whoever wrote it."""

    field: str
    words: str


@dataclass(frozen=True, slots=True)
class GivenFirm:
    """A firm as told. ``operator``, ``identity`` and ``phone`` are plain and go into secrets; "" leaves what is there.

    ``division_id``: where it is registered, None when not known.
    """

    code: str
    name: str
    kind: str = "firm"
    status: str = "active"
    industry: str = ""
    division_id: int | None = None
    operator: str = ""
    identity: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class GivenPremises:
    """Premises as told. ``code`` "": the licence's number, else the firm's code. A point, or a division, or both."""

    firm_code: str
    kind: str
    name: str
    code: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    division_id: int | None = None
    licence_number: str = ""
    licence_until: date | None = None
    active: bool = True
    cell_id: int | None = None
    """Found from the point; not told."""


KINDS: Final = frozenset(FirmKind.values)
STATUSES: Final = frozenset(FirmStatus.values)
PREMISES: Final = frozenset(PremisesKind.values)


def check_firm(given: GivenFirm) -> tuple[GivenFirm, list[Wrong]]:
    """The firm in its stored form, and what is wrong with it. About 40 µs."""
    wrong: list[Wrong] = []
    code = _coded("code", given.code, check_uscc, wrong)
    if not code:
        wrong.append(Wrong("code", _("没有统一社会信用代码")))
    name = normalise(given.name)
    if not name:
        wrong.append(Wrong("name", _("没有名称")))
    _short("name", name, NAME, wrong)
    _short("industry", given.industry, INDUSTRY, wrong)
    if given.kind not in KINDS:
        wrong.append(Wrong("kind", _("没有这个种类：%(value)s") % {"value": given.kind}))
    if given.status not in STATUSES:
        wrong.append(Wrong("status", _("没有这个状态：%(value)s") % {"value": given.status}))
    operator = normalise(given.operator)
    _short("operator", operator, 60, wrong)
    return (
        replace(
            given,
            code=code,
            name=name,
            operator=operator,
            identity=_coded("identity", given.identity, check_citizen_id, wrong),
            phone=_coded("phone", given.phone, _phone, wrong),
            industry=given.industry.strip(),
        ),
        [one for n, one in enumerate(wrong) if one.field not in {w.field for w in wrong[:n]}],
    )


def check_premises(given: GivenPremises) -> tuple[GivenPremises, list[Wrong]]:
    """The premises in their stored form with division and cell found, and what is wrong. About 60 µs."""
    wrong: list[Wrong] = []
    firm_code = _coded("firm_code", given.firm_code, check_uscc, wrong)
    if not firm_code and not wrong:
        wrong.append(Wrong("firm_code", _("没有统一社会信用代码")))
    name, address = normalise(given.name), normalise(given.address)
    code = fold(given.code or given.licence_number).upper() or firm_code
    if not name:
        wrong.append(Wrong("name", _("没有名称")))
    for field, text, most in (
        ("code", code, CODE),
        ("name", name, NAME),
        ("address", address, ADDRESS),
        ("licence_number", given.licence_number, CODE),
    ):
        _short(field, text, most, wrong)
    if given.kind not in PREMISES:
        wrong.append(Wrong("kind", _("没有这个种类：%(value)s") % {"value": given.kind}))
    division, cell = _placed(given, wrong)
    return (
        replace(
            given,
            firm_code=firm_code,
            name=name,
            address=address,
            code=code,
            licence_number=given.licence_number.strip(),
            division_id=division,
            cell_id=cell,
        ),
        wrong,
    )


def _placed(given: GivenPremises, wrong: list[Wrong]) -> tuple[int | None, int | None]:
    if (given.lon is None) != (given.lat is None):
        wrong.append(Wrong("lon" if given.lon is None else "lat", _("经纬度缺一个")))
        return given.division_id, None
    if given.lon is None or given.lat is None:
        if given.division_id is None:
            wrong.append(Wrong("division_id", _("没有坐标，也没有所在区划")))
        return given.division_id, None
    found = locate(given.lon, given.lat)
    if found.outside:
        wrong.append(Wrong("lon", _("坐标不在本市范围内")))
        return given.division_id, None
    return found.division_id, found.cell_id


def _phone(text: str) -> str:
    """As `check_phone`; the usual mobile number without the slow parser."""
    if len(text) == 11 and text.isascii() and text.isdigit() and "12" < text[:2] < "20":
        return f"+86{text}"
    return check_phone(text)


def _coded(field: str, text: str, check: object, wrong: list[Wrong]) -> str:
    if not text.strip():
        return ""
    try:
        return check(text)  # type: ignore[operator,no-any-return]
    except CodeError as error:
        wrong.append(Wrong(field, _(error.text) % error.parts if error.parts else _(error.text)))
        return ""


def _short(field: str, text: str, most: int, wrong: list[Wrong]) -> None:
    if len(text) > most:
        wrong.append(Wrong(field, _("超过%(most)d个字") % {"most": most}))
