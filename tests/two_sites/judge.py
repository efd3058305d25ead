"""After the trouble: do both sites say the same of every matter, nothing lost, nothing twice?"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.two_sites.sites import Pair, Side
from tests.two_sites.work import Ledger, rows

LINKS = """
SELECT l.id, l.stream, l.way, l.state, l.out_seq, l.in_seq, l.case_id, c.number, c.stage, c.closed_at IS NOT NULL,
       p.number
FROM exchange_link l LEFT JOIN cases_case c ON c.id = l.case_id LEFT JOIN cases_case p ON p.id = c.parent_id
WHERE l.stream LIKE 'matter:%%'"""
SENT = """
SELECT link_id, seq, kind, encode(digest, 'hex'), state, answer::text FROM exchange_outgoing ORDER BY link_id, id"""
TAKEN = "SELECT link_id, seq, kind, encode(digest, 'hex') FROM exchange_incoming ORDER BY link_id, seq"
STEPS = """
SELECT s.case_id, s.action, s.actor_kind FROM cases_step s JOIN exchange_link l ON l.case_id = s.case_id
ORDER BY s.case_id, s.seq"""
RETURNED = """
SELECT p.number, count(*) FROM cases_step s JOIN cases_case p ON p.id = s.case_id
WHERE s.action = 'returned' GROUP BY 1"""
WAITING = "SELECT count(*) FROM exchange_outgoing WHERE state = 'waiting'"
REFUSED = "SELECT code, sum(count), max(detail) FROM exchange_refusedmessage GROUP BY 1"
WITNESSED = "SELECT origin, size, encode(root, 'hex') FROM exchange_witnessed"
SIGNED = "SELECT origin, size, encode(root, 'hex') FROM trail_signedhead"
ENDS = {  # how the opener's case stands when a matter is over, by what both call it
    "closed": ("done", "delivered"),
    "refused": ("refused",),
    "returned": ("sent_back",),
    "withdrawn": ("withdrawn",),
}
ONLY_ONCE = ("accept", "close", "refuse", "return", "withdraw", "hand_over")
MAY_BE_REFUSED = {
    "replayed", "out_of_order", "slow_down", "unavailable", "wrong_stage", "unknown_stream", "checkpoint_unproven",
}  # fmt: skip
"""Errors of the protocol that the faults themselves bring about."""


class Books:
    """What one site has written down."""

    def __init__(self, side: Side) -> None:
        self.side = side
        keys = (
            "id",
            "stream",
            "way",
            "state",
            "out_seq",
            "in_seq",
            "case",
            "number",
            "stage",
            "closed",
            "parent",
        )
        found = [dict(zip(keys, row, strict=True)) for row in rows(side, LINKS)]
        self.links: dict[str, dict[str, Any]] = {one["stream"]: one for one in found}
        self.twice = [stream for stream, n in Counter(one["stream"] for one in found).items() if n > 1]
        names = {one["id"]: one["stream"] for one in found}
        self.sent = _by_stream(rows(side, SENT), names)
        self.taken = _by_stream(rows(side, TAKEN), names)
        self.returned = dict(rows(side, RETURNED))
        of_case = {one["case"]: one["stream"] for one in found}
        self.steps: dict[str, list[tuple[str, str]]] = {}
        for case, action, actor in rows(side, STEPS):
            self.steps.setdefault(of_case[case], []).append((action, actor))


def _by_stream(found: list[tuple[Any, ...]], names: dict[int, str]) -> dict[str, list[tuple[Any, ...]]]:
    grouped: dict[str, list[tuple[Any, ...]]] = {}
    for link, *rest in found:
        if link in names:
            grouped.setdefault(names[link], []).append(tuple(rest))
    return grouped


def settled(pair: Pair) -> bool:
    """Nothing waits on either side, and each has told of all its steps; looked at twice, for one leads to the other."""
    return all(rows(side, WAITING)[0][0] == 0 and side.settled() for _ in range(2) for side in pair.sides)


def faults_found(pair: Pair, ledger: Ledger) -> list[str]:
    """Sentences, one for each thing that is not as it should be. Empty: all is well."""
    first, second = (Books(side) for side in pair.sides)
    found: list[str] = []
    for here, there in ((first, second), (second, first)):
        found += _once(here, ledger)
        for stream, link in here.links.items():
            if link["way"] == "out":
                found += _agree(here, there, stream)
                found += _told(here, there, stream)
                found += _told(there, here, stream)
                found += _ended(here, there, stream, ledger)
        found += _refusals(here.side)
        found += _witnessed(here.side, there.side)
    return found


def streams(pair: Pair) -> set[str]:
    """The streams of every matter either side knows."""
    return {stream for side in pair.sides for stream in Books(side).links}


def _once(here: Books, ledger: Ledger) -> Iterator[str]:
    """Each matter of the ledger is there once, and no other."""
    name = here.side.name
    yield from (f"{name}: {stream} stands there twice" for stream in here.twice)
    outward = {stream for stream, one in here.links.items() if one["way"] == "out"}
    promised = {one.stream for one in ledger.matters.values() if one.opener == name}
    yield from (f"{name}: {stream} is lost" for stream in promised - outward)
    yield from (f"{name}: {stream} was promised to nobody" for stream in outward - promised - ledger.before)
    cases = Counter(one["case"] for one in here.links.values() if one["case"] is not None)
    yield from (f"{name}: case {case} has {n} streams" for case, n in cases.items() if n > 1)


def _agree(here: Books, there: Books, stream: str) -> Iterator[str]:
    """Both have it, at the same numbers, in the same state."""
    ours, theirs = here.links[stream], there.links.get(stream)
    if theirs is None:
        yield f"{stream} of {here.side.name} never came to {there.side.name}"
        return
    if theirs["way"] != "in" or theirs["case"] is None:
        yield f"{stream}: {there.side.name} has it as {theirs}"
    for sender, receiver, sent in ((ours, theirs, here.sent), (theirs, ours, there.sent)):
        taken = max((seq for seq, *_, state, _answer in sent.get(stream, []) if state == "sent"), default=0)
        if receiver["in_seq"] != taken:
            yield f"{stream}: {sender['out_seq']} sent, {taken} of them taken, the other has {receiver['in_seq']}"
    if ours["state"] != theirs["state"]:
        yield f"{stream}: {ours['state']} at its opener, {theirs['state']} at the other"


def _told(sender: Books, receiver: Books, stream: str) -> Iterator[str]:
    """Every message of one is with the other: same numbers without a gap, same kinds, same digests."""
    sent = sender.sent.get(stream, [])
    accepted = [(seq, kind, digest) for seq, kind, digest, state, _ in sent if state == "sent"]
    if accepted != receiver.taken.get(stream, []):
        yield f"{stream}: {sender.side.name} sent {accepted}, {receiver.side.name} took {receiver.taken.get(stream)}"
    numbers = {seq for seq, *_ in sent}  # a refused one is passed over, or its number used again
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield f"{stream}: numbers of {sender.side.name}: {sorted(numbers)}"
    for seq, kind, _digest, state, answer in sent:
        if state == "waiting":
            yield f"{stream}: {sender.side.name} still waits with {seq} {kind}"
        if state == "refused" and not _may_refuse(answer, sender.links[stream]["state"]):
            yield f"{stream}: {kind} of {sender.side.name} was refused: {answer}"
    kinds = Counter(kind for _seq, kind, _digest in accepted)
    yield from (f"{stream}: {kinds[kind]} × {kind}" for kind in ONLY_ONCE if kinds[kind] > 1)


def _may_refuse(answer: str | None, state: str) -> bool:
    """A message that crossed the matter's being called back is refused for its stage: that is the protocol's answer."""
    code = json.loads(answer or "{}").get("error", {}).get("code") or json.loads(answer or "{}").get("code")
    return code == "wrong_stage" and state == "withdrawn"


def _ended(here: Books, there: Books, stream: str, ledger: Ledger) -> Iterator[str]:
    """The opener's case ends as both say, and its parent was told once."""
    ours = here.links[stream]
    if ours["stage"] not in ENDS.get(ours["state"], ()):
        yield f"{stream}: {ours['state']}, but the opener's case stands at {ours['stage']}"
    if here.returned.get(ours["parent"], 0) != 1:
        yield f"{stream}: its parent was told {here.returned.get(ours['parent'], 0)} times"
    life = ledger.matters[stream].life if stream in ledger.matters else ""
    wanted = {"closed": "closed", "told of much": "closed", "refused": "refused", "called back": "withdrawn"}
    if life in wanted and ours["state"] != wanted[life]:
        yield f"{stream}: meant to be {wanted[life]}, is {ours['state']}"
    # what the receiver said became one step each at the opener
    by_site = [action for action, actor in here.steps.get(stream, []) if actor == "site"]
    taken = [kind for _seq, kind, _digest in here.taken.get(stream, [])]
    if len(by_site) != len(taken):
        yield f"{stream}: messages {taken} became steps {by_site}"


def _refusals(side: Side) -> Iterator[str]:
    for code, count, detail in rows(side, REFUSED):
        if code not in MAY_BE_REFUSED:
            yield f"{side.name} refused {count} × {code}: {detail}"


def _witnessed(side: Side, other: Side) -> Iterator[str]:
    """It keeps heads of the other that the other really signed, and saw no fork."""
    kept, signed = set(rows(side, WITNESSED)), set(rows(other, SIGNED))
    if not kept:
        yield f"{side.name} witnessed nothing"
    yield from (f"{side.name} witnessed {one}, which {other.name} never signed" for one in kept - signed)
    forks = rows(side, "SELECT kind, size FROM exchange_sitefork")
    yield from (f"{side.name} saw a fork: {one}" for one in forks)


def audited(pair: Pair) -> list[str]:
    """What `zhili trail audit` finds on each."""
    found = []
    for side in pair.sides:
        done: subprocess.CompletedProcess[str] = side.command("trail", "audit", "--json")
        if done.returncode:
            found.append(f"{side.name}: {done.stdout[-2000:]}{done.stderr[-1000:]}")
    return found
