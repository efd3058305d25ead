"""Deliveries as files through a gate (摆渡): the very requests a line would have carried, signed once, for thirty days.

What was put into a file goes on waiting until its answer comes back as a file; what got lost on the way is put into
another file after a week, or when somebody asks for it. Reading a file twice does nothing twice. Photos lie beside the
files, in a folder ``files``, under their hash.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhili.base.exchange import gatefile, signing, wire
from zhili.core.exchange.models import (
    Direction,
    Fetching,
    GateFile,
    OfferedFile,
    Outgoing,
    RemoteSite,
    WantedFile,
)
from zhili.core.exchange.sites import client, delivering, files, keys, offering, receiving, settling
from zhili.core.exchange.sites.batching import Batch, gate_personal, gather
from zhili.core.files import blobs
from zhili.core.people import secrets

AGAIN: Final = timedelta(days=7)
"""A file without an answer for so long is taken for lost."""
FOLDER: Final = "files"
ANSWER: Final = ".answer"
ENDING: Final = ".json"


@dataclass(frozen=True, slots=True)
class Made:
    """A gate file: its name, its bytes, and the files its messages offer."""

    name: str
    raw: bytes
    messages: int
    offered: tuple[OfferedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a file that came in. ``kind``: delivery, answer, ours (made here), unreadable.

    ``answer``: the file to carry back, for a delivery; ``error``: why nothing of it was taken.
    """

    name: str
    kind: str
    accepted: int = 0
    refused: int = 0
    files: int = 0
    repeated: bool = False
    error: str = ""
    answer: Made | None = None
    wrong: tuple[str, ...] = field(default=())
    """Names of files in the folder whose bytes are not what their name says."""


def make(site: RemoteSite, account_id: int | None = None, *, again: bool = False) -> Iterator[Made]:
    """Everything that waits for a site, as files, each written down before it is given. Raises ExchangeKeysError.

    ``again``: also what is in files whose answer has not come yet.
    """
    after, number = 0, 0
    while (batch := gather(site, gate=True, again=again, after=after)) is not None:
        for row in batch.too_large:
            settling.refuse_for_good(row, wire.WireError("too_large"))
        after = max(one.pk for one in (*batch.rows, *batch.too_large))
        if batch.rows:
            number += 1
            yield _made(site, batch, number, account_id)


def _made(site: RemoteSite, batch: Batch, number: int, account_id: int | None) -> Made:
    now = timezone.now()
    url, key = client.Address(site.url).at("/deliveries"), keys.current()
    headers = signing.sign_request(
        "POST", url, batch.body, key.private, key.keyid, now=now, lasts=signing.GATE_LASTS
    )
    raw = gatefile.encode_request("POST", url, headers, batch.body)
    name = (
        f"{keys.site()}--{site.site}--{now:%Y%m%dT%H%M%SZ}-{number:03}-{batch.delivery.delivery[:8]}{ENDING}"
    )
    rows = {"rows": [[row.pk, row.seq] for row in batch.rows]}
    with transaction.atomic():
        GateFile.objects.create(
            site=site, way=Direction.OUT, name=name[-120:], delivery=uuid.UUID(batch.delivery.delivery),
            digest=hashlib.sha256(raw).hexdigest(), messages=len(batch.rows), account_id=account_id,
            request={"url": url, "headers": headers, **rows},
        )  # fmt: skip
        sent = Outgoing.objects.filter(pk__in=[row.pk for row in batch.rows])
        sent.update(next_at=now + AGAIN, attempts=F("attempts") + 1)
        _bare(batch.rows)
    return Made(name, raw, len(batch.rows), _offered(batch.rows))


def _bare(rows: Sequence[Outgoing]) -> None:
    """What went without its personal part is that message for good: it never travels with it afterwards."""
    bare = {row.pk: row.secret_id for row in rows if row.secret_id is not None and not gate_personal(row)}
    if bare:
        Outgoing.objects.filter(pk__in=bare).update(secret_id=None)
        secrets.erase(bare.values(), under="exchange.gate")


def _offered(rows: Sequence[Outgoing]) -> tuple[OfferedFile, ...]:
    wanted = {(row.link_id, told["sha256"]) for row in rows for told in row.body.get("files", ())}
    if not wanted:
        return ()
    found = OfferedFile.objects.filter(
        link_id__in={link for link, _ in wanted}, sha256__in={one for _, one in wanted}
    ).select_related("file", "link__site")
    return tuple(one for one in found if (one.link_id, one.sha256) in wanted)


def out(site: RemoteSite, folder: Path, account_id: int | None = None, *, again: bool = False) -> list[Made]:
    """Write everything that waits for a site into a folder; the photos too, once each. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for one in make(site, account_id, again=again):
        _put(folder / one.name, one.raw)
        for offered in one.offered:
            lay(offered, folder / FOLDER)
        made.append(one)
    return made


def lay(offered: OfferedFile, folder: Path) -> bool:
    """Put an offered file's bytes beside the gate files; False when it was withdrawn meanwhile."""
    target = folder / offered.sha256
    if target.exists():
        return True
    try:
        place = offering.place(offered.link.site, wire.matter_of(offered.link.stream), offered.sha256)
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{offered.sha256}"
        with default_storage.open(place.name) as source, beside.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        beside.rename(target)
    except (wire.WireError, FileNotFoundError):
        return False
    return True


def _put(path: Path, raw: bytes) -> None:
    """Whole or not at all: what is half written is not taken for a file."""
    beside = path.with_name(f".{path.name}")
    beside.write_bytes(raw)
    beside.rename(path)


