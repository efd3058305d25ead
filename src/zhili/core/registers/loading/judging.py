"""Every row of a file read and tried: what it says of a firm and its premises, or why it is set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.base.codes import CodeError, normalise_division
from zhili.base.geo import gcj02_to_wgs84
from zhili.base.sheets.reading import ROW, Bad, Table
from zhili.base.text import fold
from zhili.core.people.actors import Actor
from zhili.core.places import tree
from zhili.core.registers import rights
from zhili.core.registers.given import GivenFirm, GivenPremises, Wrong, check_firm, check_premises
from zhili.core.registers.loading import fields
from zhili.core.registers.models import Firm, Premises

DATES: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S")
OF_PREMISES: Final = {
    "firm_code": "code", "code": "premises_code", "name": "premises_name", "kind": "premises_kind",
    "division_id": "division",
}  # fmt: skip
"""Fields of GivenPremises by what the file's field is called."""


@dataclass(slots=True)
class Entry:
    """One good row. ``firm`` is None where only the premises are told, or the firm is another place's to change."""

    row: int
    firm: GivenFirm | None
    premises: GivenPremises | None


@dataclass
class Judged:
    """``good`` in the file's order; ``bad``: row, column and reason of the rest."""

    good: list[Entry] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    new_firms: int = 0
    new_premises: int = 0
    known_firms: int = 0
    known_premises: int = 0


class Reach:
    """Divisions by code and name, and which of them the actor's office reaches. None: all."""

    def __init__(self, actor: Actor) -> None:
        self.by_code: dict[str, int] = {}
        names: dict[str, list[int]] = {}
        for node in tree.nodes().values():
            if node.valid_to is None:
                self.by_code[node.code] = node.id
                names.setdefault(fold(node.name), []).append(node.id)
                names.setdefault(fold(tree.full_name(node.id)), []).append(node.id)
                names.setdefault(fold(tree.full_name(node.id, "county")), []).append(node.id)
        self.by_name = {name: ids[0] for name, ids in names.items() if len(set(ids)) == 1}
        self.doubled = {name for name, ids in names.items() if len(set(ids)) > 1}
        self.ids: set[int] | None = None
        if actor.division_id is not None and not rights.everywhere(actor):
            self.ids = set(tree.subtree(actor.division_id))

    def holds(self, division_id: int | None) -> bool:
        return self.ids is None or division_id in self.ids

    def find(self, text: str) -> int | None:
        """Raises ValueError, in words."""
        if not text:
            return None
        key = fold(text)
        if key in self.by_name:
            return self.by_name[key]
        if key in self.doubled:
            raise ValueError(_("叫“%(name)s”的不止一个，请写全名或代码") % {"name": text[:40]})
        try:
            found = self.by_code.get(normalise_division(text))
        except CodeError:
            found = None
        if found is None:
            raise ValueError(_("没有“%(name)s”这个区划") % {"name": text[:40]})
        return found


def judge(
    table: Table, mapping: Mapping[str, str], what: str, options: Mapping[str, Any], actor: Actor
) -> Judged:
    """All rows tried. Five queries for any number of rows; about 120 µs a row."""
    found = Judged(bad=list(table.bad))
    entries = list(_entries(table, mapping, what, options, Reach(actor), found.bad))
    entries = list(_once(entries, what, mapping, found.bad))
    _against_what_stands(entries, what, mapping, Reach(actor), found)
    found.bad.sort(key=lambda one: one.row)
    return found


def _entries(
    table: Table,
    mapping: Mapping[str, str],
    what: str,
    options: Mapping[str, Any],
    reach: Reach,
    bad: list[Bad],
) -> Iterator[Entry]:
    names = [one.name for one in fields.of(what) if mapping.get(one.name) in table.columns]
    words = fields.kinds()
    columns = [table.frame[ROW], *(table.frame[mapping[name]] for name in names)]
    for row, *cells in zip(*columns, strict=True):
        said = dict(zip(names, ((cell or "").strip() for cell in cells), strict=True))
        wrong: list[Wrong] = []
        entry = _read(row, said, what, options, reach, words, wrong)
        if wrong:
            bad += [Bad(row, mapping.get(one.field, ""), one.words) for one in wrong]
        else:
            yield entry


def _read(
    row: int,
    said: dict[str, str],
    what: str,
    options: Mapping[str, Any],
    reach: Reach,
    words: Any,
    wrong: list[Wrong],
) -> Entry:
    firm_kinds, statuses, premises_kinds = words
    division: int | None = None
    try:
        division = reach.find(said.get("division", ""))
    except ValueError as error:
        wrong.append(Wrong("division", str(error)))
    firm, premises = None, None
    if what in ("both", "premises"):
        premises = _premises(said, division, options, premises_kinds, wrong)
        if not wrong and not reach.holds(premises.division_id):
            wrong.append(Wrong("division" if "division" in said else "lon", _("不在您单位管的地方")))
    if what in ("both", "firms"):
        kind = firm_kinds.get(fold(said.get("kind", "")), said.get("kind", "")) or fields.kind_of_code(
            said.get("code", "")
        )
        status = statuses.get(fold(said.get("status", "")), said.get("status", "")) or "active"
        given = GivenFirm(
            said.get("code", ""), said.get("name", ""), kind, status, said.get("industry", ""),
            division if premises is None else premises.division_id,
            said.get("operator", ""), said.get("identity", ""), said.get("phone", ""),
        )  # fmt: skip
        firm, found = check_firm(given)
        wrong += [one for one in found if one.field not in {w.field for w in wrong}]
        if premises is None and not wrong and not reach.holds(firm.division_id):
            wrong.append(Wrong("division", _("不在您单位管的地方") if division else _("没有所在区划")))
    return Entry(row, firm, premises)


