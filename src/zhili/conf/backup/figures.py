"""Whether the figures shown are those of the steps, counted again and thrown away."""

from itertools import islice

from django.db import connection, models, transaction

from zhili.core.cases import history
from zhili.core.indicators.folding import BATCH, NAME, tally
from zhili.core.indicators.measures import MEASURES
from zhili.core.indicators.models import Cohort, Duration, Edition, Fact
from zhili.core.indicators.storing import add
from zhili.core.streams import consumers, run_once


def catch_up() -> int:
    """Let the figures take what still waits in the outbox for them; how many events."""
    total = 0
    while moved := run_once(consumers()[NAME]):
        total += moved
    return total


def differences() -> tuple[int, int]:
    """(steps counted, rows of the figures that differ from the recount). Call when nothing is being written."""
    steps = 0
    with transaction.atomic():
        shown = Edition.objects.values_list("generation", flat=True).first() or 0
        again = (shown + 1) % 30_000
        rest = iter(history.payloads())
        while part := list(islice(rest, BATCH)):
            add(tally(part), again)
            steps += len(part)
        wrong = sum(_differing(model, shown, again) for model in (Fact, Duration, Cohort))
        transaction.set_rollback(True)
    return steps, wrong


def _differing(model: type[models.Model], shown: int, again: int) -> int:
    columns = [
        field.column for field in model._meta.concrete_fields if field.column and field.column != "generation"
    ]
    names = ", ".join(columns)
    table = model._meta.db_table
    sums = [name for name in columns if name in MEASURES or name == "count"]
    some = " OR ".join(f"{name} <> 0" for name in sums)  # a row of nothing says nothing
    one = f"SELECT {names} FROM {table} WHERE generation = %s AND ({some})"  # noqa: S608 - names of the model
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (({one} EXCEPT ALL {one}) UNION ALL ({one} EXCEPT ALL {one})) d",  # noqa: S608
            [shown, again, again, shown],
        )
        return int(cursor.fetchone()[0])
