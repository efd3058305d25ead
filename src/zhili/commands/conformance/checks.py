"""What a check is, how it is judged, and the words in which it says what was expected and what came."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from zhili.base.exchange import wire
from zhili.base.exchange.errors import ERRORS
from zhili.base.exchange.shape import spelt
from zhili.commands.conformance.asking import Peer, Said, Unreachable, result
from zhili.commands.conformance.listening import Shelf

KEPT: Final = "kept"
BROKEN: Final = "broken"
NOT_RUN: Final = "not_run"
MARK: Final = {KEPT: "✓", BROKEN: "✗", NOT_RUN: "—"}


class Broken(Exception):
    """A rule is not kept; the words say what was expected and what came."""


class NotRun(Exception):
    """A check that cannot be made here; the words say why."""


@dataclass
class Trial:
    """One run: the tested site and what the checks have found out so far."""

    peer: Peer
    shelf: Shelf
    discovery: dict[str, Any] = field(default_factory=dict)
    trail_keys: tuple[str, ...] = ()
    matter: str = ""
    """UUID of the matter that the later checks go on with; empty: none could be handed over."""
    last: int = 0
    """Number of our last message in it that was taken."""
    opened: list[str] = field(default_factory=list)
    """Matters handed over that are to be withdrawn at the end."""
    flood: bool = False
    gate: Path | None = None
    """Where files for a gate are put and looked for."""

    def message(self, seq: int, kind: str, body: Any, *, stream: str = "", matter: str = "") -> wire.Message:
        """A message of the kit's."""
        return wire.Message(stream or f"matter:{matter or self.matter}", seq, kind, self.peer.now(), body)

    def hand_over(self, **changed: Any) -> dict[str, Any]:
        """The body of a hand_over as it should be, with these values otherwise; None takes one out."""
        agreed = self.peer.kit.agreed
        body: dict[str, Any] = {
            "agreement": agreed.code,
            "agreement_digest": agreed.digest(),
            "title": "【测试】协议一致性 conformance test",
            "what": "协议一致性测试，测试后自动收回。A test of the protocol; it is withdrawn by itself.",
            "category": agreed.categories[0].b,
            "reported_at": spelt(self.peer.now()),
            "joint": False,
            "due_days": agreed.due_days,
            **self.peer.kit.matter,
        }
        return {name: value for name, value in {**body, **changed}.items() if value is not None}

    def progress(self, words: str = "测试进展 progress") -> dict[str, Any]:
        """The body of a progress."""
        return {"stage": "测试 test", "words": words, "at": spelt(self.peer.now())}

    def new(self, **changed: Any) -> wire.Message:
        """A hand_over of a new matter."""
        return self.message(1, "hand_over", self.hand_over(**changed), matter=str(uuid.uuid4()))

    def going_on(self) -> str:
        """The matter handed over before. Raises NotRun."""
        if not self.matter:
            raise NotRun("no matter could be handed over")
        return self.matter

    def took(self, message: wire.Message) -> None:
        """Remember a matter that is to be withdrawn."""
        self.opened.append(wire.matter_of(message.stream))


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. ``section`` is that of docs/protocol.md."""

    name: str
    section: str
    words: str
    run: Callable[[Trial], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check; ``why`` unless kept."""

    check: Check
    state: str
    why: str = ""

    def told(self) -> dict[str, str]:
        """For programs."""
        one = self.check
        return {
            "check": one.name,
            "section": one.section,
            "what": one.words,
            "state": self.state,
            "why": self.why,
        }


CHECKS: Final[list[Check]] = []


def check(section: str, words: str) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Adds a check, in the order in which they stand. Its name is that of the function."""

    def add(run: Callable[[Trial], None]) -> Callable[[Trial], None]:
        CHECKS.append(Check(run.__name__, section, words, run))
        return run

    return add


def judge(one: Check, trial: Trial) -> Outcome:
    """Run one check. Nothing it meets stops the others."""
    try:
        one.run(trial)
    except NotRun as why:
        return Outcome(one, NOT_RUN, str(why))
    except (Broken, Unreachable) as why:
        return Outcome(one, BROKEN, str(why))
    return Outcome(one, KEPT)


def refused_whole(said: Said, *codes: str, field: str = "") -> None:
    """The whole request was refused with one of these codes. Raises Broken."""
    wanted = " or ".join(codes)
    if said.status < 400:
        raise Broken(f"expected {wanted}, but it was answered {said.status}")
    if said.error is None or said.unreadable:
        raise Broken(f"expected {wanted} as application/problem+json, got {said.code}")
    if said.error.code not in codes:
        raise Broken(f"expected {wanted}, got {said.error.code}: {said.error.detail}")
    if said.status != ERRORS[said.error.code].status:
        raise Broken(f"{said.error.code} has status {ERRORS[said.error.code].status}, not {said.status}")
    if field and said.error.field != field:
        raise Broken(f"expected field {field}, got {said.error.field or 'none'}")


def of(said: Said, number: int = 0) -> wire.Result:
    """What became of the message of that number. Raises Broken."""
    found = result(said, number)
    if found is None:
        told = f": {said.error.detail}" if said.error else ""
        raise Broken(f"expected an answer with a result for each message, got {said.code}{told}")
    return found


def taken(said: Said, status: str = "accepted", number: int = 0) -> None:
    """That message was accepted (or duplicate). Raises Broken."""
    found = of(said, number)
    if found.status != status:
        raise Broken(f"expected {status}, got {_told(found)}")


def refused(said: Said, *codes: str, field: str = "", expected: int | None = None, number: int = 0) -> None:
    """That message was refused with one of these codes. Raises Broken."""
    found = of(said, number)
    if found.error is None or found.error.code not in codes:
        raise Broken(f"expected refused {' or '.join(codes)}, got {_told(found)}")
    if field and found.error.field != field:
        raise Broken(f"expected field {field}, got {found.error.field or 'none'}")
    if expected is not None and found.error.expected != expected:
        raise Broken(f"expected expected={expected}, got {found.error.expected}")


def _told(found: wire.Result) -> str:
    error = found.error
    return found.status if error is None else f"{found.status} {error}"
