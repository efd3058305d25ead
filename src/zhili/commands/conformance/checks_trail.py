"""Files by hash, checkpoints and witnesses, gate files (docs/protocol.md §11, §13, §15)."""

from __future__ import annotations

from zhili.base import merkle, notes
from zhili.base.exchange import gatefile, signing, wire
from zhili.base.exchange.errors import WireError, read_problem
from zhili.base.merkle import ProofError
from zhili.base.notes import NoteError
from zhili.commands.conformance.checks import Broken, NotRun, Trial, check, refused_whole, taken

FETCHED_WITHIN = 60.0
GATE_REQUEST, GATE_ANSWER = "gate-request.json", "gate-request.answer.json"


@check("11", "a file never listed to us is not given, and its being there not told")
def unknown_file_refused(trial: Trial) -> None:
    path = f"{wire.FILES_PATH}{'0' * 64}?matter={trial.going_on()}"
    refused_whole(trial.peer.get(path), "file_unknown")
    peer = trial.peer
    refused_whole(peer.send("GET", peer.url(path), {}, b""), "unsigned")


@check("11", "a file is fetched by its hash, signed")
def file_fetched(trial: Trial) -> None:
    shelf = trial.shelf
    if not shelf.on:
        raise NotRun("only with --listen, under the address the tested site knows")
    message = trial.new(files=[shelf.listed()])
    shelf.matter = wire.matter_of(message.stream)
    taken(trial.peer.deliver(message))
    trial.took(message)
    if not shelf.fetched.wait(FETCHED_WITHIN):
        if shelf.refused:
            raise Broken(f"it asked, but: {shelf.refused[-1]}")
        raise NotRun(
            f"it did not ask within {FETCHED_WITHIN:.0f} s (many ask only when somebody opens the file there)"
        )


@check("13", "the checkpoint of an answer is signed by a key of its trail")
def checkpoint_signed(trial: Trial) -> None:
    _verified(trial, _checkpoint(trial, 0)[0])


@check("13", "two checkpoints are heads of one log, and it proves so")
def checkpoints_consistent(trial: Trial) -> None:
    one = _parsed(_checkpoint(trial, 0)[0])
    _grow(trial)
    text, proof = _checkpoint(trial, one.size)
    two = _parsed(text)
    if two.origin != one.origin or two.size < one.size:
        raise Broken(f"{one.origin} {one.size} is followed by {two.origin} {two.size}")
    if two.size == one.size:
        if two.root != one.root:
            raise Broken(f"two roots of one size ({one.size}): a fork")
        return
    if one.size and (proof is None or proof.start != one.size):
        raise Broken(f"no proof from the size told as witnessed ({one.size})")
    if not one.size or proof is None:
        return
    try:
        merkle.verify_consistency(one.size, two.size, one.root, two.root, proof.proof)
    except ProofError as error:
        raise Broken(f"the proof from {one.size} to {two.size} does not hold: {error}") from None


@check("13", "it keeps our checkpoints and tells how far it has verified them")
def our_checkpoints_kept(trial: Trial) -> None:
    peer, kit = trial.peer, trial.peer.kit
    first = peer.deliver()
    before = first.answer.witnessed if first.answer else 0
    size = before + 3
    proof = wire.Consistency(before, kit.consistency(before, size)) if before else None
    said = peer.deliver(checkpoint=kit.checkpoint(size), consistency=proof)
    if said.answer is None:
        raise Broken(f"a delivery with a checkpoint was answered {said.code}")
    after = said.answer.witnessed
    if after != size and (again := peer.deliver().answer) is not None:
        after = again.witnessed  # it may look at a checkpoint a moment after it has answered
    if after == 0:
        raise NotRun("it keeps none of ours: it was not told the key of the kit's trail")
    if after != size:
        raise Broken(f"it tells {after} where {size} was proven to it")


@check("15", "the same messages as a file through a gate, and the answer as a file")
def gate(trial: Trial) -> None:
    folder = trial.gate
    if folder is None:
        raise NotRun("a gate is not reached over a wire: with --gate a file is made to be carried by hand")
    request, answer = folder / GATE_REQUEST, folder / GATE_ANSWER
    if not request.exists() or not answer.exists():
        request.write_bytes(_carried(trial))
        raise NotRun(f"carry {request} to the site, put its answer beside it as {GATE_ANSWER}, and run again")
    try:
        asked, back = gatefile.parse(request.read_bytes()), gatefile.parse(answer.read_bytes())
        if isinstance(back, gatefile.CarriedRequest) or isinstance(asked, gatefile.CarriedAnswer):
            raise Broken(f"{GATE_ANSWER} is no answer")
        bound = signing.Request(asked.method, asked.url, asked.headers)
        signing.verify_response(
            back.status,
            back.headers,
            back.body,
            bound,
            trial.peer.keys.get,
            now=trial.peer.now(),
            longest=signing.GATE_LASTS,
        )
        if back.status != 200:
            raise Broken(f"it was answered {back.status}: {read_problem(back.body)}")
        states = [one.status for one in wire.parse_answer(back.body).results]
    except WireError as error:
        raise Broken(str(error)) from None
    if states != ["accepted", "accepted"]:
        raise Broken(f"expected two messages accepted, got {states}")


def _carried(trial: Trial) -> bytes:
    """A matter handed over and withdrawn, in one delivery that lasts as long as a file may."""
    peer = trial.peer
    first = trial.new()
    last = trial.message(2, "withdraw", {"reason": "测试 test"}, matter=wire.matter_of(first.stream))
    body = wire.encode(peer.delivery(first, last))
    url = peer.url(wire.DELIVERIES_PATH)
    return gatefile.encode_request(
        "POST", url, peer.signed("POST", url, body, lasts=signing.GATE_LASTS), body
    )


def _checkpoint(trial: Trial, witnessed: int) -> tuple[str, wire.Consistency | None]:
    said = trial.peer.deliver(witnessed=witnessed)
    if said.answer is None:
        raise Broken(f"expected an answer, got {said.code}")
    if not said.answer.checkpoint:
        raise NotRun("it keeps no log: its answers bear no checkpoint")
    return said.answer.checkpoint, said.answer.consistency


def _parsed(text: str) -> notes.Checkpoint:
    try:
        return notes.parse_checkpoint(notes.parse_note(text).text)
    except NoteError as error:
        raise Broken(f"no C2SP checkpoint: {error}") from None


def _verified(trial: Trial, text: str) -> None:
    _parsed(text)
    keys = trial.trail_keys or tuple(trial.discovery.get("trail") or ())
    if not keys:
        raise NotRun("no key of its trail is known (--trail-key, or `trail` in discovery)")
    try:
        notes.verify_note(text, keys)
    except NoteError as error:
        raise Broken(str(error)) from None


def _grow(trial: Trial) -> None:
    """Something happens, so that the log has a reason to grow."""
    message = trial.new()
    said = trial.peer.deliver(message)
    if said.answer and said.answer.results and said.answer.results[0].status == "accepted":
        trial.took(message)
