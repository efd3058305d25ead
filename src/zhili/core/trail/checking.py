"""A receipt, a chain of custody, the proofs of a bag: proven again from the file alone. No database is asked.

docs/verify_receipt.py does the same with the standard library only, written apart, so that neither need be believed.
The form of such a file is told in bundles.py. Nothing that could be read in two ways is read at all: a name that
stands twice, base64 in another spelling, a part nobody issues.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.base import merkle, notes
from zhili.base.canonical import SALT_BYTES, CanonicalError, canonical, commitment, leaf_hash
from zhili.base.merkle import ProofError
from zhili.base.notes import Checkpoint, NoteError, UnknownKeys

PROOF: Final = "zhili-proof/1"
PROMISE: Final = "zhili-promise/1"
FORMATS: Final = frozenset({PROOF, PROMISE})
WHOLE: Final = "zhili-file/1"
"""First word of the note that signs a whole file."""
MEMBERS: Final = frozenset({"format", "about", "checkpoint", "keys", "stamps", "leaves", "promise", "signed"})
OF_A_LEAF: Final = frozenset({"index", "leaf", "hash", "proof", "private", "salt", "said"})
IN_A_LEAF: Final = frozenset({"v", "kind", "at", "what", "seal"})
_HEX = re.compile(r"(?:[0-9a-f]{2})+")


class Fault(Exception):
    """A part that does not hold, in words."""


class NotOurs(ValueError):
    """The bytes are no file of this kind; the message says why."""


@dataclass(frozen=True)
class Point:
    """One thing that was looked at. ``part``: file, key, signature, checkpoint, promise, leaf, seal, proof, stamp."""

    part: str
    holds: bool
    words: str


@dataclass(frozen=True)
class Shown:
    """A leaf of the file, for telling: its place (None when only promised), what it says, what was disclosed."""

    index: int | None
    hash: str
    body: Mapping[str, Any]
    said: str = ""
    disclosed: bool = False
    private: Any = None


@dataclass
class Checked:
    """What was looked at in one file. ``key``: who signed it; ``head``: the tree it stands in."""

    about: Mapping[str, Any]
    points: list[Point] = field(default_factory=list)
    leaves: list[Shown] = field(default_factory=list)
    key: str = ""
    head: Checkpoint | None = None
    checkpoint: str = ""
    """The head as it was signed."""
    promised: frozenset[str] = frozenset()
    promised_by: str = ""

    @property
    def holds(self) -> bool:
        return bool(self.points) and all(one.holds for one in self.points)

    @property
    def faults(self) -> list[str]:
        return [one.words for one in self.points if not one.holds]


def read(data: bytes | str) -> dict[str, Any]:
    """The file's content. Raises NotOurs when it is no JSON, names a thing twice, or is of another format."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotOurs(_("这不是本站出具的凭据、证据包、抽签文件或文书，或者文件不完整")) from None
    if not isinstance(found, dict) or found.get("format") not in FORMATS:
        raise NotOurs(_("不是存证凭据（%(format)s）") % {"format": PROOF})
    return found


def check(file: Mapping[str, Any], pinned: Iterable[str] = ()) -> Checked:
    """Look at every part of a file. ``pinned``: the verifier keys it must be signed with, when they are known.

    Never raises for a bad file: each part that does not hold is a point of its own.
    """
    return _Check(file, list(pinned)).run()


def whole_text(kind: str, data: bytes) -> str:
    """What is signed over a whole file. ``kind``: json (over RFC 8785 of all but "signed") or pdf."""
    return f"{WHOLE} {kind}\n{base64.b64encode(hashlib.sha256(data).digest()).decode()}\n"


def promise_text(at: str, by: str, hashes: Iterable[str]) -> str:
    """What is signed for leaves no signed head covers yet: their hashes in hex, and by when one will."""
    return "".join(f"{line}\n" for line in (PROMISE, at, by, *hashes))


