"""The table of a file while it waits to be brought in: sealed under the key ring, for persons stand in it."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import Any

import polars as pl
from django.utils import timezone

from zhili.base.sheets.reading import ROW, Bad, Table
from zhili.core import params
from zhili.core.people import keys
from zhili.core.registers.models import Loading, LoadingState


def put(loading: Loading, table: Table) -> None:
    """Seal the table into the row, which has its id; saving it is the caller's."""
    kept: dict[str, Any] = {
        "columns": table.columns,
        "rows": list(table.frame.select(ROW, *table.columns).iter_rows()),
        "bad": [[one.row, one.column, one.reason] for one in table.bad],
        "broken": list(table.broken.items()),
        "head": table.head,
        "count": table.rows,
    }
    _seal(loading, zlib.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace"), 6))


def table_of(loading: Loading) -> Table:
    """The table again. Raises keys.KeyRingError when its key is gone, or the table is."""
    kept = json.loads(zlib.decompress(_opened(loading)))
    names = [ROW, *kept["columns"]]
    columns = list(zip(*kept["rows"], strict=True)) if kept["rows"] else [()] * len(names)
    frame = pl.DataFrame(
        [
            pl.Series(name, cells, pl.UInt32 if name == ROW else pl.String)
            for name, cells in zip(names, columns, strict=True)
        ]
    )
    return Table(
        frame,
        kept["columns"],
        [Bad(*one) for one in kept["bad"]],
        dict(kept["broken"]),
        rows=kept["count"],
        head=kept["head"],
    )


def uses(key_id: str) -> int:
    return Loading.objects.filter(key_id=key_id, sealed__isnull=False).count()


def reencrypt() -> int:
    """Seal anew what another key sealed."""
    current, count = keys.ring(fresh=True).current, 0
    for one in Loading.objects.filter(sealed__isnull=False).exclude(key_id=current).iterator(5):
        content, was = _opened(one), one.key_id
        _seal(one, content)
        count += Loading.objects.filter(pk=one.pk, key_id=was, sealed__isnull=False).update(
            sealed=one.sealed, key_id=one.key_id
        )
    return count


def forget_due() -> int:
    """Drop the tables that waited long enough; how many. What came in of them stays in the register."""
    before = timezone.now() - timedelta(days=params.duration("registers.loading_days")[0].amount)
    over = Loading.objects.filter(sealed__isnull=False, updated_at__lt=before)
    return over.exclude(state=LoadingState.RUNNING).update(sealed=None, key_id="")


def _seal(loading: Loading, content: bytes) -> None:
    ring = keys.ring()
    loading.sealed, loading.key_id = ring.seal(content, _bound(loading)), ring.current


def _opened(loading: Loading) -> bytes:
    ring = keys.ring()
    if loading.key_id not in ring.ciphers:
        ring = keys.ring(fresh=True)
    cipher = ring.ciphers.get(loading.key_id)
    if cipher is None or loading.sealed is None:
        raise keys.KeyRingError(f"导入文件的密钥 {loading.key_id} 不在密钥环中")
    sealed = bytes(loading.sealed)
    return cipher.decrypt(sealed[: keys.NONCE_BYTES], sealed[keys.NONCE_BYTES :], _bound(loading))


def _bound(loading: Loading) -> bytes:
    return b"registers.loading" + loading.pk.to_bytes(8)