def take_in(path: Path, account_id: int | None = None) -> list[Read]:
    """Read a file or every one in a folder, in the order of their names; answers are written beside them.

    Raises OSError.
    """
    found = sorted(path.glob(f"*{ENDING}")) if path.is_dir() else [path]
    read = []
    for one in found:
        if one.stat().st_size > gatefile.MOST_BYTES:
            read.append(Read(one.name, "unreadable", error="too large"))
            continue
        result = take(one.read_bytes(), one.name, account_id, one.parent / FOLDER)
        if result.answer is not None:
            _put(one.parent / result.answer.name, result.answer.raw)
        read.append(result)
    return read


def take(raw: bytes, name: str, account_id: int | None = None, beside: Path | None = None) -> Read:
    """One file, whatever it is. ``beside``: the folder its photos may lie in."""
    try:
        carried = gatefile.parse(raw)
        if isinstance(carried, gatefile.CarriedAnswer):
            return _answered(carried, name)
        return _delivered(carried, raw, name, account_id, beside)
    except wire.WireError as error:
        return Read(name, "unreadable", error=str(error))


def _delivered(
    carried: gatefile.CarriedRequest, raw: bytes, name: str, account_id: int | None, beside: Path | None
) -> Read:
    delivery = wire.parse_delivery(carried.body)
    if delivery.sender == keys.site():
        return Read(name, "ours")
    site = RemoteSite.objects.filter(site=delivery.sender, active=True).first()
    digest = hashlib.sha256(raw).hexdigest()
    before = GateFile.objects.filter(way=Direction.IN, digest=digest).first()
    if before is not None:
        answer, repeated = str(before.request["answer"]).encode(), True
    else:
        reply = receiving.receive(carried.method, carried.url, carried.headers, carried.body, gate=True)
        answer, repeated = (
            gatefile.encode_answer(reply.status, reply.headers, reply.body, delivery.delivery),
            False,
        )
        problem = wire.read_problem(reply.body) if reply.status != 200 else None
        if reply.status != 200 or site is None:
            return Read(name, "delivery", error=str(problem or reply.status), answer=_back(name, answer))
        with transaction.atomic():
            GateFile.objects.create(
                site=site, way=Direction.IN, name=name[-120:], delivery=uuid.UUID(delivery.delivery), digest=digest,
                messages=len(delivery.messages), account_id=account_id, answered_at=timezone.now(),
                request={"answer": answer.decode()},
            )  # fmt: skip
    results = wire.parse_answer(gatefile.parse(answer).body).results
    refused = sum(1 for one in results if one.error is not None)
    came, wrong = _photos(site, beside) if site is not None and beside is not None else (0, ())
    return Read(
        name,
        "delivery",
        len(results) - refused,
        refused,
        came,
        repeated,
        answer=_back(name, answer),
        wrong=wrong,
    )


def _back(name: str, answer: bytes) -> Made:
    return Made(f"{name.removesuffix(ENDING)}{ANSWER}{ENDING}", answer, 0)


def _photos(site: RemoteSite, beside: Path) -> tuple[int, tuple[str, ...]]:
    """Take in what lies there of what the site told of: (how many came, names whose bytes are others)."""
    came, wrong = 0, []
    wanted = WantedFile.objects.select_related("link__site", "link__case").filter(
        link__site=site, state__in=(Fetching.OFFERED, Fetching.WAITING)
    )
    there = {one.name for one in beside.iterdir()} if beside.is_dir() else set()
    for one in wanted.filter(sha256__in=there).order_by("pk"):
        if not re.fullmatch(r"[0-9a-f]{64}", one.sha256) or (beside / one.sha256).is_symlink():
            continue
        with blobs.half_received() as copy:
            shutil.copyfile(beside / one.sha256, copy)
            try:
                files.keep(one, copy)
                came += 1
            except files.NotFetched as error:
                wrong.append(f"{one.sha256[:12]}: {error}")
    return came, tuple(wrong)


def _answered(carried: gatefile.CarriedAnswer, name: str) -> Read:
    """An answer to a file of ours. Reading it again does nothing: its messages do not wait any more."""
    with suppress(ValueError):
        sent = (
            GateFile.objects.select_related("site")
            .filter(way=Direction.OUT, delivery=uuid.UUID(carried.delivery))
            .first()
        )
        if sent is not None:
            return _of_ours(carried, name, sent)
    return Read(name, "answer", error="没有这个文件的记录 no file of ours that it answers")


def _of_ours(carried: gatefile.CarriedAnswer, name: str, sent: GateFile) -> Read:
    said = client.Said(carried.status, carried.headers, carried.body)
    request = signing.Request("POST", sent.request["url"], sent.request["headers"])
    try:
        answer = delivering.verified(sent.site, str(sent.delivery), request, said, longest=signing.GATE_LASTS)
    except (client.Trouble, delivering.Refused) as error:
        return Read(name, "answer", error=str(error))
    rows = _rows(sent.request["rows"])
    with transaction.atomic():
        settled = delivering.take_answer(sent.site, rows, answer)
        GateFile.objects.filter(pk=sent.pk, answered_at=None).update(answered_at=timezone.now())
    return Read(name, "answer", settled.accepted, settled.refused, repeated=sent.answered_at is not None)


def _rows(told: Sequence[Sequence[Any]]) -> list[Outgoing]:
    """The messages of a file that still wait under the numbers they had in it."""
    numbers: dict[int, int] = {one[0]: one[1] for one in told}
    waiting = Outgoing.objects.filter(pk__in=numbers, state="waiting").select_related("link")
    return [row for row in waiting.order_by("pk") if row.seq == numbers[row.pk]]
