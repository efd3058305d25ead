"""Statistics a stranger can check: each month's figures, their definitions, and the rows they are made of.

The figures come from the roll-ups that screens read, the rows from the steps themselves, both in one snapshot; steps
the roll-ups do not count yet are left out of the rows too. So the two agree, or something is wrong and has a name.
What was published, with its digest, is a leaf of the trail.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from zhili.base.canonical import canonical
from zhili.core import params
from zhili.core.cases import history, registry
from zhili.core.indicators.definitions import DEFINITIONS
from zhili.core.indicators.folding import NAME
from zhili.core.indicators.grains import everywhere, of_facts, parts
from zhili.core.indicators.matters import COLUMNS, month_after, rows
from zhili.core.indicators.measures import CHILD, CONFIDENTIAL
from zhili.core.indicators.models import Publication
from zhili.core.indicators.overview import Overview, overview
from zhili.core.indicators.quality import quality
from zhili.core.indicators.recounting import (
    FIGURES,
    FORMAT,
    MATTERS,
    category_figures,
    figures_of,
)
from zhili.core.indicators.storing import CURRENT
from zhili.core.trail import heads, leaves

FOLDER: Final = "open"
FEW: Final = 5
"""Numbers of left-out matters below this are given as "<5"."""
# Steps told to the outbox that the figures have not counted yet.
AHEAD = """
SELECT e.subject, (e.payload->>'seq')::int FROM streams_event e
LEFT JOIN streams_position p ON p.name = %s
WHERE e.type = 'step' AND (p.name IS NULL OR (e.xid, e.id) > (p.xid, p.event_id))
  AND NOT EXISTS (SELECT 1 FROM indicators_counted c WHERE c.event_id = e.id)"""
MONTHS = f"""
SELECT DISTINCT date_trunc('month', period)::date FROM indicators_fact
WHERE generation = {CURRENT} AND grain = 'm' AND period <= %s ORDER BY 1 DESC"""  # noqa: S608
MARKED_PART = f"""
SELECT scenario, opened FROM indicators_fact WHERE generation = {CURRENT} AND division_id = ANY(%s)
  AND grain = %s AND period >= %s AND period < %s AND left(scenario, 1) IN ('{CONFIDENTIAL}', '{CHILD}')"""  # noqa: S608
MARKED = "SELECT left(scenario, 1), sum(opened) FROM ({parts}) f GROUP BY 1"
LOCK = 0x6F70656E


def publish(month: date) -> Publication:
    """Publish a month's figures and rows anew, in one snapshot; the file is in storage before anybody is told."""
    if connection.in_atomic_block:
        raise RuntimeError("publish() reads in a snapshot of its own")
    with tempfile.NamedTemporaryFile(suffix=".zip") as temporary:
        packed = open(temporary.name, "w+b")  # noqa: SIM115
        with packed:
            document = _pack(month, packed)
        digest, size = _digest(Path(temporary.name))
        name = f"{FOLDER}/{month:%Y-%m}-{digest[:16]}.zip"
        with open(temporary.name, "rb") as stream:
            if not default_storage.exists(name):
                name = default_storage.save(name, File(stream))
    return _keep(month, document, name, digest, size)


