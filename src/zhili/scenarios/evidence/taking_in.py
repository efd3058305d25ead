"""Several things of one matter handed in on one list: each becomes an item with its own number, all of them or none.

Files come with a list of hashes as ``sha256sum`` writes it; each is judged by itself, and a wrong one stops no other.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.files import UploadRefused
from zhili.core.files.intake import Stored
from zhili.core.forms import FormErrors
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.models import HandIn, ItemDetail

ITEM = "evidence.item"
MOST = 200
"""Items on one list."""
LARGEST = 2_000_000
"""Bytes of a table."""
COLUMNS = {
    "物品名称": "what", "名称": "what", "what": "what", "item": "what",
    "数量": "quantity", "quantity": "quantity", "特征": "features", "features": "features",
}  # fmt: skip
SUM = re.compile(r"^\\?([0-9a-fA-F]{64})\s[ *]?(.+)$")
"""A line of ``sha256sum``: hash, blank, blank or star, name."""


@dataclass(frozen=True)
class Row:
    """One thing on the list."""

    line: int
    what: str
    quantity: str
    features: str = ""


@dataclass
class Judged:
    """What became of files handed in together."""

    taken: list[str] = field(default_factory=list)
    """Numbers."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(name, why)."""


def rows_of_text(text: str) -> list[Row]:
    """One thing to a line: name, quantity, features; commas, Chinese commas or tabs between."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in re.split(r"[\t,，]", line, maxsplit=2)]
        if any(parts):
            found.append(Row(number, *[*parts, "", "", ""][:3]))
    return _some(found)


def rows_of_file(name: str, body: bytes) -> list[Row]:
    """A table with a heading line (物品名称, 数量, 特征): CSV in UTF-8 or GB 18030, or Excel."""
    if len(body) > LARGEST:
        raise Refused("too_large", _("表格太大了，请分几次交"), 413)
    lines = _excel(body) if name.lower().endswith(".xlsx") else _csv(body)
    head = [COLUMNS.get(str(cell or "").strip().lower(), "") for cell in lines[0]] if lines else []
    if "what" not in head or "quantity" not in head:
        raise Refused("no_heads", _("表格第一行要有“物品名称”和“数量”两列，可以再有“特征”"), 422)
    found = []
    for number, cells in enumerate(lines[1:], 2):
        values = {key: str(cell or "").strip() for key, cell in zip(head, cells, strict=False) if key}
        if any(values.values()):
            found.append(Row(number, values["what"], values.get("quantity", ""), values.get("features", "")))
    return _some(found)


def _some(found: list[Row]) -> list[Row]:
    if not found:
        raise Refused("no_rows", _("清单里还没有物品，请至少写一件"), 422)
    if len(found) > MOST:
        raise Refused("too_many", _("一张清单最多 %(n)d 件，请分几张") % {"n": MOST}, 422)
    return found


def _csv(body: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(body.decode(encoding))))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused("unreadable", _("这个表格读不出来，请另存为 Excel 或 UTF-8 的 CSV 再传"), 422)


def _excel(body: bytes) -> list[list[Any]]:
    try:
        sheet = load_workbook(io.BytesIO(body), read_only=True, data_only=True).worksheets[0]
        return [list(cells) for cells in sheet.iter_rows(max_row=MOST + 50, values_only=True)]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, EOFError, IndexError) as error:
        raise Refused(
            "unreadable", _("这个表格读不出来，请另存为 Excel 或 UTF-8 的 CSV 再传"), 422
        ) from error


def take_in(actor: Actor, common: Mapping[str, Any], rows: list[Row], key: str) -> tuple[HandIn, list[str]]:
    """All of them in one transaction. Raises Refused naming the line at fault; then none is taken in.

    Sent again under the same key, the first list is the answer.
    """
    scoped = hashlib.sha256(f"{actor.kind}/{actor.id}/{actor.account_id}/{key}".encode()).hexdigest()
    try:
        with transaction.atomic():
            made = HandIn.objects.create(
                office_id=actor.office_id or 0,
                at=timezone.now(),
                matter=redact(common["matter"]),
                items=len(rows),
                post_id=actor.id,
                key=scoped,
            )
            return made, [_opened(actor, common, row, made) for row in rows]
    except IntegrityError:
        made = HandIn.objects.get(key=scoped)
        items = ItemDetail.objects.filter(hand_in=made).order_by("case_id")
        return made, list(items.values_list("case__number", flat=True))


def _opened(actor: Actor, common: Mapping[str, Any], row: Row, made: HandIn) -> str:
    data = {**common, "what": row.what, "quantity": row.quantity, "hand_in": made.pk}
    if row.features:
        data["features"] = row.features
    try:
        return doors.open_case(ITEM, "take_in_listed", actor, data).number
    except FormErrors as error:
        why = " ".join(one for found in error.errors.values() for one in found)
        raise Refused("row", _("第%(line)d行：%(why)s") % {"line": row.line, "why": why}, 422) from error


def manifest(text: str) -> dict[str, str]:
    """Hash in hex by file name, from the text of a SHA256SUMS file. Raises Refused for a line that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = SUM.match(line.strip())
        if match is None:
            words = _("校验清单第%(line)d行读不懂，应当是“64位校验值 两个空格 文件名”")
            raise Refused("manifest", words % {"line": number}, 422)
        found[match[2].replace("\\", "/").rsplit("/", 1)[-1]] = match[1].lower()
    if not found:
        raise Refused("manifest", _("校验清单是空的，请贴上取证设备导出的清单"), 422)
    return found


def take_in_files(
    actor: Actor,
    common: Mapping[str, Any],
    sums: Mapping[str, str],
    stored: Iterable[tuple[str, Stored | UploadRefused]],
    key: str,
) -> Judged:
    """Each file by itself: taken in, or refused with the reason; what the list names and did not come is told."""
    judged, came = Judged(), set()
    for name, file in stored:
        came.add(name)
        if isinstance(file, UploadRefused):
            judged.refused.append((name, file.reason))
        elif name not in sums:
            judged.refused.append((name, _("校验清单里没有这个文件")))
        else:
            data = {**common, "what": name[:60], "file": [f"{file.id}:{file.token}"], "sha256": sums[name]}
            try:
                judged.taken.append(
                    doors.open_case(ITEM, "take_in_file", actor, data, key=f"{key}/{name}").number
                )
            except FormErrors as error:
                judged.refused.append(
                    (name, " ".join(one for found in error.errors.values() for one in found))
                )
            except (Refused, UploadRefused) as error:
                judged.refused.append((name, str(error)))
    judged.refused += [(name, _("清单里有，但没有收到")) for name in sums if name not in came]
    return judged
