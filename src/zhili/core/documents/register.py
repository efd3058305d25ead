"""发文登记簿: what an office issued in a year, in the order of its numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from typing import IO

from django.db.models import F

from zhili.core.documents import letters
from zhili.core.documents.models import OutgoingDocument

COLUMNS = {
    "number": "发文字号",
    "title": "标题",
    "kind": "文种",
    "office": "发文机关",
    "issued_on": "成文日期",
    "state": "状态",
    "case": "公文编号",
    "about": "所属事项",
    "pages": "页数",
    "sha256": "PDF的SHA-256",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


@dataclass(frozen=True)
class Line:
    """One document; titles are without personal values, as everywhere."""

    number: str
    title: str
    kind: str
    office: str
    issued_on: str
    state: str
    case: str
    about: str
    pages: str
    sha256: str


def lines(office_id: int | None = None, year: int | None = None) -> Iterator[Line]:
    """Every issued document, of an office and a year where given; revoked ones too. One query, read as it goes."""
    rows = OutgoingDocument.objects.filter(serial__isnull=False)
    if office_id is not None:
        rows = rows.filter(office_id=office_id)
    if year is not None:
        rows = rows.filter(year=year)
    kinds = {key: one.title for key, one, _scenario in letters.everything()}
    related = rows.select_related("case__parent", "office", "rendering")
    for row in related.order_by(F("office__code"), "year", "mark", "serial").iterator(500):
        rendering = getattr(row, "rendering", None)
        yield Line(
            row.number,
            row.case.title,
            kinds.get(row.template, row.template),
            row.office.name if row.office else "",
            row.issued_on.isoformat() if row.issued_on else "",
            "作废" if row.voided_at else "有效",
            row.case.number,
            row.case.parent.number if row.case.parent else "",
            str(rendering.pages or "") if rendering else "",
            rendering.sha256 if rendering else "",
        )


def write_csv(found: Iterable[Line], out: IO[str]) -> int:
    """With a byte order mark, as spreadsheets here expect; a cell is never a formula. Returns how many lines."""
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([COLUMNS[one.name] for one in fields(Line)])
    count = 0
    for line in found:
        writer.writerow([f"'{cell}" if cell.startswith(DANGEROUS) else cell for cell in astuple(line)])
        count += 1
    return count