def publish_due() -> int:
    """Publish one month that is not published, or whose figures have changed since another day, or whose file is
    gone (after a restore without files); 1 if there was one. For the worker."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [today])
        months = [month for (month,) in cursor.fetchall()]
    last = {p.month: p for p in Publication.objects.order_by("month", "-id").distinct("month")}
    for month in months:
        known = last.get(month)
        if known is None or not _there(known) or _old(known, today):
            publish(month)
            return 1
    return 0


def all_latest() -> list[Publication]:
    """What is published now, newest month first."""
    newest = Publication.objects.order_by("-month", "-id").distinct("month")
    return list(newest.defer("figures"))


def latest(month: date) -> Publication | None:
    """What is published of a month now."""
    return Publication.objects.filter(month=month).order_by("-id").first()


def figures(month: date) -> dict[str, Any]:
    """The figures of a month from the roll-ups, in the shape ``recounting.recount`` gives them."""
    since, until = month, month_after(month) - timedelta(days=1)
    whole = overview(None, since, until)
    by_scenario = {name: overview(None, since, until, name) for name in sorted(registry.scenarios())}
    types = quality(None, since, until).by_category
    return {
        "all": _figures(whole),
        "by_scenario": {name: _figures(one) for name, one in by_scenario.items() if any(_sums(one).values())},
        "by_category": [
            category_figures(t.scenario, t.category, t.quality.opened, t.quality.settled)
            for t in sorted(types, key=lambda t: (t.scenario, t.category))
            if t.quality.opened
        ],
    }


def left_out(since: date, until: date, division_id: int | None = None) -> dict[str, int | str]:
    """How many matters opened in these days no figure counts: confidential, and children of another case. One query."""
    places = everywhere() if division_id is None else [division_id]
    asked = parts(places, since, until, "d", "m", of_facts)
    values = [v for p in asked for v in (p.divisions, p.grain, p.since, p.before)]
    with connection.cursor() as cursor:
        cursor.execute(MARKED.format(parts=" UNION ALL ".join([MARKED_PART] * len(asked))), values)
        sums = dict(cursor.fetchall())
    found = {"confidential": int(sums.get(CONFIDENTIAL, 0)), "children": int(sums.get(CHILD, 0))}
    return {word: n if n == 0 or n >= FEW else f"<{FEW}" for word, n in found.items()}


def as_published(publication: Publication) -> dict[str, Any]:
    """The document as shown and downloaded, with where its file is and what was kept of it."""
    return {
        **publication.figures,
        "publication": {
            "at": publication.at.isoformat(),
            "sha256": publication.sha256,
            "bytes": publication.bytes,
            "leaf": heads.number_of(publication.leaf_id),
        },
    }


def _figures(one: Overview) -> dict[str, Any]:
    speeds = {
        "to_answer_median": one.to_answer.median,
        "to_answer_p90": one.to_answer.p90,
        "to_close_median": one.to_close.median,
        "to_close_p90": one.to_close.p90,
    }
    return figures_of(_sums(one), speeds)


def _sums(one: Overview) -> dict[str, int]:
    return {name: getattr(one.counts, name) for name in one.counts.__dataclass_fields__}


def _pack(month: date, into: IO[bytes]) -> dict[str, Any]:
    """Write the zip, and give the document that stands in it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(AHEAD, [NAME])
            ahead = frozenset((case, seq) for case, seq in cursor.fetchall())
        found = figures(month)
        since, until = month, month_after(month) - timedelta(days=1)
        out = left_out(since, until)
        head = heads.current().as_json()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
            with packed.open(_entry(MATTERS), "w", force_zip64=True) as stream:
                digest, count = _write_rows(stream, rows(history.payloads(_concerned(month)), ahead))
            document = {
                "format": FORMAT,
                "period": {"from": since.isoformat(), "to": until.isoformat()},
                "as_of": timezone.now().isoformat(),
                "licence": params.get("statistics.licence").text,
                "figures": found,
                "left_out": out,
                "definitions": [one.as_json() for one in DEFINITIONS.values()],
                "columns": COLUMNS,
                "rows": count,
                "matters_sha256": digest,
                "head": head,
            }
            packed.writestr(_entry(FIGURES), json.dumps(document, ensure_ascii=False, indent=1))
            packed.writestr(_entry("README.txt"), _readme(document))
    return document


def _concerned(month: date) -> Q:
    """The cases that can have anything to count in the month: opened before its end, and not at an end before it."""
    start, end = _midnight(month), _midnight(month_after(month))
    open_then = Q(case__closed_at=None) | Q(case__closed_at__gte=start)
    return Q(case__opened_at__lt=end, case__confidential=False, case__parent=None) & open_then


def _write_rows(stream: IO[bytes], found: Iterator[dict[str, str]]) -> tuple[str, int]:
    """The CSV, in chunks; its SHA-256 and how many matters it holds."""
    hashed, count, buffer = hashlib.sha256(), 0, io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in found:
        writer.writerow(row)
        count += 1
        if buffer.tell() > 1 << 16:
            _flush(buffer, stream, hashed)
    _flush(buffer, stream, hashed)
    return hashed.hexdigest(), count


def _flush(buffer: io.StringIO, stream: IO[bytes], hashed: Any) -> None:
    data = buffer.getvalue().encode()
    stream.write(data)
    hashed.update(data)
    buffer.seek(0)
    buffer.truncate()


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time of day, so that the same content gives the same file."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _readme(document: dict[str, Any]) -> str:
    columns = "\n".join(f"  {name:<12}{text}" for name, text in COLUMNS.items())
    return (
        f"{document['period']['from']} – {document['period']['to']}\n许可 licence: {document['licence']}\n\n"
        f"matters.csv 每件事一行 one row per matter (UTF-8)\n{columns}\n\n"
        "figures.json 公布的数字、定义、不计入的件数、存证根\n"
        "核对 check: zhili stats verify FILE，或 or python3 verify_stats.py FILE\n"
    )


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), path.stat().st_size


def _keep(month: date, document: dict[str, Any], name: str, digest: str, size: int) -> Publication:
    """The row, the leaf that says so, and the end of the file before."""
    at = timezone.now()
    what = {
        "record": "statistics.published",
        "by": "clock",
        "month": f"{month:%Y-%m}",
        "sha256": digest,
        "bytes": size,
        "rows": document["rows"],
        "figures_sha256": hashlib.sha256(canonical(document)).hexdigest(),
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, month.toordinal()])
        leaf = leaves.append("record", at, what, {}, secrets.token_bytes(16))
        made = Publication.objects.create(
            month=month,
            at=at,
            figures=document,
            file=name,
            sha256=digest,
            bytes=size,
            rows=document["rows"],
            leaf_id=leaf.pk,
        )
        former = Publication.objects.filter(month=month, id__lt=made.pk).exclude(file="")
        gone = set(former.values_list("file", flat=True)) - {name}
        former.update(file="")
    for old in gone:
        default_storage.delete(old)
    return made


def _there(known: Publication) -> bool:
    return bool(known.file) and default_storage.exists(known.file)


def _old(known: Publication, today: date) -> bool:
    """Whether it was made on another day and the figures have changed since."""
    return timezone.localdate(known.at) < today and bool(figures(known.month) != known.figures["figures"])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
