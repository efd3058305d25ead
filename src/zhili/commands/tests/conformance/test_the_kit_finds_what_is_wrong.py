"""The conformance kit passes a site that keeps the protocol and names the rule a faulty one breaks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from zhili.base.exchange import gatefile, signing, wire
from zhili.commands import exchanging_conformance
from zhili.commands.conformance import keeping, running
from zhili.commands.conformance.checks import BROKEN, CHECKS, KEPT, NOT_RUN, Outcome
from zhili.commands.exchange import app
from zhili.commands.tests.conformance.reference_peer import BASE, SITE, Peer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> keeping.Kit:
    folder = tmp_path_factory.mktemp("kit") / "kit"
    keeping.init(folder, SITE, "huanwei-03", "https://kit.example", (121.2, 30.7), NOW)
    assert (folder / keeping.KEY).stat().st_mode & 0o077 == 0
    return keeping.load(folder)


def peer_for(kit: keeping.Kit, *faults: str) -> Peer:
    peer = Peer(lambda: NOW, *faults)
    peer.known[kit.keyid] = kit.key.public_key()
    peer.agreed[kit.agreed.code] = kit.agreed
    peer.their_vkey = str(kit.vkey)
    return peer


def tried(kit: keeping.Kit, peer: Peer, **more):
    settings = running.Settings(BASE, transport=peer.transport(), now=lambda: NOW, **more)
    return running.trial_of(kit, settings)


NEEDED = ("discovery_answers", "keys_have_their_ids", "hand_over_accepted", "duplicate_told")


def broken(kit: keeping.Kit, peer: Peer, only: set[str]) -> set[str]:
    """Which of these checks find something; run with those they build on."""
    found = running.run(tried(kit, peer), only={*only, *NEEDED})
    return {one.check.name for one in found if one.state == BROKEN}


def fetched(path: str, peer: Peer, trial) -> tuple[int, dict[str, str], bytes]:
    """A signed question of the tested site to the kit's shelf."""
    url = trial.shelf.kit.url + path
    headers = signing.sign_request("GET", url, b"", peer.key, peer.keyid, now=NOW)
    return trial.shelf.serve(path, {**headers, "Range": "bytes=10-"})


def test_a_site_that_keeps_every_rule_passes(kit):
    peer = peer_for(kit)
    trial = tried(kit, peer)
    trial.shelf.on = True
    got = []

    def fetch(peer: Peer, stream: str, sha256: str) -> None:
        path = f"{wire.FILES_PATH}{sha256}?matter={wire.matter_of(stream)}"
        got.append(fetched(path, peer, trial))
        got.append(fetched(path.replace("matter=", "matter=0"), peer, trial))
        got.append(trial.shelf.serve(path, {}))

    peer.fetch = fetch
    outcomes = list(running.run(trial))
    told = {one.check.name: (one.state, one.why) for one in outcomes}
    assert {name: why for name, (state, why) in told.items() if state == BROKEN} == {}
    assert {name for name, (state, _) in told.items() if state == NOT_RUN} == {"gate", "flood_slowed"}
    assert [one[0] for one in got] == [206, 404, 401]
    assert not trial.opened or peer.states[f"matter:{trial.opened[0]}"] == "withdrawn"
    report = json.loads(running.report(outcomes, BASE, SITE))
    assert report["passed"] is True
    assert report["kept"] == len(CHECKS) - 2
    assert running.line(outcomes[0]).startswith("✓ §2 ")


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("replay", {"replay_refused", "nonce_again_refused"}),
        ("forgiving", {"expired_refused", "ahead_refused"}),
        ("address", {"altered_body_refused", "other_address_refused", "posing_refused"}),
        ("unsigned", {"answer_signed_and_bound", "refusal_signed"}),
        ("unsigned refusals", {"refusal_signed"}),
        ("unbound", {"answer_signed_and_bound"}),
        ("plain", {"unsigned_refused", "too_many_refused"}),
        ("anyone", {"not_for_us_refused"}),
        ("discovery", {"discovery_answers"}),
        ("twice", {"duplicate_told", "conflict_told"}),
        ("overwrites", {"conflict_told"}),
        ("order", {"out_of_order_told"}),
        ("whole", {"fault_is_alone"}),
        ("keeps refused", {"refused_returns_whole"}),
        ("nameless", {"value_is_named", "mapping_named"}),
        ("any field", {"other_personal_refused", "other_agreement_noticed", "mapping_named"}),
        ("fork", {"checkpoints_consistent"}),
        ("checkpoint", {"checkpoint_signed"}),
    ],
)
def test_a_fault_is_found(kit, fault, found):
    assert found <= broken(kit, peer_for(kit, fault), found)


