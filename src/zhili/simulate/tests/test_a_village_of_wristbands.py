"""What simulated wristbands say is what the site's own decoders read, and a script is the same for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhili.base.devices import plain, watch
from zhili.simulate.wristbands import village
from zhili.simulate.wristbands.bands import FALL, SOS, Band, Body, frame, position, report

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BAND = Band("8800000001", "watch", 120.75, 30.76)
BODY = Body(72, 1234, 64, 120.7501, 30.7602)


def test_its_frames_and_reports_are_read_as_they_were_meant() -> None:
    for kind, alarm in (("UD", ""), ("AL", SOS), ("AL", FALL)):
        decoded = watch.decode(position(kind, BAND, BODY, alarm, NOW), NOW)
        told = {one.measure: one for one in decoded.said}
        assert decoded.number == BAND.number
        assert told["position"].point == (BODY.lon, BODY.lat)
        assert told["battery"].value == 0.64
        assert {SOS, FALL} & set(told) == ({alarm} if alarm else set())
    (heart,) = watch.decode(frame(BAND, "heart,72")).said
    assert (heart.measure, heart.value) == ("heart_rate", 72)
    (read,) = plain.decode(report(BODY, SOS, NOW), NOW)
    assert {one.measure for one in read.said} == {"heart_rate", "steps", "battery", "position", "sos"}


def test_the_script_is_the_seeds_and_nobody_calls_twice_while_others_are_left(tmp_path: Path) -> None:
    one, same = (village.script(12, 3600, 4, 2, random.Random("7")) for _ in range(2))
    assert one == same
    assert [call.at for call in one] == sorted(call.at for call in one)
    assert len({call.band for call in one}) == 6
    assert sorted(call.kind for call in one) == [FALL, FALL, SOS, SOS, SOS, SOS]
    with pytest.raises(village.NoVillage):
        village.read(tmp_path / "nothing.json")
