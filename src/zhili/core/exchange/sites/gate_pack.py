"""Gate files and the photos beside them as one ZIP: what a browser takes away and brings back."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from zhili.base.exchange import gatefile
from zhili.core.exchange.models import RemoteSite
from zhili.core.exchange.sites import gate

MOST_ENTRIES: Final = 2_000
MOST_BYTES: Final = 1024 * 1024 * 1024
"""Of everything in one pack, unpacked."""
_NAME: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,150}\.json|files/[0-9a-f]{64})")


class NoPack(ValueError):
    """Not a ZIP of gate files; in words, for an engineer."""


def pack(site: RemoteSite, target: IO[bytes], account_id: int | None = None, *, again: bool = False) -> int:
    """Write everything that waits for a site, and its photos; how many messages. Raises ExchangeKeysError."""
    messages = 0
    with tempfile.TemporaryDirectory(prefix="zhili-gate-") as folder:
        made = gate.out(site, Path(folder), account_id, again=again)
        messages = sum(one.messages for one in made)
        _written(Path(folder), target)
    return messages


def answers(read: Sequence[gate.Read], target: IO[bytes]) -> int:
    """Write the answers to what was read, for the way back; how many."""
    there = [one.answer for one in read if one.answer is not None]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in there:
            archive.writestr(one.name, one.raw)
    return len(there)


def _written(folder: Path, target: IO[bytes]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())


def take_in(source: IO[Any], name: str, account_id: int | None = None) -> list[gate.Read]:
    """Read a pack or a single gate file. Raises NoPack."""
    if not zipfile.is_zipfile(source):
        source.seek(0)
        return [gate.take(source.read(gatefile.MOST_BYTES + 1), name[:120], account_id)]
    with _unpacked(source) as folder:
        return gate.take_in(folder, account_id)


@contextmanager
def _unpacked(source: IO[Any]) -> Iterator[Path]:
    """Only what is called as gate files and photos are called; nothing of it decides where it is put."""
    try:
        with zipfile.ZipFile(source) as archive, tempfile.TemporaryDirectory(prefix="zhili-gate-") as name:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_BYTES:
                raise NoPack("too much in it")
            folder = Path(name)
            (folder / gate.FOLDER).mkdir()
            for one in entries:
                if _NAME.fullmatch(one.filename):
                    _extracted(archive, one, folder / one.filename)
            yield folder
    # zipfile says NotImplementedError of a way to pack that it does not know, RuntimeError of a locked file
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NoPack(str(error)) from None


def _extracted(archive: zipfile.ZipFile, one: zipfile.ZipInfo, target: Path) -> None:
    """Never more than its directory told."""
    left = one.file_size
    with archive.open(one) as source, target.open("wb") as out:
        while left >= 0 and (piece := source.read(1 << 20)):
            left -= len(piece)
            if left < 0:
                raise NoPack("longer than it says")
            out.write(piece)
