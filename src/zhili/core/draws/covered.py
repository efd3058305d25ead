"""How the rows of a draw are tied to their leaves: all of it is public, so every column can be named."""

from collections.abc import Iterator
from datetime import datetime

from zhili.base.draw import list_digest
from zhili.core.draws.models import Draw, Outcome, SeedValue
from zhili.core.draws.telling import announcement
from zhili.core.trail import heads
from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.core.trail.audit.faults import Fault
from zhili.core.trail.leaves import timestamp

FROM_HEAD = "trail head "
COLUMN = {"draw": "id", "list_sha256": "digest"}


def _draw(row: Draw) -> Told:
    said = {name: (value, COLUMN.get(name, name)) for name, value in announcement(row).items()}
    return Told(at=row.announced_at, what=said, at_column="announced_at")


def _frozen(row: Draw) -> Iterator[tuple[str, str, str]]:
    digest = list_digest(bytes(row.frozen))
    if digest != row.digest:
        yield "frozen", row.digest, digest


def _seed(row: SeedValue) -> Told | None:
    if row.leaf_id is None:
        return None
    said = {
        "draw": (row.draw_id, "draw_id"),
        "source": (row.source, "source"),
        "numbers": (row.value, "value"),
    }
    return Told(at=row.at, what={**said, "said": (row.said, "said"), "office": (row.office_id, "office_id")})


def _from_head(row: SeedValue) -> Iterator[tuple[str, str, str]]:
    """A seed taken from the trail has no leaf of its own: the head is there to be read."""
    if row.leaf_id is not None:
        return
    told = row.said.removeprefix(FROM_HEAD).partition(",")[0]
    head = heads.of_size(int(told)) if told.isdigit() else None
    draw = Draw.objects.filter(pk=row.draw_id).first()
    sources = draw.sources if draw is not None else []
    source = sources[row.source] if 0 <= row.source < len(sources) else {}
    if head is None or head.at is None or source.get("kind") != "head":
        yield "said|source|draw_id|leaf_id", "a head of the trail", row.said
        return
    if row.value != head.root:
        yield "value", head.root, str(row.value)
    if row.at != head.at or row.said != f"{FROM_HEAD}{head.size}, {timestamp(head.at)}":
        yield "at|said", timestamp(head.at), timestamp(row.at)
    if row.office_id is not None:
        yield "office_id", "", str(row.office_id)
    if (
        first := heads.first_after(datetime.fromisoformat(source["after"]))
    ) is not None and first.size != head.size:
        yield "said", str(first.size), str(head.size)


def _outcome(row: Outcome) -> Told:
    said = {"draw": (row.draw_id, "draw_id"), "result": (row.drawn, "drawn"), "void": (row.void, "void")}
    return Told(at=row.at, what=said)


def _seeded(row: Outcome) -> Iterator[Fault]:
    """A draw that ended had a value of every source."""
    draw = Draw.objects.filter(pk=row.draw_id).first()
    there = set(SeedValue.objects.filter(draw_id=row.draw_id).values_list("source", flat=True))
    for source in set(range(len(draw.sources) if draw is not None else 0)) - there:
        yield Fault("gone", SeedValue._meta.db_table, f"draw {row.draw_id} source {source}")


register(
    Rows(Draw, record("draw.announced"), _draw, _frozen),
    Rows(SeedValue, record("draw.seed"), _seed, _from_head, without=("id",)),
    Rows(Outcome, record("draw.ended"), _outcome, _seeded),
)
