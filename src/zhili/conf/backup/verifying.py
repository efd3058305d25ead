"""Whether a backup is whole, without any database."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhili.conf.backup.container import Reader, altered, reading
from zhili.conf.backup.manifest import ENTRY, FILES_ENTRY, KEYS_ENTRY, Manifest, parse, safe_name
from zhili.conf.site import Refused

LIMIT = 64 << 20
KEYS_LIMIT = 4 << 20
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Verified:
    manifest: Manifest
    fingerprint: str


def verify(
    path: Path, passphrase: str | None = None, tell: Tell = lambda what, done, total: None
) -> Verified:
    """Check every digest and count of the file. Refused in words at the first thing that is not as it was written."""
    with reading(path, passphrase) as source:
        return check(source, tell)


def manifest_of(source: Reader) -> tuple[Manifest, str]:
    """The manifest and its fingerprint."""
    if ENTRY not in source.names():
        raise Refused(
            "这不是治理的备份，或没有写完：没有清单。 Not a backup of Zhili, or not finished: no manifest inside."
        )
    text = source.bytes_of(ENTRY, LIMIT)
    return parse(text), hashlib.sha256(text).hexdigest()


def check(source: Reader, tell: Tell = lambda what, done, total: None) -> Verified:
    manifest, fingerprint = manifest_of(source)
    total = sum(table.bytes for table in manifest.tables) + int(manifest.files["bytes"])
    done = 0
    for table in manifest.tables:
        digest, rows = hashlib.sha256(), 0
        for data in source.chunks(table.entry):
            digest.update(data)
            rows += data.count(b"\n")
            done += len(data)
            tell(table.name, done, total)
        if digest.hexdigest() != table.sha256 or rows != table.rows:
            raise altered(table.entry)
    listed = []
    for sha256, _, name in files(source, manifest):
        digest = hashlib.sha256()
        for data in source.chunks(f"files/{name}"):
            digest.update(data)
            done += len(data)
            tell("files", done, total)
        if digest.hexdigest() != sha256:
            raise altered(f"files/{name}")
        listed.append(f"files/{name}")
    if (
        manifest.keys
        and hashlib.sha256(source.bytes_of(KEYS_ENTRY, KEYS_LIMIT)).hexdigest() != manifest.keys["sha256"]
    ):
        raise altered(KEYS_ENTRY)
    _nothing_else(source, manifest, listed)
    return Verified(manifest, fingerprint)


def files(source: Reader, manifest: Manifest) -> Iterator[tuple[str, int, str]]:
    """(sha256, bytes, name in storage) of each file, after the list itself was found right."""
    text = b"".join(source.chunks(FILES_ENTRY))
    if hashlib.sha256(text).hexdigest() != manifest.files["sha256"]:
        raise altered(FILES_ENTRY)
    for line in text.decode().splitlines():
        sha256, size, name = line.split("\t")
        if not safe_name(name):
            raise altered(FILES_ENTRY)
        yield sha256, int(size), name


def _nothing_else(source: Reader, manifest: Manifest, files: list[str]) -> None:
    wanted = {ENTRY, FILES_ENTRY, *files, *(table.entry for table in manifest.tables)}
    wanted |= {KEYS_ENTRY} if manifest.keys else set()
    names = source.names()
    if len(names) != len(set(names)) or set(names) != wanted:
        raise altered(", ".join(sorted(set(names) ^ wanted)[:3]) or "ZIP")