class _Check:
    def __init__(self, file: Mapping[str, Any], pinned: list[str]) -> None:
        self.file, self.pinned = file, pinned
        about = file.get("about")
        self.found = Checked(about if isinstance(about, Mapping) else {})

    def run(self) -> Checked:
        self._part("file", self._form)
        self._part("signature", self._whole)
        self._part("checkpoint", self._checkpoint)
        self._part("promise", self._promise)
        leaves = self.file.get("leaves")
        for number, entry in enumerate(leaves if isinstance(leaves, list) else ()):
            self._leaf(number, entry)
        self._part("file", self._subject)
        self._part("stamp", self._stamps)
        return self.found

    def _part(self, part: str, look: Callable[[], str]) -> None:
        """Keep what ``look`` says as holding (nothing when it says nothing), or its fault."""
        try:
            if words := look():
                self.found.points.append(Point(part, True, words))
        except (Fault, NoteError, ProofError) as fault:
            self.found.points.append(Point(part, False, str(fault)))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            words = _("“%(part)s”残缺，读不出来：%(why)s") % {"part": part, "why": f"{error!r}"[:120]}
            self.found.points.append(Point(part, False, words))

    def _form(self) -> str:
        if strange := sorted(set(self.file) - MEMBERS):
            raise Fault(_("文件里有不该有的内容：%(names)s") % {"names": "、".join(strange)[:120]})
        if not isinstance(self.file.get("leaves"), list) or not self.file["leaves"]:
            raise Fault(_("文件里没有存证记录"))
        return ""

    def _keys(self) -> list[str]:
        for key in self.file["keys"]:
            try:
                notes.parse_vkey(key)
            except NoteError as error:
                raise Fault(_("公钥被改动：%(why)s") % {"why": str(error)}) from None
        return self.pinned or list(self.file["keys"])

    def _signed(self, note: str, part: str) -> str:
        """The text that was signed. Raises Fault."""
        keys = self._keys()
        try:
            verified = notes.verify_note(note, keys)
        except UnknownKeys:
            if self.pinned and self._by_its_own(note):
                words = _("%(part)s是另一棵存证树的密钥签的，不是这里认的密钥")
            else:
                words = _("%(part)s不是由这里认的密钥签的，或密钥被改动")
            raise Fault(words % {"part": part}) from None
        except NoteError as error:
            raise Fault(_("%(part)s的签名不成立：%(why)s") % {"part": part, "why": str(error)}) from None
        self.found.key = self.found.key or str(verified.by[0])
        return verified.note.text

    def _by_its_own(self, note: str) -> bool:
        try:
            notes.verify_note(note, self.file["keys"])
        except (NoteError, KeyError, TypeError):
            return False
        return True

    def _whole(self) -> str:
        if "signed" not in self.file:
            raise Fault(_("整份文件没有签名"))
        text = self._signed(self.file["signed"], _("整份文件"))
        rest = {name: value for name, value in self.file.items() if name != "signed"}
        try:
            same = text == whole_text("json", canonical(rest))
        except CanonicalError:
            same = False
        if not same:
            raise Fault(_("文件在出具以后被改动过：与签名时的内容不是同一份"))
        return _("整份文件与出具时一字不差")

    def _checkpoint(self) -> str:
        if "checkpoint" not in self.file and self.file["format"] == PROMISE:
            return ""
        text = self._signed(self.file["checkpoint"], _("存证根"))
        self.found.head, self.found.checkpoint = notes.parse_checkpoint(text), self.file["checkpoint"]
        return _("存证根有签名：%(origin)s，共 %(size)s 条") % {
            "origin": self.found.head.origin,
            "size": self.found.head.size,
        }

    def _promise(self) -> str:
        if "promise" not in self.file:
            return ""
        lines = self._signed(self.file["promise"], _("收录承诺"))[:-1].split("\n")
        if lines[0] != PROMISE or len(lines) < 4:
            raise Fault(_("收录承诺的内容不对"))
        self.found.promised, self.found.promised_by = frozenset(lines[3:]), lines[2]
        return _("有签名的承诺：最迟 %(by)s 收入存证树") % {"by": lines[2]}

    def _leaf(self, number: int, entry: Any) -> None:
        """Its bytes, its seal, its proof: each a point of its own, so that a fault names its part."""
        shown: list[Shown] = []
        self._part("leaf", lambda: self._bytes(number, entry, shown))
        if shown:
            self._part("seal", lambda: self._seal(number, entry, shown[0]))
            self._part("proof", lambda: self._place(number, entry, shown[0]))
            self.found.leaves.append(shown[0])

    def _bytes(self, number: int, entry: Any, shown: list[Shown]) -> str:
        named = {"n": number + 1}
        if strange := sorted(set(entry) - OF_A_LEAF):
            raise Fault(_("第 %(n)s 条记录里有不该有的内容：") % named + "、".join(strange)[:120])
        text: str = entry["leaf"]
        digest = leaf_hash(text.encode()).hex()
        if digest != entry["hash"]:
            raise Fault(_("第 %(n)s 条记录被改动：内容与它的哈希值不符") % named)
        body = json.loads(text)
        if not isinstance(body, dict) or set(body) != IN_A_LEAF or canonical(body) != text.encode():
            raise Fault(_("第 %(n)s 条记录不是存证记录的格式") % named)
        said = entry.get("said", "")
        index = entry.get("index")
        shown.append(Shown(index, digest, body, str(said), "private" in entry, entry.get("private")))
        return ""

    def _seal(self, number: int, entry: Mapping[str, Any], shown: Shown) -> str:
        named = {"n": number + 1}
        if ("private" in entry) != ("salt" in entry):
            raise Fault(_("第 %(n)s 条记录只有内容或只有盐值，缺一不可") % named)
        if not shown.disclosed:
            return ""
        salt = entry["salt"]
        if not _HEX.fullmatch(salt) or len(salt) < 2 * SALT_BYTES:
            raise Fault(_("第 %(n)s 条记录的盐值读不出来") % named)
        if commitment(bytes.fromhex(salt), entry["private"]).hex() != shown.body["seal"]:
            raise Fault(_("第 %(n)s 条记录的封印不符：公开的内容或盐值被改动") % named)
        return _("第 %(n)s 条记录写的内容与封印相符") % named

    def _place(self, number: int, entry: Mapping[str, Any], shown: Shown) -> str:
        named = {"n": number + 1}
        if "index" not in entry and "proof" not in entry:
            if shown.hash not in self.found.promised:
                raise Fault(_("第 %(n)s 条记录既没有证明，也没有承诺") % named)
            return _("第 %(n)s 条记录已承诺收入存证树") % named
        head = self.found.head
        if head is None:
            raise Fault(_("第 %(n)s 条记录无从核对：存证根不成立") % named)
        if type(entry["index"]) is not int:
            raise Fault(_("第 %(n)s 条记录没有编号") % named)
        path = hashes(entry["proof"])
        try:
            merkle.verify_inclusion(entry["index"], head.size, bytes.fromhex(shown.hash), path, head.root)
        except ProofError:
            words = _("第 %(n)s 条记录的证明不成立：证明被改动，或属于另一棵存证树")
            raise Fault(words % named) from None
        return _("第 %(n)s 条记录在存证树中，编号 %(index)s") % {**named, "index": entry["index"]}

    def _subject(self) -> str:
        """The number on a receipt's face is the number in its leaves, and no step stands there twice."""
        if self.found.about.get("kind") != "case":
            return ""
        seen: set[Any] = set()
        for one in self.found.leaves:
            what = one.body["what"]
            if what.get("case") != self.found.about.get("number"):
                raise Fault(_("文件写的编号与存证记录里的编号不同"))
            if what.get("seq") in seen:
                raise Fault(_("同一步出现了两次"))
            seen.add(what.get("seq"))
        return ""

    def _stamps(self) -> str:
        """That the stamps are over this head. Whether they are an authority's is told by its certificate, which is not
        in the file: docs/verify.md says how."""
        stamps = self.file.get("stamps", [])
        if not stamps:
            return ""
        over = hashlib.sha256(self.file["checkpoint"].encode()).digest()
        for one in stamps:
            if over not in _bytes_of(one["token"]):
                raise Fault(_("时间戳不是给这个存证根的"))
        return _("附有时间戳（RFC 3161）：%(by)s，%(at)s") % {
            "by": stamps[0].get("authority", ""),
            "at": stamps[0].get("at", ""),
        }


def hashes(given: Sequence[str]) -> list[bytes]:
    """The hashes of a proof. Raises Fault."""
    found = [_bytes_of(one) for one in given]
    if any(len(one) != merkle.LENGTH for one in found):
        raise Fault(_("证明里有一个哈希值长度不对"))
    return found


def _bytes_of(text: str) -> bytes:
    """Base64 in the one spelling these bytes have. Raises Fault."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        found = None
    if found is None or base64.b64encode(found).decode() != text:
        raise Fault(_("有一处 base64 写法不对"))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_("同一个名字写了两次"))
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
