"""How a publication of figures is tied to its leaf: its file by digest, and the figures shown by theirs."""

import hashlib
from collections.abc import Iterator

from zhili.base.canonical import canonical
from zhili.core.indicators.models import Publication
from zhili.core.trail.audit.covering import Rows, Told, record, register


def _publication(row: Publication) -> Told:
    return Told(
        at=row.at,
        what={
            "month": (f"{row.month:%Y-%m}", "month"),
            "sha256": (row.sha256, "sha256"),
            "bytes": (row.bytes, "bytes"),
            "rows": (row.rows, "rows"),
            "figures_sha256": (hashlib.sha256(canonical(row.figures)).hexdigest(), "figures"),
        },
    )


def _file(row: Publication) -> Iterator[tuple[str, str, str]]:
    """The file is named by its digest; without a name once a newer publication has taken its place."""
    name = f"{row.month:%Y-%m}-{row.sha256[:16]}"
    replaced = not row.file and Publication.objects.filter(month=row.month, pk__gt=row.pk).exists()
    if name not in row.file and not replaced:
        yield "file", name, row.file
    if row.month.day != 1:
        yield "month", "the first of a month", row.month.isoformat()


register(Rows(Publication, record("statistics.published"), _publication, _file, without=("id",)))