def test_a_flood_that_is_not_slowed_is_found_and_what_cannot_be_tried_is_said(kit):
    for faults, state in ((("flood",), BROKEN), ((), KEPT)):
        peer = peer_for(kit, *faults)
        peer.per_minute = 20
        flooded = running.run(tried(kit, peer, flood=True), only={"flood_slowed", *NEEDED})
        assert {one.check.name: one.state for one in flooded}["flood_slowed"] == state
    unable = {"our_checkpoints_kept", "file_fetched", "gate"}
    for one in running.run(tried(kit, peer_for(kit, "no witness")), only=unable):
        assert one.state == NOT_RUN
        assert one.why


def test_a_file_is_carried_through_a_gate_by_hand(kit, tmp_path):
    peer = peer_for(kit)

    def once() -> Outcome:
        only = {"gate", "keys_have_their_ids", "discovery_answers"}
        return list(running.run(tried(kit, peer, gate=tmp_path), only=only))[-1]

    assert once().state == NOT_RUN
    carried = gatefile.parse((tmp_path / "gate-request.json").read_bytes())
    peer.longest = signing.GATE_LASTS
    status, headers, body = peer.handle("POST", carried.url, carried.headers, carried.body)
    back = gatefile.encode_answer(status, headers, body, "")
    (tmp_path / "gate-request.answer.json").write_bytes(back)
    assert once().state == KEPT
    (tmp_path / "gate-request.answer.json").write_bytes(back.replace(b'"status": 200', b'"status": 202'))
    assert once().state == BROKEN


def test_a_site_that_does_not_know_the_kit_is_told_apart_from_a_faulty_one(kit):
    stranger = Peer(lambda: NOW)
    with pytest.raises(running.Stranger):
        list(running.run(tried(kit, stranger)))
    silent = running.Settings(BASE, transport=httpx.MockTransport(_refuse), now=lambda: NOW)
    with pytest.raises(exchanging_conformance.Unreachable):
        running.run_all(kit, silent)


def test_every_check_stands_in_the_document_and_has_a_name_of_its_own():
    text = (Path(__file__).parents[5] / "docs" / "protocol.md").read_text("utf-8")
    sections = set(re.findall(r"^#{2,3} ([0-9.]+) ", text, re.MULTILINE))
    assert {one.section for one in CHECKS} <= sections
    assert len({one.name for one in CHECKS}) == len(CHECKS)


def test_the_command_makes_a_kit_and_says_what_to_do(tmp_path):
    folder = tmp_path / "kit"
    made = CliRunner().invoke(app, ["conformance", "--init", str(folder), "--site", SITE])
    assert made.exit_code == 0, made.output
    kit = keeping.load(folder)
    assert "site add" in made.output
    assert "agreement load" in made.output
    assert kit.agreed.digest() in made.output
    again = CliRunner().invoke(app, ["conformance", "--init", str(folder), "--site", SITE])
    assert again.exit_code == 2
    silent = CliRunner().invoke(app, ["conformance", "http://127.0.0.1:9", "--kit", str(folder)])
    assert silent.exit_code == 2
    nothing = CliRunner().invoke(app, ["conformance", "http://127.0.0.1:9", "--kit", str(tmp_path / "no")])
    assert nothing.exit_code == 2


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)
