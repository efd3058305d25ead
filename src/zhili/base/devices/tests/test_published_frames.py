"""Frames others have published with what must be found in them: read where the files lie, never copied here.

The expectations are those of Traccar's tests (Apache-2.0), in the words of its checks.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhili.base.devices import Decoded, Undecodable
from zhili.base.devices.watch import decode
from zhili.base.devices.watch_frames import Frame, Splitter

ROOT = Path(__file__).resolve().parents[5]
FOLDER = Path(os.environ.get("ZHILI_SHARED", ROOT.parent / "shared")) / "data" / "devices"
ALARMS = {"sos": "sos", "removing": "removed", "lowBattery": "low_battery", "fallDown": "fall"}
ATTRIBUTES = {'"temp" + 1': "body_temperature"}


def cases(name: str) -> list[Any]:
    path = FOLDER / name
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"published frames are not here: {path}"))]
    read = json.loads(path.read_text())["cases"]
    return [pytest.param(case, id=f"{case['check']}-{i}") for i, case in enumerate(read)]


def data(case: dict[str, str]) -> bytes:
    return bytes.fromhex(case["data"]) if case["encoding"] == "hex" else case["data"].encode()


def parts(words: str) -> bytes:
    """binary("7d5b") and buffer("]") one after another, as bytes."""
    found = re.findall(r'(binary|buffer)\("([^"]*)"\)', words)
    return b"".join(bytes.fromhex(text) if how == "binary" else text.encode() for how, text in found)


@pytest.mark.parametrize("case", cases("WatchFrameDecoder.json"))
def test_every_published_line_is_cut_as_expected(case: dict[str, str]) -> None:
    assert case["check"] == "verifyFrame", "a check this test does not know"
    expected, _, sent = case["expect"].partition("decoder.decode(")
    # the file gives the first part of what is expected as its data, and the rest in words
    body = data(case) + parts(expected)
    splitter = Splitter()
    # names in the published frames were changed after the fact, so that some lengths no longer agree
    (frame,) = splitter.push(parts(sent)) + splitter.flush()
    assert isinstance(frame, Frame)
    assert frame.raw[: frame.head] + (re.sub(rb"\x7d([\x01-\x05])", _plain, frame.body)) + b"]" == body


def _plain(found: re.Match[bytes]) -> bytes:
    return {1: b"}", 2: b"[", 3: b"]", 4: b",", 5: b"*"}[found[1][0]]


@pytest.mark.parametrize("case", cases("WatchProtocolDecoder.json"))
def test_every_published_frame_says_what_is_expected(case: dict[str, str]) -> None:
    split = Splitter()
    found = split.push(data(case)) + split.flush()
    assert found
    assert not any(isinstance(one, Undecodable) for one in found)
    CHECKS[case["check"]]([decode(one.raw) for one in found if isinstance(one, Frame)], case["expect"])


def verify_null(decoded: list[Decoded], expect: str) -> None:
    assert not expect
    for one in decoded:
        assert one.fix is None
        assert not one.facts
        assert [said.measure for said in one.said] == ["online"]


def verify_attributes(decoded: list[Decoded], expect: str) -> None:
    assert not expect
    (one,) = decoded
    assert one.facts


def verify_attribute(decoded: list[Decoded], expect: str) -> None:
    (one,) = decoded
    name, _, wanted = expect.partition(", ")
    if name == '"alarm"':
        assert ALARMS[json.loads(wanted)] in {said.measure for said in one.said}
    else:
        assert one.facts[ATTRIBUTES[name]] == float(wanted)


def verify_position(decoded: list[Decoded], expect: str) -> None:
    (one,) = decoded
    assert one.fix is not None
    assert one.fix.at is not None
    assert "place" not in one.refused
    told = [said for said in one.said if said.measure == "position"]
    assert len(told) == one.fix.valid, "a position is believed exactly when the watch has a fix"
    if not expect:
        return
    match = re.fullmatch(r'position\("([^"]+)", (true|false), ([-\d.]+), ([-\d.]+)\)', expect)
    assert match is not None, f"an expectation this test does not know: {expect}"
    assert one.fix.at == datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    assert one.fix.valid is (match[2] == "true")
    assert (one.fix.lat, one.fix.lon) == pytest.approx((float(match[3]), float(match[4])), abs=1e-5)


CHECKS = {
    "verifyNull": verify_null,
    "verifyAttributes": verify_attributes,
    "verifyAttribute": verify_attribute,
    "verifyPosition": verify_position,
}
