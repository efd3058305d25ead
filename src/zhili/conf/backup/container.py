"""The file itself: a ZIP written front to back, whole or not at all, and read again with every digest checked."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from zhili.conf.backup.sealed import SealedReader, SealingWriter, is_sealed
from zhili.conf.site import Refused

CHUNK = 1 << 20
LEVEL = 3
DATE = (2000, 1, 1, 0, 0, 0)  # entries carry no time of their own: the manifest says when


class Writer:
    """Adds entries. Each call gives back (bytes before compression, SHA-256 of them)."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def _entry(self, name: str) -> Iterator[IO[bytes]]:
        with self._archive.open(zipfile.ZipInfo(name, DATE), "w", force_zip64=True) as entry:
            yield entry

    @contextmanager
    def compressed(self, name: str) -> Iterator["Sink"]:
        """A place to write to; its digest and size are known when it is closed."""
        with (
            self._entry(name) as entry,
            zstandard.ZstdCompressor(LEVEL).stream_writer(entry, closefd=False) as packed,
        ):
            yield Sink(packed.write)

    @contextmanager
    def plain(self, name: str) -> Iterator["Sink"]:
        with self._entry(name) as entry:
            yield Sink(entry.write)

    def put(self, name: str, content: bytes) -> None:
        with self._entry(name) as entry:
            entry.write(content)


class Sink:
    """Counts and hashes what goes by."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write, self._digest, self.size = write, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self.size += len(data)
        self._write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def writing(path: Path, passphrase: str | None, overwrite: bool) -> Iterator[Writer]:
    """The file appears under its name only when all of it is on the disk."""
    refuse_existing(path, overwrite)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Personal matters of a whole city: nobody else on this machine may read them.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            sealing = SealingWriter(out, passphrase) if passphrase else None
            target: IO[bytes] = sealing or out  # type: ignore[assignment]
            try:
                with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                    yield Writer(archive)
            except BaseException:
                if sealing:
                    sealing.abandon()
                raise
            if sealing:
                sealing.close()
            out.flush()
            os.fsync(out.fileno())
        _settle(draft, path, overwrite)
    except OSError as error:
        raise Refused(
            f"不能写入 {path}：{error.strerror}。 Cannot write {path}: {error.strerror}."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def refuse_existing(path: Path, overwrite: bool) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise Refused(f"{path} 不是可写入的文件名。 {path} is no name for a file.")
    if path.exists() and not overwrite:
        raise Refused(
            f"{path} 已存在，没有改动；要覆盖请加 --overwrite。 "
            f"{path} exists and was left alone; --overwrite replaces it."
        )


def _settle(draft: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        draft.replace(path)
    else:
        try:
            os.link(draft, path)  # unlike rename, never replaces what somebody else just made
        except FileExistsError:
            refuse_existing(path, overwrite)
        except OSError:  # a stick or share that knows no links
            refuse_existing(path, overwrite)
            draft.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Reader:
    """Reads entries by name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> list[str]:
        return self._archive.namelist()

    def bytes_of(self, name: str, limit: int) -> bytes:
        """A small entry whole. Refused when it is lacking or larger than ``limit``."""
        with self._open(name) as entry:
            content = entry.read(limit + 1)
        if len(content) > limit:
            raise Refused(f"{name} 大得不合理。 {name} is unreasonably large.")
        return content

    def chunks(self, name: str) -> Iterator[bytes]:
        """The entry, decompressed when its name ends in .zst."""
        with self._open(name) as entry:
            source = zstandard.ZstdDecompressor().stream_reader(entry) if name.endswith(".zst") else entry
            try:
                while data := source.read(CHUNK):
                    yield data
            except (zipfile.BadZipFile, zstandard.ZstdError, EOFError):
                raise altered(name) from None

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            entry = self._archive.open(name)
        except (KeyError, zipfile.BadZipFile):
            raise altered(name) from None
        with entry:
            try:
                yield entry
            except zipfile.BadZipFile:
                raise altered(name) from None


def altered(name: str) -> Refused:
    return Refused(
        f"备份已损坏或被改动：{name}。 The backup is damaged or was altered: {name}.",
    )


@contextmanager
def reading(path: Path, passphrase: str | None) -> Iterator[Reader]:
    """Open a backup. Refused in words: not there, cut short, sealed without a passphrase, or something else."""
    try:
        sealed = is_sealed(path)
        file = path.open("rb")
    except OSError as error:
        raise Refused(f"不能读取 {path}：{error.strerror}。 Cannot read {path}: {error.strerror}.") from None
    with file:
        if sealed and not passphrase:
            raise Refused(
                "文件已加密，请给出口令（--passphrase-file）。 "
                "The file is sealed: give the passphrase (--passphrase-file)."
            )
        source: IO[bytes] = file
        if sealed:
            source = io.BufferedReader(SealedReader(file, passphrase or ""), CHUNK)  # type: ignore[assignment]
        try:
            archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError):
            raise Refused(
                f"{path.name} 不是治理的备份，或已截断（结尾不在）。 "
                f"{path.name} is not a backup of Zhili, or was cut short (its end is missing)."
            ) from None
        with archive:
            yield Reader(archive)
