"""A bag of evidence on the disk (BagIt, RFC 8493): every file as it was packed, and every proof in it.

Read with nothing but this module: the library that packs is not asked whether it packed well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from django.utils.translation import gettext as _

from zhili.core.trail import checking, paper
from zhili.core.trail.checking import Checked, NotOurs, Point

MANIFESTS: Final = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
PAYLOAD: Final = "data"
LARGEST_PROOF: Final = 256 << 20
BLOCK: Final = 1 << 20
_ESCAPES: Final = (("%0A", "\n"), ("%0D", "\r"), ("%25", "%"))


@dataclass
class Folder:
    """What was found: the files by path, what is wrong with them, and the proofs with what was checked of each."""

    files: dict[str, str] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    proofs: dict[str, Checked] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.points) and all(one.holds for one in self.proofs.values())

    def proven(self) -> list[str]:
        """The files whose SHA-256 a proven leaf of the bag tells, in public or in what was disclosed."""
        told = json.dumps(
            [[leaf.body, leaf.private] for one in self.proofs.values() if one.holds for leaf in one.leaves]
        )
        return sorted(path for path, digest in self.files.items() if digest in told)


def check(root: Path, pinned: Iterable[str] = ()) -> Folder:
    """Look at all of a folder. Raises NotOurs when it is neither a bag nor holds a proof."""
    found, keys = Folder(), list(pinned)
    for name in MANIFESTS:
        if (root / name).is_file():
            found.points += _manifest(root, name, found.files)
    if found.files:
        found.points += _strangers(root, found.files)
    for path in sorted(root.rglob("*.json")):
        if checked := _proof(path, keys):
            found.proofs[path.relative_to(root).as_posix()] = checked
    if not found.files and not found.proofs:
        raise NotOurs(_("这个文件夹里没有物证清单，也没有凭据"))
    return found


def _manifest(root: Path, name: str, files: dict[str, str]) -> Iterator[Point]:
    wrong = 0
    lines = (root / name).read_text("utf-8").splitlines()
    for line in lines:
        digest, _gap, rest = line.strip().partition(" ")
        path = rest.strip()
        for escape, sign in _ESCAPES:
            path = path.replace(escape, sign)
        if not path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            yield Point(
                "file", False, _("%(list)s 里有一行不对：%(line)s") % {"list": name, "line": line[:120]}
            )
            wrong += 1
            continue
        files[path] = digest
        if fault := _fault(root / path, digest):
            wrong += 1
            yield Point("file", False, fault % {"path": path})
    if not wrong:
        yield Point("file", True, _("%(list)s：%(n)s 个文件与装袋时相同") % {"list": name, "n": len(lines)})


def _fault(path: Path, digest: str) -> str:
    if path.is_symlink() or not path.is_file():
        return _("%(path)s 不在袋里")
    hashed = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            hashed.update(block)
    return "" if hashed.hexdigest() == digest else _("%(path)s 被改动：与装袋时的哈希值不符")


def _strangers(root: Path, files: dict[str, str]) -> Iterator[Point]:
    """Payload that no manifest names."""
    for path in sorted((root / PAYLOAD).rglob("*")):
        name = path.relative_to(root).as_posix()
        if not path.is_dir() and name not in files:
            yield Point("file", False, _("%(path)s 是装袋以后放进去的") % {"path": name})


def _proof(path: Path, pinned: list[str]) -> Checked | None:
    """A proof checked; None for a file of another kind. One that says it is a proof and cannot be read is a fault."""
    if path.is_symlink() or path.stat().st_size > LARGEST_PROOF:
        return None
    data = path.read_bytes()
    if b"zhili-pro" not in data[:BLOCK]:
        return None
    try:
        return checking.check(checking.read(data), pinned)
    except NotOurs as error:
        return Checked({}, [Point("file", False, str(error))])


def check_file(path: Path, pinned: Iterable[str] = ()) -> Checked:
    """A receipt as JSON or PDF. Raises NotOurs, OSError."""
    data = path.read_bytes()
    if data.startswith(b"%PDF-"):
        return paper.check(data, pinned)
    return checking.check(checking.read(data), pinned)