def _premises(
    said: dict[str, str],
    division: int | None,
    options: Mapping[str, Any],
    kinds: Mapping[str, str],
    wrong: list[Wrong],
) -> GivenPremises:
    point = {name: _number(said.get(name, ""), name, wrong) for name in ("lon", "lat")}
    lon, lat = point["lon"], point["lat"]
    if lon is not None and lat is not None and options.get("gcj02"):
        lon, lat = gcj02_to_wgs84(lon, lat)
    kind = said.get("premises_kind", "")
    given = GivenPremises(
        said.get("code", ""),
        kinds.get(fold(kind), kind) or str(options.get("kind", "")),
        said.get("premises_name", "") or said.get("name", ""),
        said.get("premises_code", ""),
        said.get("address", ""),
        lon,
        lat,
        division,
        said.get("licence_number", ""),
        _day(said.get("licence_until", ""), wrong),
        fold(said.get("active", "")) not in fields.NO,
    )
    if wrong:
        return given
    checked, found = check_premises(given)
    wrong += [Wrong(OF_PREMISES.get(one.field, one.field), one.words) for one in found]
    return checked


def _number(text: str, name: str, wrong: list[Wrong]) -> float | None:
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not abs(found) <= (180 if name == "lon" else 90):
        wrong.append(Wrong(name, _("经纬度不是度数")))
        return None
    return found


def _day(text: str, wrong: list[Wrong]) -> date | None:
    if not text or text in ("长期", "永久"):
        return None
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # a day has no zone
        except ValueError:
            continue
    wrong.append(Wrong("licence_until", _("日期读不出，请写成 2026-12-31")))
    return None


def _once(entries: Sequence[Entry], what: str, mapping: Mapping[str, str], bad: list[Bad]) -> Iterator[Entry]:
    """Each number once in a file; of a firm with several premises its first row tells the firm."""
    firms: dict[str, int] = {}
    premises: dict[str, int] = {}
    for one in entries:
        if one.premises is not None:
            first = premises.setdefault(one.premises.code, one.row)
            if first != one.row:
                column = (
                    mapping.get("premises_code") or mapping.get("licence_number") or mapping.get("code", "")
                )
                words = _("和第%(row)d行是同一个场所编号；一个市场主体有几个场所时，请各写场所编号")
                bad.append(Bad(one.row, column, words % {"row": first + 1}))
                continue
        if one.firm is not None:
            first = firms.setdefault(one.firm.code, one.row)
            if first != one.row and what == "firms":
                words = _("和第%(row)d行是同一个统一社会信用代码")
                bad.append(Bad(one.row, mapping.get("code", ""), words % {"row": first + 1}))
                continue
            if first != one.row:
                one = replace(one, firm=None)
        yield one


def _against_what_stands(
    entries: Sequence[Entry], what: str, mapping: Mapping[str, str], reach: Reach, found: Judged
) -> None:
    codes = {one.firm.code for one in entries if one.firm} | {
        one.premises.firm_code for one in entries if one.premises
    }
    firms = dict(Firm.objects.filter(code__in=codes).values_list("code", "division_id"))
    numbers = [one.premises.code for one in entries if one.premises]
    premises = {
        code: (firm, division)
        for code, firm, division in Premises.objects.filter(code__in=numbers).values_list(
            "code", "firm__code", "division_id"
        )
    }
    for one in entries:
        if one.firm is not None and one.firm.code in firms and not reach.holds(firms[one.firm.code]):
            if what == "firms":
                found.bad.append(Bad(one.row, mapping.get("code", ""), _("已登记在别处，由那里改")))
                continue
            one.firm = None
        if one.premises is not None:
            if what == "premises" and one.premises.firm_code not in firms:
                found.bad.append(
                    Bad(one.row, mapping.get("code", ""), _("登记里没有这个市场主体，请先登记它"))
                )
                continue
            stands = premises.get(one.premises.code)
            if stands is not None and stands[0] != one.premises.firm_code:
                column = mapping.get("premises_code") or mapping.get("licence_number", "")
                found.bad.append(Bad(one.row, column, _("这个场所编号已是别的市场主体的")))
                continue
            if stands is not None and not reach.holds(stands[1]):
                found.bad.append(Bad(one.row, mapping.get("premises_code", ""), _("已登记在别处，由那里改")))
                continue
            found.known_premises += stands is not None
            found.new_premises += stands is None
        if one.firm is not None:
            found.known_firms += one.firm.code in firms
            found.new_firms += one.firm.code not in firms
        found.good.append(one)
