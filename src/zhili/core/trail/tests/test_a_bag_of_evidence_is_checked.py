"""A folder in the form of BagIt, or the ZIP it came in: every file as packed, every proof in it, the seal over all."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhili.core.trail import bundles, checkpoints, folders, keys, leaves, sealing
from zhili.core.trail.checking import NotOurs, whole_text

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SALT = bytes(16)
PHOTO = b"a photograph"


def manifest(root: Path, *paths: str) -> bytes:
    lines = [f"{hashlib.sha256((root / path).read_bytes()).hexdigest()}  {path}\n" for path in paths]
    return "".join(lines).encode()


def packed(root: Path) -> Path:
    """A bag with one file, and the proof of a leaf that names it."""
    private = {"data": {"sha256": hashlib.sha256(PHOTO).hexdigest()}}
    leaf = leaves.append("record", AT, {"record": "custody"}, private, SALT).pk
    sealing.seal_all()
    checkpoints.sign_due()
    (root / "data").mkdir(parents=True)
    (root / "proofs").mkdir()
    (root / "data/photo.jpg").write_bytes(PHOTO)
    (root / "data/words.txt").write_text("said")
    proof = bundles.bundle([leaf], {leaf: (private, SALT)}, about={"kind": "custody"})
    (root / "proofs/1.json").write_bytes(bundles.as_bytes(proof))
    (root / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (root / "manifest-sha256.txt").write_bytes(manifest(root, "data/photo.jpg", "data/words.txt"))
    tags = manifest(root, "bagit.txt", "manifest-sha256.txt", "proofs/1.json")
    (root / "tagmanifest-sha256.txt").write_bytes(tags)
    (root / "seal.txt").write_bytes(keys.sign_text(whole_text("bag", tags)).encode())
    return root


def faults(root: Path) -> str:
    found = folders.check(root, keys.vkeys())
    return "\n".join(
        [one.words for one in found.points if not one.holds]
        + [fault for one in found.proofs.values() for fault in one.faults]
    )


def zipped(root: Path, rename: Callable[[str], str] = lambda name: f"bag/{name}") -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, rename(path.relative_to(root).as_posix()))
    out.seek(0)
    return out


def test_it_holds_and_says_which_files_a_leaf_tells_of(trail_home: Path, tmp_path: Path) -> None:
    root = packed(tmp_path / "bag")
    assert faults(root) == ""
    found = folders.check(root)
    assert found.holds, "without a pinned key by those its proofs name"
    assert found.proven() == ["data/photo.jpg"]
    with folders.unpacked(zipped(root)) as folder:
        assert folders.check(folder, keys.vkeys()).holds


def test_whatever_is_altered_is_named(trail_home: Path, tmp_path: Path) -> None:
    root = packed(tmp_path / "bag")

    def told(path: str, text: bytes | None) -> str:
        """The faults with that file as given, put back afterwards."""
        file = root / path
        before = file.read_bytes() if file.exists() else None
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_bytes(text)
        said = faults(root)
        file.unlink(missing_ok=True)
        if before is not None:
            file.write_bytes(before)
        return said

    assert "data/photo.jpg 被改动" in told("data/photo.jpg", PHOTO + b"x")
    assert "data/words.txt 不在袋里" in told("data/words.txt", None)
    assert "data/more.txt 是装袋以后放进去的" in told("data/more.txt", b"x")
    proof = (root / "proofs/1.json").read_bytes()
    said = told("proofs/1.json", proof.replace(b'"custody"', b'"castody"', 1))
    assert "proofs/1.json 被改动" in said
    assert "不是同一份" in said or "被改动：内容与它的哈希值不符" in said
    other = manifest(root, "data/photo.jpg")
    said = told("manifest-sha256.txt", other)
    assert "manifest-sha256.txt 被改动" in said
    tags = (root / "tagmanifest-sha256.txt").read_bytes()
    assert "装好以后被改动过" in told("tagmanifest-sha256.txt", tags.replace(b"bagit.txt", b"bagit.txx"))
    assert "整袋的签名不成立" in told("seal.txt", b"nothing")
    assert "有一行不对" in told("manifest-sha256.txt", b"00  ../../etc/passwd\n")


def test_a_zip_that_means_harm_is_not_unpacked(trail_home: Path, tmp_path: Path) -> None:
    root = packed(tmp_path / "bag")
    for outside in ("../x/", "a\\"):
        with pytest.raises(NotOurs), folders.unpacked(zipped(root, lambda name, to=outside: to + name)):  # type: ignore[misc]
            pass
    with pytest.raises(NotOurs), folders.unpacked(zipped(root, lambda _name: "one")):
        pass
    with pytest.raises(NotOurs), folders.unpacked(zipped(root), most=10):
        pass
    with pytest.raises(NotOurs), folders.unpacked(io.BytesIO(zipped(root).getvalue()[:-30])):
        pass
    assert not (tmp_path / "x").exists()


def test_a_folder_without_anything_of_ours_is_said_to_be_one(trail_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(NotOurs):
        folders.check(tmp_path)
