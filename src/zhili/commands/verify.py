"""`zhili verify`: receipts, chains of custody, bags and draws checked from their files alone. Needs no database."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from zhili.base import merkle, notes
from zhili.base.merkle import ProofError
from zhili.base.notes import NoteError

console = Console(highlight=False, soft_wrap=True)
LARGEST = 512 << 20
HOLDS, WRONG, UNREADABLE = 0, 1, 2


@dataclass(frozen=True)
class Other:
    """Another checkpoint of the same trail, kept by somebody, and the proof that leads from one to the other."""

    text: str
    proof: list[str] | None


class Unreadable(Exception):
    """A file that cannot be read, or a question that cannot be decided from what was given."""


def verify(
    files: Sequence[Path], pinned: Sequence[str], checkpoint: Path | None, consistency: Path | None
) -> int:
    """Check each and tell. 0 when all holds, 1 when something does not, 2 when a file cannot be read."""
    try:
        for key in pinned:
            notes.parse_vkey(key)
        other = _other(checkpoint, consistency)
    except (OSError, ValueError, KeyError, TypeError) as error:
        console.print(f"读不了 cannot be read: {error}", style="red", markup=False)
        return UNREADABLE
    codes = []
    for file in files:
        try:
            codes.append(_one(file, list(pinned), other))
        except (OSError, ValueError, Unreadable) as error:
            console.print(f"读不了 cannot be read: {file}: {error}", style="red", markup=False)
            codes.append(UNREADABLE)
    return WRONG if WRONG in codes else max(codes, default=UNREADABLE)


def _other(checkpoint: Path | None, consistency: Path | None) -> Other | None:
    if checkpoint is None:
        return None
    proof: Any = json.loads(consistency.read_text("utf-8")) if consistency else None
    if isinstance(proof, dict):
        proof = proof["proof"]
    with checkpoint.open(encoding="utf-8", newline="") as stream:
        return Other(stream.read(), proof)


def _one(path: Path, pinned: list[str], other: Other | None) -> int:
    from zhili.core.trail import folders

    if path.is_dir():
        return _folder(path, pinned, other)
    if zipfile.is_zipfile(path) and path.suffix != ".pdf":
        with path.open("rb") as packed, folders.unpacked(packed) as folder:
            return _folder(folder, pinned, other)
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"> {LARGEST >> 20} MB")
    if (draw := _draw(path)) is not None:
        return draw
    return _told(path, folders.check_file(path, pinned), pinned, other)


def _draw(path: Path) -> int | None:
    """A draw's file, drawn again; None for a file of another kind."""
    from zhili.core.draws import checking

    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("format") != checking.FORMAT:
        return None
    faults = checking.faults(found)
    _say(path, str(found.get("purpose", "")), [(False, one) for one in faults])
    return WRONG if faults else HOLDS


def _folder(path: Path, pinned: list[str], other: Other | None) -> int:
    from zhili.core.trail import folders

    found = folders.check(path, pinned)
    _say(path, "", [(one.holds, one.words) for one in found.points])
    codes = [HOLDS if all(one.holds for one in found.points) else WRONG]
    codes += [_told(path / name, checked, pinned, other) for name, checked in found.proofs.items()]
    for name in found.proven():
        console.print(f"  {name}：有存证记录证明 told by a proven leaf", markup=False)
    return max(codes)


def _told(path: Path, checked: Any, pinned: list[str], other: Other | None) -> int:
    points = [(one.holds, one.words) for one in checked.points]
    if other is not None:
        points.append(_against(checked, pinned, other))
    about = checked.about
    _say(path, " ".join(str(about[name]) for name in ("number", "title") if about.get(name)), points)
    if checked.key:
        console.print(f"  公钥 key: {checked.key}", markup=False)
        if not pinned:
            console.print(
                "  请与本站公布的公钥核对，或用 --key 指定。 Compare it, or pin it with --key.", markup=False
            )
    return HOLDS if all(holds for holds, _words in points) else WRONG


def _against(checked: Any, pinned: list[str], other: Other) -> tuple[bool, str]:
    """Whether the other checkpoint is of the same tree. Raises Unreadable where a proof is needed and not given."""
    head = checked.head
    if head is None:
        return False, "存证根不成立，无从比较 the head does not hold, so it cannot be compared"
    try:
        keys = pinned or [checked.key]
        there = notes.parse_checkpoint(notes.verify_note(other.text, keys).note.text)
    except NoteError as error:
        return False, f"另一个存证根不成立 the other checkpoint does not hold: {error}"
    (old, old_root), (new, new_root) = sorted([(head.size, head.root), (there.size, there.root)])
    if old == new:
        if old_root == new_root:
            return True, "与另一个存证根相同 the same as the other checkpoint"
        return False, "同样大小的两棵树，根不同：存证分叉 two trees of one size: the trail was FORKED"
    if other.proof is None:
        raise Unreadable(f"--consistency: /api/v1/trail/consistency?old={old}&size={new}")
    try:
        from zhili.core.trail.checking import Fault, hashes

        merkle.verify_consistency(old, new, old_root, new_root, hashes(other.proof))
    except (ProofError, Fault) as error:
        return False, f"与另一个存证根不是同一棵树 not of one tree with the other checkpoint: {error}"
    return True, f"与另一个存证根（{there.size} 条）一致 consistent with the other checkpoint"


def _say(path: Path, title: str, points: Sequence[tuple[bool, str]]) -> None:
    bad = any(not holds for holds, _words in points)
    console.print(f"{'✗' if bad else '✓'} {path} {title}", style="red" if bad else "green", markup=False)
    for holds, words in points:
        console.print(f"  {'✓' if holds else '✗'} {words}", style=None if holds else "red", markup=False)
