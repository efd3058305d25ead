"""Closed cases into sealed archive files, for the archives' office and against the day when this site is no more.

What we chose: a case archived stays where it is. Lists and inboxes cost the same at ten thousand cases and a million
(bench/inbox.py), evidence may not be deleted, and every proof and number goes on working; so nothing is moved.
What is added is a file that stands by itself: for each case its public and internal record as kept (personal
values are hashes there, as in the steps), its leaves with their numbers in the tree, and the head they stand under.
``runtime_archived`` says which file a case is in. Held cases wait.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from zhili import __version__
from zhili.base.canonical import leaf_hash
from zhili.conf.backup.container import Reader, altered, reading, writing
from zhili.conf.models import Archived
from zhili.conf.retention.rules import before
from zhili.conf.site import Refused
from zhili.core.cases import holds
from zhili.core.cases.models import Case, Step
from zhili.core.files.models import Attachment
from zhili.core.trail import heads

FORMAT, VERSION = "zhili-archive", 1
MANIFEST, CASES = "manifest.json", "cases.jsonl.zst"
MOST = 1_000
"""Cases of one file: so much is read in one go of the worker, in a second or two."""
FOLDER = "archive"
LEAVES = """
SELECT l.subject, s.index, l.kind, l.body, l.hash FROM trail_leaf l LEFT JOIN trail_sealed s ON s.leaf_id = l.id
WHERE l.subject = ANY(%s) ORDER BY l.subject, l.id"""
STEP = ("seq", "at", "action", "from_stage", "to_stage", "actor_kind", "actor_id", "actor_office_id", "office_id",
        "party", "category", "late", "data", "why", "made_at")  # fmt: skip
MANIFEST_LIMIT = 1 << 20


@dataclass(frozen=True)
class Sealed:
    """One archive file."""

    path: Path
    cases: int
    leaves: int
    fingerprint: str


def due() -> QuerySet[Case]:
    """Cases closed long enough ago that are in no file yet and not held by law."""
    there = Archived.objects.filter(case_id=OuterRef("pk"))
    old = Case.objects.filter(closed_at__lt=before("archive.after_days"))
    held = holds.holding(Case.objects.all()).values("pk")
    return old.filter(~Exists(there)).exclude(pk__in=held).order_by("id")


def turn() -> int:
    """The worker's part: one file of what is due; how many cases it holds."""
    sealed = archive(Path(settings.HOME) / FOLDER)
    return sealed.cases if sealed else 0


def archive(folder: Path, most: int = MOST) -> Sealed | None:
    """Write the next cases that are due into a new file of ``folder``; None when there are none.

    The file is on the disk before the rows say so: killed in between, the cases go into the next file too.
    """
    zone = due().values_list("zone", flat=True).first()
    if zone is None:
        return None
    # What is the courts' never lies in one file with anything else.
    ids = list(due().filter(zone=zone).values_list("pk", flat=True)[:most])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _name(folder, zone, ids)
    with writing(path, None, overwrite=False) as out:
        head = heads.current()
        leaves = 0
        with out.compressed(CASES) as sink:
            for one in _records(ids):
                leaves += len(one["leaves"])
                sink.write(json.dumps(one, ensure_ascii=False, default=str).encode() + b"\n")
        manifest = {
            "format": FORMAT, "version": VERSION, "zhili": __version__, "made": timezone.now().isoformat(),
            "cases": len(ids), "leaves": leaves, "sha256": sink.sha256, "head": head.as_json(),
        }  # fmt: skip
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        out.put(MANIFEST, text)
    sealed = Sealed(path, len(ids), leaves, hashlib.sha256(text).hexdigest())
    _mark(ids, sealed)
    return sealed


def _name(folder: Path, zone: str, ids: list[int]) -> Path:
    day = timezone.localdate().isoformat()
    return folder / f"{zone}-{day}-{ids[0]}-{ids[-1]}-{os.urandom(3).hex()}.zhili-archive"


def _mark(ids: list[int], sealed: Sealed) -> None:
    from zhili.core.cases.doors import record
    from zhili.core.people.actors import Actor

    now = timezone.now()
    rows = [Archived(case_id=pk, file=sealed.path.name, fingerprint=sealed.fingerprint, at=now) for pk in ids]
    with transaction.atomic():
        Archived.objects.bulk_create(rows, ignore_conflicts=True)
        what = {"file": sealed.path.name, "fingerprint": sealed.fingerprint, "cases": sealed.cases}
        record("archive", Actor(kind="rule", label="归档"), what)


def _records(ids: list[int]) -> Iterator[dict[str, Any]]:
    """One JSON object for each case: what stands in the tables of the kernel, and its leaves."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, [ids])
        leaves: dict[int, list[dict[str, Any]]] = {}
        for subject, index, kind, body, digest in cursor.fetchall():
            leaf = {"index": index, "kind": kind, "body": _text(body), "hash": bytes(digest).hex()}
            leaves.setdefault(subject, []).append(leaf)
    steps: dict[int, list[dict[str, Any]]] = {}
    for row in Step.objects.filter(case_id__in=ids).order_by("case_id", "seq").values("case_id", *STEP):
        steps.setdefault(row.pop("case_id"), []).append(row)
    files: dict[int, list[dict[str, Any]]] = {}
    fields = ("case_id", "step_seq", "file__sha256", "file__name", "file__mime", "file__size")
    for row in Attachment.objects.filter(case_id__in=ids).values(*fields):
        files.setdefault(row.pop("case_id"), []).append(row)
    for case in Case.objects.filter(pk__in=ids).order_by("pk").values():
        pk = case["id"]
        yield {
            "case": case,
            "steps": steps.get(pk, []),
            "files": files.get(pk, []),
            "leaves": leaves.get(pk, []),
        }


def _text(body: Any) -> str:
    return base64.b64encode(bytes(body)).decode()


def cases_of(path: Path, fingerprint: str | None = None) -> Iterator[dict[str, Any]]:
    """The cases of an archive file, each leaf checked against its hash. Refused when anything was altered."""
    with reading(path, None) as source:
        manifest = _manifest(source, fingerprint)
        digest, rest, count = hashlib.sha256(), b"", 0
        for data in source.chunks(CASES):
            digest.update(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                found = json.loads(line)
                for leaf in found["leaves"]:
                    if leaf_hash(base64.b64decode(leaf["body"])).hex() != leaf["hash"]:
                        raise altered(f"{found['case']['number']}: {leaf['index']}")
                count += 1
                yield found
        if digest.hexdigest() != manifest["sha256"] or count != manifest["cases"]:
            raise altered(CASES)


def _manifest(source: Reader, fingerprint: str | None) -> dict[str, Any]:
    text = source.bytes_of(MANIFEST, MANIFEST_LIMIT)
    if fingerprint and hashlib.sha256(text).hexdigest() != fingerprint:
        raise altered(MANIFEST)
    try:
        found: dict[str, Any] = json.loads(text)
        known = (found["format"], found["version"]) == (FORMAT, VERSION)
    except (ValueError, KeyError, TypeError):
        raise altered(MANIFEST) from None
    if not known:
        raise Refused(
            "这不是治理的归档文件，或版本不同。 Not an archive file of Zhili, or of another version."
        )
    return found
