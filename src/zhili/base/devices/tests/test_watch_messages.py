"""What a watch says in each kind of frame, what may be believed of it, and what it must be answered."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base.devices import Decoded, Undecodable
from zhili.base.devices.watch import decode
from zhili.base.signals.measures import Said

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AT = datetime(2026, 11, 22, 7, 59, 30, tzinfo=UTC)


def frame(body: str, index: str = "") -> bytes:
    counted = f"{index}*" if index else ""
    return f"[3G*1234567890*{counted}{len(body.encode()):04X}*{body}]".encode()


def position(kind: str = "UD", status: str = "00000000", **other: str) -> bytes:
    """A report of now, in Huzhou, unless said otherwise."""
    says = {
        "date": "221126",
        "time": "075930",
        "valid": "A",
        "lat": "30.867000",
        "ns": "N",
        "lon": "120.093000",
        "ew": "E",
    }
    says |= other
    tail = (
        f"1.50,90.0,4.0,9,100,76,1234,0,{status},1,255,460,0,9529,21809,158,1,Home,1c:fa:68:13:a5:b4,-61,12.5"
    )
    return frame(",".join((kind, *says.values(), tail)))


def said(decoded: Decoded) -> dict[str, Said]:
    return {one.measure: one for one in decoded.said}


def test_a_position_comes_with_battery_and_steps_of_the_same_moment() -> None:
    one = decode(position(), NOW)
    assert one.number == "1234567890"
    assert one.reply is None, "a position is not answered"
    assert one.said == (
        Said("position", AT, 12.5, (120.093, 30.867)),
        Said("battery", AT, 0.76),
        Said("steps", AT, 1234.0),
    )
    assert one.fix is not None
    assert (one.fix.speed, one.fix.course, one.fix.satellites, one.fix.valid) == (1.5, 90.0, 9, True)


def test_south_and_west_by_letter_or_by_sign() -> None:
    assert said(decode(position(ns="S", ew="W"), NOW))["position"].point == (-120.093, -30.867)
    assert said(decode(position(lat="-30.867", lon="-120.093"), NOW))["position"].point == (-120.093, -30.867)


def test_without_a_fix_there_is_no_position_but_the_rest_holds() -> None:
    one = decode(position(valid="V"), NOW)
    assert "position" not in said(one)
    assert one.fix is not None
    assert not one.fix.valid
    assert said(one)["battery"].value == 0.76


@pytest.mark.parametrize(
    ("status", "alarm"),
    [
        ("00010000", "sos"), ("00020000", "low_battery"), ("00040000", "fence_left"), ("00080000", "fence_entered"),
        ("00100008", "removed"), ("00200010", "fall"), ("0001", "low_battery"),
    ],
)  # fmt: skip
def test_an_alarm_is_an_event_and_is_acknowledged(status: str, alarm: str) -> None:
    one = decode(position("AL_LTE", status), NOW)
    assert said(one)[alarm] == Said(alarm, AT, 1.0)
    assert one.facts["alarms"] == [alarm]
    assert one.reply == b"[3G*1234567890*0002*AL]"


def test_states_in_a_report_are_no_alarms() -> None:
    assert not {"low_battery", "removed", "sos"} & said(decode(position(status="0000001F"), NOW)).keys()


def test_a_call_for_help_outlives_a_wrong_clock_and_a_wrong_place() -> None:
    for wrong in (
        {"date": "010170"},
        {"date": "010100"},
        {"date": "321326"},
        {"date": "231126", "time": "235959"},
    ):
        one = decode(position("AL", "00010000", **wrong), NOW)
        assert one.said == (Said("sos", None, 1.0),), "position and steps of an unknown time say nothing"
        assert one.refused == ("time",)
    one = decode(position("AL", "00010000", lat="95.0"), NOW)
    assert one.refused == ("place",)
    assert said(one).keys() == {"sos", "battery", "steps"}


def test_what_cannot_be_is_refused_with_the_reason() -> None:
    for bad, why in (
        (position(date="310226"), "time"),
        (position(time="0759"), "time"),
        (frame("UD,221126,075930,A"), "shape"),
        (position(status="zz"), "shape"),
        (position(valid="X"), "shape"),
        (frame("*!"), "kind"),
        (frame(""), "kind"),
        (b"[3G*1234567890*LK]", "head"),
        (b"", "head"),
    ):
        with pytest.raises(Undecodable) as refusal:
            decode(bad, NOW)
        assert refusal.value.why == why, bad
    assert decode(position(lat="nan"), NOW).refused == ("place",)
    assert decode(position(lat="0", lon="0"), NOW).refused == ("place",), "0, 0 is where broken receivers are"


@pytest.mark.parametrize(
    ("body", "readings", "answer"),
    [
        ("LK", {}, "LK"),
        ("LK,50,100", {}, "LK"),
        ("LK,50,3,80", {"steps": 50, "battery": 0.8}, "LK"),
        ("TKQ", {}, "TKQ"),
        ("TKQ2", {}, "TKQ2"),
        ("CONFIG,TY:G75,UL:600", {}, "CONFIG,1"),
        ("ICCID,89860000000000000001", {}, None),
        ("heart,71", {"heart_rate": 71}, "heart"),
        ("heart,0", {}, "heart"),
        ("heart,999", {}, "heart"),
        ("PULSE,72", {"heart_rate": 72}, None),
        ("bphrt,121,79,68,165,2,83,60", {"systolic": 121, "diastolic": 79, "heart_rate": 68}, "bphrt"),
        ("bphrt,0,0,0,,,,", {}, "bphrt"),
        ("oxygen,0,97", {"oxygen": 97}, "oxygen,1"),
        ("btemp2,1,36.50", {"body_temperature": 36.5}, "btemp2"),
        ("btemp2,1,1", {}, "btemp2"),
        ("TEMP,36.5", {"body_temperature": 36.5}, None),
        ("TK,#!AMR voice", {}, "TK,1"),
        ("TK,1", {}, None),
        ("UPLOAD", {}, None),
    ],
)  # fmt: skip
def test_each_body_gives_its_readings_and_its_answer(
    body: str, readings: dict[str, float], answer: str | None
) -> None:
    one = decode(frame(body), NOW)
    expected = readings or {"online": 1.0}
    assert {name: reading.value for name, reading in said(one).items()} == expected
    assert one.reply == (None if answer is None else frame(answer))


def test_an_answer_carries_the_index_of_the_question() -> None:
    assert decode(frame("LK,0,0,80", "00A7"), NOW).reply == frame("LK", "00A7")


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"UD,", b"AL,", b"LK,", b"heart,", b"TK,", b"oxygen,", b"CONFIG,"]),
)
def test_any_body_is_decoded_or_refused_and_nothing_else(body: bytes, kind: bytes) -> None:
    for raw in (body, b"[3G*1234567890*0002*" + kind + body + b"]"):
        with suppress(Undecodable):
            assert decode(raw, NOW).said


field = st.one_of(
    st.sampled_from(["A", "V", "N", "S", "nan", "inf", "1e9", "-0", "00010000", "ffffffff"]),
    st.text(max_size=8),
)


@given(st.lists(field, min_size=14, max_size=30), st.sampled_from(["221126", "010170", "000000"]))
def test_any_fields_of_a_position_are_decoded_or_refused(fields: list[str], date: str) -> None:
    with suppress(Undecodable):
        one = decode(frame(",".join(("AL", date, "075930", "A", *fields))), NOW)
        point = said(one)["position"].point if "position" in said(one) else None
        assert point is None or (-180 <= point[0] <= 180 and -90 <= point[1] <= 90)
