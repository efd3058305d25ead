"""Leaves with all that proves them, in one file that anybody can check: receipts, chains of custody, evidence bags.

``zhili-proof/1`` is the RFC 8785 form of an object with these members::

    format      "zhili-proof/1", or "zhili-promise/1" while no leaf of it is under a signed head
    about       what it is about, for readers; kind "case" also says the number all its leaves must name
    checkpoint  the signed head of the tree (C2SP note)
    keys        verifier keys of this trail, current and former
    stamps      RFC 3161 stamps over the text of that head, [{"token": base64 of the DER response, "at", "authority"}]
    leaves      [{"index", "leaf": canonical JSON, "hash": hex, "proof": [base64 …],
                  "private" and "salt" where disclosed, "said": words for readers}]
    promise     a signed note for the leaves without index and proof: their hashes, and by when they will have them
    signed      a signed note over SHA-256 of the RFC 8785 form of all the rest: not a bit of it changes unnoticed

checking.py proves such a file, and so does docs/verify_receipt.py, which shares no code with us.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from zhili.base.canonical import canonical
from zhili.core.trail import checkpoints, keys, proofs
from zhili.core.trail.checking import PROMISE, PROOF, WHOLE, promise_text, whole_text
from zhili.core.trail.leaves import timestamp
from zhili.core.trail.models import Stamp

PROMISED_WITHIN: Final = timedelta(hours=24)
"""A leaf gets its number within seconds and a signed head within a minute; a day leaves room for a bad night."""
MOST_STAMPS: Final = 3
LEAVES: Final = """
SELECT l.id, l.body, l.hash, s.index FROM trail_leaf l LEFT JOIN trail_sealed s ON s.leaf_id = l.id
WHERE l.id = ANY(%s) ORDER BY s.index NULLS LAST, l.id"""
OF_CASE: Final = "SELECT id, body FROM trail_leaf WHERE subject = %s AND kind = 'step'"


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    body: bytes
    hash: bytes
    index: int | None


def bundle(
    leaf_ids: Collection[int],
    disclosed: Mapping[int, tuple[Any, bytes]] | None = None,
    *,
    about: Mapping[str, Any] | None = None,
    said: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """The file for these leaves. ``disclosed``: by leaf id what its seal covers, and the salt, for whoever may know.

    ``about`` and ``said`` (words by leaf id) are for readers; they are signed with the rest, so give them here and
    alter nothing afterwards. Raises LookupError for a leaf that is not there.
    """
    disclosed, said = disclosed or {}, said or {}
    rows = _rows(leaf_ids)
    head, stamps = _head(rows)
    paths = _paths(rows, head.size if head else 0)
    covered = [row for row in rows if _number(row) in paths]
    waiting = [row for row in rows if _number(row) not in paths]
    now = timezone.now()
    file: dict[str, Any] = {
        "format": PROOF if covered else PROMISE,
        "about": {**(about or {}), "made_at": timestamp(now)},
        "keys": keys.vkeys(),
        "leaves": [_leaf(row, disclosed, said, paths.get(_number(row))) for row in (*covered, *waiting)],
    }
    if head is not None and covered:
        file |= {"checkpoint": head.text, "stamps": stamps}
    if waiting:
        by = timestamp(now + PROMISED_WITHIN)
        file["promise"] = keys.sign_text(
            promise_text(timestamp(now), by, (row.hash.hex() for row in waiting))
        )
    file["signed"] = keys.sign_text(whole_text("json", canonical(file)))
    return file


def as_bytes(file: Mapping[str, Any]) -> bytes:
    """The file as it is downloaded: UTF-8, RFC 8785."""
    return canonical(dict(file))


def signed_pdf(pdf: bytes) -> bytes:
    """A PDF with one more line after its end: a note signed over all bytes before it. Readers pass over the line."""
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    note = keys.sign_text(whole_text("pdf", body))
    return body + f"%{WHOLE} {base64.b64encode(note.encode()).decode()}\n".encode()


def steps_of(case_id: int) -> dict[int, int]:
    """{seq of a step: id of its leaf} of a case. One query, by the index on ``subject``."""
    with connection.cursor() as cursor:
        cursor.execute(OF_CASE, [case_id])
        return {json.loads(bytes(body))["what"]["seq"]: leaf_id for leaf_id, body in cursor.fetchall()}


def _rows(leaf_ids: Collection[int]) -> list[_Row]:
    wanted = set(leaf_ids)
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, [list(wanted)])
        rows = [_Row(a, bytes(b), bytes(c), d) for a, b, c, d in cursor.fetchall()]
    if missing := wanted - {row.id for row in rows}:
        raise LookupError(f"no such leaves: {sorted(missing)[:10]}")
    return rows


def _head(rows: Collection[_Row]) -> tuple[checkpoints.Signed | None, list[dict[str, Any]]]:
    """The newest signed head; an earlier one if that covers the same leaves and an authority has stamped it."""
    latest = checkpoints.latest()
    highest = max((_number(row) for row in rows if latest and _number(row) < latest.size), default=-1)
    if latest is None or highest < 0:
        return latest, []
    stamped = Stamp.objects.filter(head__size__gt=highest, head__size__lte=latest.size).select_related("head")
    found = list(stamped.order_by("-head__size", "id")[:MOST_STAMPS])
    if not found:
        return latest, []
    head = found[0].head
    stamps = [_stamp(one) for one in found if one.head_id == head.pk]
    return checkpoints.Signed(head.size, bytes(head.root), head.at, head.text, head.pk), stamps


def _stamp(one: Stamp) -> dict[str, Any]:
    token = base64.b64encode(bytes(one.token)).decode()
    return {"token": token, "at": timestamp(one.at), "authority": one.authority}


def _number(row: _Row) -> int:
    """Its number in the tree; -1, which no tree has, until it is sealed."""
    return -1 if row.index is None else row.index


def _paths(rows: Collection[_Row], size: int) -> Mapping[int, list[bytes]]:
    """The proofs of those under the head, by number; of none while an older tree is still being cut into tiles."""
    try:
        return proofs.inclusions((r.index for r in rows if r.index is not None and r.index < size), size)
    except proofs.BeingTiled:
        return {}


def _leaf(
    row: _Row,
    disclosed: Mapping[int, tuple[Any, bytes]],
    said: Mapping[int, str],
    proof: Sequence[bytes] | None,
) -> dict[str, Any]:
    entry: dict[str, Any] = {"leaf": row.body.decode(), "hash": row.hash.hex()}
    if proof is not None:
        entry |= {"index": row.index, "proof": [base64.b64encode(one).decode() for one in proof]}
    if row.id in disclosed:
        private, salt = disclosed[row.id]
        entry |= {"private": private, "salt": bytes(salt).hex()}
    if said.get(row.id):
        entry["said"] = said[row.id]
    return entry
