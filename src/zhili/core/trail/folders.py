"""A bag of evidence on the disk (BagIt, RFC 8493): every file as it was packed, and every proof in it.

Read with nothing but this module: the library that packs is not asked whether it packed well.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from django.utils.translation import gettext as _

from zhili.base import notes
from zhili.core.trail import checking, paper
from zhili.core.trail.checking import Checked, NotOurs, Point

MANIFESTS: Final = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
SEAL: Final = "seal.txt"
"""A signed note over the tag manifest, which stands for every byte of the bag."""
PAYLOAD: Final = "data"
LARGEST_PROOF: Final = 256 << 20
LARGEST_BAG: Final = 2 << 30
MOST_MEMBERS: Final = 65_000
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
    if (root / SEAL).is_file():
        found.points.append(_seal(root, keys))
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


def _seal(root: Path, pinned: list[str]) -> Point:
    """The signature over the bag as a whole, by the keys its proofs name where none is pinned."""
    keys = pinned or _keys_named(root)
    try:
        said = notes.verify_note((root / SEAL).read_bytes().decode(), keys).note.text
        whole = checking.whole_text("bag", (root / MANIFESTS[1]).read_bytes())
    except (OSError, ValueError):
        return Point("file", False, _("整袋的签名不成立：签名被改动，或不是这里认的密钥签的"))
    if said != whole:
        return Point("file", False, _("物证袋在装好以后被改动过"))
    return Point("file", True, _("整袋有签名，与装好时相同"))


def _keys_named(root: Path) -> list[str]:
    found: list[str] = []
    for path in sorted(root.rglob("*.json")):
        with contextlib.suppress(NotOurs, OSError, TypeError):
            found += [key for key in checking.read(path.read_bytes())["keys"] if isinstance(key, str)]
    return list(dict.fromkeys(found))


@contextlib.contextmanager
def unpacked(archive: IO[bytes], most: int = LARGEST_BAG) -> Iterator[Path]:
    """The folder of a bag that came as a ZIP, for as long as it is looked at. Raises NotOurs for what is no such ZIP.

    Nothing is written outside the folder, and no more than ``most`` bytes however well it was packed.
    """
    with tempfile.TemporaryDirectory(prefix="zhili-bag-") as place:
        try:
            with zipfile.ZipFile(archive) as packed:
                _unpack(packed, Path(place), most)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            EOFError,
            zlib.error,
            RuntimeError,
            OSError,
        ) as error:
            raise NotOurs(_("压缩包残缺或读不了：%(why)s") % {"why": str(error)[:200]}) from None
        inside = list(Path(place).iterdir())
        single = len(inside) == 1 and inside[0].is_dir()
        yield inside[0] if single else Path(place)


def _unpack(packed: zipfile.ZipFile, place: Path, most: int) -> None:
    members = packed.infolist()
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > most:
        raise NotOurs(_("压缩包太大，请下载 verify_bag.py，在自己的电脑上核验"))
    names = [one.filename for one in members]
    if len(set(names)) != len(names):
        raise NotOurs(_("压缩包里同一个文件名出现两次"))
    for one in members:
        parts = PurePosixPath(one.filename).parts
        if not parts or PurePosixPath(one.filename).is_absolute() or ".." in parts or "\\" in one.filename:
            raise NotOurs(_("压缩包里有不该有的路径：%(path)s") % {"path": one.filename[:120]})
        packed.extract(one, place)  # never more than the size it gives, which was added up above


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
