"""Reports as JSON: those a Traccar server forwards, and our own."""

import json
import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.devices import Undecodable, plain, traccar
from zhili.base.signals.measures import Said, unpack_samples

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AT = NOW - timedelta(seconds=30)


def forwarded(attributes: dict[str, Any] | None = None, **other: Any) -> bytes:
    position = {
        "protocol": "watch", "serverTime": "2026-11-22T07:59:31.000+00:00",
        "deviceTime": "2026-11-22T07:59:30.000+00:00",
        "fixTime": "2026-11-22T07:59:30.000+00:00", "valid": True, "latitude": 30.867, "longitude": 120.093,
        "speed": 1.0, "course": 90.0, "altitude": 4.0, "accuracy": 12.5, "attributes": attributes or {},
    } | other  # fmt: skip
    return json.dumps(
        {"position": position, "device": {"id": 7, "uniqueId": "1234567890", "name": "x"}}
    ).encode()


def test_a_forwarded_position_gives_place_numbers_and_alarms() -> None:
    one = traccar.decode(
        forwarded({"alarm": "sos,lowBattery,tow", "heartRate": 71, "steps": 9, "batteryLevel": 80}), NOW
    )
    assert one.number == "1234567890"
    assert one.said == (
        Said("position", AT, 12.5, (120.093, 30.867)),
        Said("heart_rate", AT, 71.0),
        Said("steps", AT, 9.0),
        Said("battery", AT, 0.8),
        Said("sos", AT, 1.0),
        Said("low_battery", AT, 1.0),
    )
    assert one.fix is not None
    assert one.fix.speed == 1.852, "knots become km/h"
    assert traccar.decode(forwarded(), NOW).said[0].measure == "position"


def test_without_a_fix_the_time_is_that_of_the_report() -> None:
    one = traccar.decode(
        forwarded({"alarm": "sos"}, valid=False, fixTime="2026-11-01T00:00:00.000+00:00"), NOW
    )
    assert one.said == (Said("sos", AT, 1.0),)


def test_a_forwarded_event_is_an_alarm_too() -> None:
    raw = {"event": {"type": "alarm", "eventTime": AT.isoformat(), "attributes": {"alarm": "fallDown"}}}
    one = traccar.decode(json.dumps(raw | {"device": {"uniqueId": "a-1"}}).encode(), NOW)
    assert one.said == (Said("fall", AT, 1.0),)


def test_a_forwarded_alarm_outlives_a_wrong_clock_and_place() -> None:
    one = traccar.decode(
        forwarded({"alarm": "sos", "steps": 5}, fixTime="1970-01-01T00:00:00Z", latitude=95), NOW
    )
    assert one.said == (Said("sos", None, 1.0),)
    assert one.refused == ("time", "place")
    for bad, why in (
        (forwarded(latitude=95.0), "place"),
        (forwarded(longitude=math.nan), "json"),
        (forwarded(fixTime="soon"), "time"),
        (forwarded({"heartRate": 4000}, valid=False), "heart_rate"),
        (b"{}", "number"), (b"[]", "shape"), (b"\xff", "json"), (b'{"device": {"uniqueId": "1"}}', "shape"),
        (b'{"device": 3}', "shape"), (b"[" * 100_000, "json"), (b" " * (1 << 21), "large"),
    ):  # fmt: skip
        with pytest.raises(Undecodable) as refusal:
            traccar.decode(bad, NOW)
        assert refusal.value.why == why, bad[:80]


def test_our_own_report_says_numbers_events_a_place_and_samples() -> None:
    report = {
        "at": "2026-11-22T15:59:30+08:00", "seq": 17, "heart_rate": 72, "sos": True, "fall": False, "call": 1,
        "position": {"lon": 120.093, "lat": 30.867, "accuracy": 12},
        "accel": {"hz": 50, "xyz": [[0.1, 0.2, 9.8], [0, 0, 9.5]]}, "soil_moisture": 0.31,
    }  # fmt: skip
    (one,) = plain.decode(json.dumps(report).encode(), NOW)
    told = {said.measure: said for said in one.said}
    assert one.sequence == 17
    assert told.keys() == {"heart_rate", "sos", "call", "position", "accel", "soil_moisture"}, (
        "false says nothing"
    )
    assert {said.at for said in one.said} == {AT}
    assert told["position"] == Said("position", AT, 12.0, (120.093, 30.867))
    samples = told["accel"].samples
    assert samples is not None
    hz, rows = unpack_samples(samples)
    assert hz == 50
    assert rows[0] == pytest.approx((0.1, 0.2, 9.8), abs=1e-6)


def test_a_list_of_reports_keeps_its_order_and_one_bad_part_costs_no_other() -> None:
    at = int(AT.timestamp() * 1000)
    raw = json.dumps([
        {"at": at, "seq": 1, "heart_rate": 72},
        {"at": at, "seq": 2, "heart_rate": 999, "steps": 5, "position": {"lon": 0, "lat": 0}},
        {"at": 5, "seq": 3, "steps": 5, "sos": True},
    ]).encode()  # fmt: skip
    first, second, third = plain.decode(raw, NOW)
    assert first.said == (Said("heart_rate", AT, 72.0),)
    assert (second.said, second.refused) == ((Said("steps", AT, 5.0),), ("heart_rate", "place"))
    assert (third.said, third.refused) == ((Said("sos", None, 1.0),), ("time",))


@pytest.mark.parametrize(
    ("report", "why"),
    [
        ({"at": "2026-11-24T08:00:00Z", "steps": 5}, "time"),
        ({"at": "2026-11-22T08:00:00", "steps": 5}, "time"),
        ({"at": 1e300, "steps": 5}, "time"),
        ({"at": True, "steps": 5}, "time"),
        ({"heart_rate": "72"}, "heart_rate"),
        ({"sos": 3}, "sos"),
        ({"position": {"lon": 200, "lat": 30}}, "place"),
        ({"position": [120, 30]}, "place"),
        ({"accel": {"hz": 50, "xyz": [[0, 0]]}}, "accel"),
        ({"accel": {"hz": 0, "xyz": [[0, 0, 9.8]]}}, "accel"),
        ({"accel": {"hz": 50, "xyz": [[0, 0, 10**400]]}}, "accel"),
        ({"steps": math.inf}, "json"),
        ({"seq": -1, "steps": 5}, "shape"),
        ({"Name!": 5}, "shape"),
        (7, "shape"),
        ([], "shape"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(report: object, why: str) -> None:
    with pytest.raises(Undecodable) as refusal:
        plain.decode(json.dumps(report).encode(), NOW)
    assert refusal.value.why == why


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([
            "at", "seq", "sos", "heart_rate", "position", "lon", "lat", "accuracy", "accel", "hz", "xyz", "device",
            "uniqueId", "attributes", "alarm", "valid", "fixTime", "event", "type", "latitude", "longitude", "steps",
        ]), inner, max_size=6),
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.one_of(st.binary(max_size=60), json_values.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_decoded_or_refused_and_nothing_else(raw: bytes) -> None:
    for read in (plain.decode, traccar.decode):
        with suppress(Undecodable):
            read(raw, NOW)
