"""Cases as a table for everyone: no personal value, no free text, no confidential matter, each column described.

Free text (what was reported, the answer) and addresses stay out: a name in them is not recognised by a machine.
Points are rounded to about a hundred metres. Only ordinary matters: not confidential, not of the justice zone, not a
child of another case.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhili.conf.site import Refused
from zhili.core.cases import registry
from zhili.core.cases.models import Case, Category
from zhili.core.people.models import Office
from zhili.core.places.models import Division

CHUNK = 50_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # text, integer, number, moment, flag
    means: str


COLUMNS = (
    Column("number", "text", "编号 the case's number"),
    Column("scenario", "text", "场景 which part of the platform"),
    Column("procedure", "text", "程序 the declared life it follows"),
    Column("category", "text", "分类代码 code of the category"),
    Column("category_name", "text", "分类名称 its name"),
    Column("channel", "text", "来源 how it came in: web, phone, desk …"),
    Column("opened_at", "moment", "受理时间 when it was opened, UTC"),
    Column("answered_at", "moment", "答复时间 when it was first answered, UTC; empty if not yet"),
    Column("closed_at", "moment", "办结时间 when it ended, UTC; empty while under way"),
    Column("stage", "text", "当前环节 where it is"),
    Column("office", "text", "承办单位代码 code of the office that has it"),
    Column("office_name", "text", "承办单位 its name"),
    Column("division", "text", "区划代码 code of the division it lies in"),
    Column("lon", "number", "经度 degrees east, CGCS2000, three decimals (about 100 m)"),
    Column("lat", "number", "纬度 degrees north, three decimals"),
    Column("overdue", "flag", "超期 its limit ran out"),
    Column("returns", "integer", "退回次数 how often it was handed back"),
    Column("reopened", "integer", "重办次数 how often it was reopened"),
    Column("rating", "integer", "评价 1 to 5; empty without one"),
)
NAMES = [column.name for column in COLUMNS]


def export(path: Path, since: date, until: date | None, form: str, overwrite: bool = False) -> int:
    """Write the cases opened from ``since`` to before ``until`` (days of the city's calendar); how many.

    ``form``: "csv" (UTF-8 with BOM, so that spreadsheets read it) or "parquet". Beside it ``<file>.columns.csv`` says
    what each column means.
    """
    from zhili.conf.backup.container import refuse_existing

    refuse_existing(path, overwrite)
    write: dict[str, Callable[[Path, Iterator[list[Row]]], int]] = {"csv": _csv, "parquet": _parquet}
    if form not in write:
        raise Refused(f"格式只能是 csv 或 parquet，不是 {form}。 The format is csv or parquet, not {form}.")
    draft = path.with_name(f".{path.name}.part")
    try:
        count = write[form](draft, rows(since, until))
        draft.replace(path)
    except OSError as error:
        raise Refused(
            f"不能写入 {path}：{error.strerror}。 Cannot write {path}: {error.strerror}."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    _describe(path)
    return count


def rows(since: date, until: date | None) -> Iterator[list[Row]]:
    """The cases, in chunks. One query for each chunk beside three for the names."""
    categories = {(c.scenario, c.code): c.name for c in Category.objects.all()}
    offices = {o.pk: (o.code, o.name) for o in Office.objects.only("code", "name")}
    divisions = dict(Division.objects.values_list("pk", "code"))
    ordinary = Case.objects.filter(confidential=False, parent=None).exclude(zone="justice")
    ordinary = ordinary.exclude(procedure__in=registry.uncounted())
    cases = ordinary.filter(opened_at__gte=_start(since))
    if until:
        cases = cases.filter(opened_at__lt=_start(until))
    last = 0
    while found := list(cases.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = found[-1].pk
        yield [_row(case, categories, offices, divisions) for case in found]


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _row(
    case: Case,
    categories: dict[tuple[str, str], str],
    offices: dict[int, tuple[str, str]],
    divisions: dict[int, str],
) -> Row:
    code, name = offices.get(case.office_id or 0, ("", ""))
    plain = {
        field: getattr(case, field)
        for field in NAMES
        if hasattr(Case, field) and field not in ("office", "division")
    }
    return plain | {
        "category_name": categories.get((case.scenario, case.category), ""),
        "office": code,
        "office_name": name,
        "division": divisions.get(case.division_id or 0, ""),
        "lon": None if case.lon is None else round(case.lon, 3),
        "lat": None if case.lat is None else round(case.lat, 3),
    }


def _csv(path: Path, chunks: Iterator[list[Row]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, NAMES)
        out.writeheader()
        for chunk in chunks:
            out.writerows({name: _plain(row[name]) for name in NAMES} for row in chunk)
            count += len(chunk)
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value  # a spreadsheet must not take a name for a formula
    return value


def _parquet(path: Path, chunks: Iterator[list[Row]]) -> int:
    """In parts, so that a large city needs no large memory."""
    import polars as pl

    kinds = {"text": pl.String, "integer": pl.Int32, "number": pl.Float64, "flag": pl.Boolean}
    schema: Any = {c.name: kinds.get(c.kind, pl.Datetime("us", "UTC")) for c in COLUMNS}
    count = 0
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for n, chunk in enumerate(chunks):
            pl.DataFrame(chunk, schema=schema).write_parquet(Path(folder) / f"{n:06}.parquet")
            count += len(chunk)
        if count:
            pl.scan_parquet(Path(folder) / "*.parquet").sink_parquet(path)
        else:
            pl.DataFrame(schema=schema).write_parquet(path)
    return count


def _describe(path: Path) -> None:
    with path.with_name(f"{path.name}.columns.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["column", "kind", "means"])
        out.writerows([column.name, column.kind, column.means] for column in COLUMNS)
