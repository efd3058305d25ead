"""A file looked at, then brought in: each batch with the file's place in one transaction.

Killed at any moment, it loses nothing and doubles nothing: the next round goes on from the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhili.base import cycles
from zhili.base.sheets import reading, rejected, workbook
from zhili.base.sheets.errors import ImportRefused
from zhili.base.sheets.reading import Bad, Table
from zhili.core.people import keys
from zhili.core.people.actors import Actor, PostNotHeld, of_account
from zhili.core.people.models import Account
from zhili.core.registers import keeping, rights
from zhili.core.registers.keeping import Kept
from zhili.core.registers.loading import fields, judging, sealing
from zhili.core.registers.loading.judging import Judged
from zhili.core.registers.models import Loading, LoadingState

LARGEST: Final = 30_000_000
MOST: Final = 200_000
BATCH: Final = 2_000


def check(actor: Actor) -> None:
    """Raises PermissionDenied, in words."""
    if (
        not rights.may_import(actor)
        or actor.account_id is None
        or actor.id is None
        or actor.office_id is None
    ):
        raise PermissionDenied(_("成批导入由单位管理员办理。"))


def take(raw: bytes, name: str, what: str, actor: Actor) -> Loading:
    """Keep a file to be looked at; nothing of it is in the register yet. Raises ImportRefused, PermissionDenied."""
    check(actor)
    name = PurePath(name).name[:255]
    if len(raw) > LARGEST:
        raise ImportRefused(_("文件超过 30 MB，请分成几个文件。"))
    table = _read(raw, name)
    if table.rows > MOST:
        raise ImportRefused(_("一次最多导入 %(most)d 行，请分成几个文件。") % {"most": MOST})
    if not table.rows:
        raise ImportRefused(_("文件里只有表头，没有内容。"))
    assert actor.account_id is not None
    assert actor.id is not None
    assert actor.office_id is not None
    with transaction.atomic():
        made = Loading.objects.create(
            what=what if what in fields.WHAT else "both", file=name, columns=table.columns, rows=table.rows,
            mapping=fields.guess(table.columns, what), account_id=actor.account_id, post_id=actor.id,
            office_id=actor.office_id,
        )  # fmt: skip
        sealing.put(made, table)
        made.save()
    return made


def _read(raw: bytes, name: str) -> Table:
    if raw[:2] == b"PK":
        return workbook.read(raw, name)
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise ImportRefused(_("这是旧的 .xls 文件，请在表格软件里另存为 .xlsx 或 CSV 后再导入。"))
    whole = raw if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.endswith((b"\n", b"\r")) else raw + b"\n"
    first = whole.partition(b"\n")[0]
    delimiter = (
        ";"
        if first.count(b";") > first.count(b",")
        else "\t"
        if first.count(b"\t") > first.count(b",")
        else ","
    )
    return reading.read_csv(whole, name, delimiter=delimiter)


def map_to(loading: Loading, mapping: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Let columns mean something else; nothing is brought in."""
    known = {one.name for one in fields.of(loading.what)}
    loading.mapping = {
        name: column for name, column in mapping.items() if name in known and column in loading.columns
    }
    loading.options = {"gcj02": bool(options.get("gcj02")), "kind": str(options.get("kind") or "")}
    Loading.objects.filter(pk=loading.pk, state=LoadingState.SEEN).update(
        mapping=loading.mapping, options=loading.options, updated_at=timezone.now()
    )


def look(loading: Loading, actor: Actor) -> tuple[Table, Judged]:
    """What would come of the file as it is mapped now. Nothing is written. Raises keys.KeyRingError."""
    with cycles.seldom():
        table = sealing.table_of(loading)
        return table, judging.judge(table, loading.mapping, loading.what, loading.options, actor)


def lacking(loading: Loading) -> list[str]:
    """Titles of the fields no row can do without that no column was found for."""
    found = [
        str(one.title) for one in fields.of(loading.what) if one.needed and one.name not in loading.mapping
    ]
    if loading.what == "premises" and "premises_name" not in loading.mapping:
        found.append(_("场所名称"))
    return found


def faults(table: Table, bad: list[Bad]) -> Iterator[list[str]]:
    """The rows set aside as a sheet: its row, the column, the reason, and the cells to be mended."""
    yield [_("行"), _("列"), _("原因"), *table.columns]
    for row, *rest in rejected.rows(table, bad):
        yield [str(int(row) + table.head), *rest]


def start(loading: Loading, actor: Actor) -> bool:
    """Have it brought in by the worker; False when it was begun already."""
    check(actor)
    waiting = Loading.objects.filter(pk=loading.pk, state=LoadingState.SEEN, account_id=actor.account_id or 0)
    return bool(waiting.update(state=LoadingState.RUNNING, post_id=actor.id, updated_at=timezone.now()))


def run_due() -> int:
    """Bring in what was confirmed, one file; how many rows. The worker calls it again and again."""
    waiting = Loading.objects.filter(state=LoadingState.RUNNING).order_by("id").values_list("id", flat=True)
    for pk in waiting[:5]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"zhili.loading:{pk}"])
            if not cursor.fetchone()[0]:
                continue
        try:
            with cycles.seldom():
                return bring_in(pk)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"zhili.loading:{pk}"])
    return 0


def bring_in(pk: int, stop_after: int | None = None) -> int:
    """Go on with a file from its place to its end (or so many batches); how many rows."""
    loading = Loading.objects.get(pk=pk)
    try:
        with translation.override("zh-hans"):
            actor = of_account(Account.objects.get(pk=loading.account_id), loading.post_id)
            check(actor)
            judged = look(loading, actor)[1]
    except (PermissionDenied, PostNotHeld, keys.KeyRingError, Account.DoesNotExist) as error:
        loading.state, loading.trouble = LoadingState.STOPPED, str(error)[:300]
        loading.finished_at = timezone.now()
        loading.save()
        return 0
    Loading.objects.filter(pk=pk).update(good=len(judged.good), aside=loading.rows - len(judged.good))
    left = [one for one in judged.good if one.row > loading.place]
    done = 0
    for number, at in enumerate(range(0, len(left), BATCH)):
        if stop_after is not None and number >= stop_after:
            return done
        done += _batch(pk, left[at : at + BATCH], actor, loading.file)
    Loading.objects.filter(pk=pk).update(state=LoadingState.DONE, finished_at=timezone.now())
    return done or 1


def _batch(pk: int, part: list[judging.Entry], actor: Actor, file: str) -> int:
    with transaction.atomic():
        row = Loading.objects.select_for_update().get(pk=pk)
        source = _("导入 %(file)s") % {"file": file}
        firms = [one.firm for one in part if one.firm is not None]
        premises = [one.premises for one in part if one.premises is not None]
        kept = keeping.keep_firms(firms, actor, source=source[:80]) if firms else Kept()
        if premises:
            theirs = keeping.keep_premises(premises, actor, source=source[:80])
            kept = theirs if row.what != "firms" else kept
        row.place = part[-1].row
        row.added, row.changed, row.same = (
            row.added + kept.added,
            row.changed + kept.changed,
            row.same + kept.same,
        )
        row.save(update_fields=["place", "added", "changed", "same", "updated_at"])
    return len(part)
