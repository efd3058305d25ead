"""MQTT packets out of bytes, however they are cut, and whatever they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.devices import mqttwire as wire

SAID = [
    wire.publish("zhili/A1/up", b'{"sos": true}', 7),
    b"\x20\x02\x00\x00",
    wire.publish("zhili/B2/up", b"x" * 300, 65_535, again=True),
    b"\x30\x05\x00\x03a/b",
    wire.PINGREQ,
]


def read(data: bytes, step: int, limit: int = 65_536) -> list[wire.Published | wire.Other]:
    reader = wire.Reader(limit)
    return [packet for at in range(0, len(data), step) for packet in reader.feed(data[at : at + step])]


@pytest.mark.parametrize("step", [1, 2, 5, 10_000])
def test_packets_come_whole_however_the_bytes_are_cut(step: int) -> None:
    assert read(b"".join(SAID), step) == [
        wire.Published("zhili/A1/up", b'{"sos": true}', 7, False),
        wire.Other(wire.CONNACK, b"\x00\x00"),
        wire.Published("zhili/B2/up", b"x" * 300, 65_535, True),
        wire.Published("a/b", b"", None, False),
        wire.Other(0xC0, b""),
    ]


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_of_a_message_too_long_the_beginning_is_kept_and_the_next_is_read(step: int) -> None:
    data = wire.publish("zhili/A1/up", b"y" * 3_000, 8) + wire.publish("zhili/A1/up", b"z", 9)
    long, next_one = read(data, step, limit=100)
    assert isinstance(long, wire.Published)
    assert (long.mid, long.whole, len(long.payload)) == (8, False, 85)
    assert next_one == wire.Published("zhili/A1/up", b"z", 9, False)


def test_acknowledgements_of_a_batch_are_one_string_of_bytes() -> None:
    assert wire.pubacks([1, 258]) == b"\x40\x02\x00\x01\x40\x02\x01\x02"
    assert (
        wire.connect("c", "u", "p", 30) == b"\x10\x13\x00\x04MQTT\x04\xc0\x00\x1e\x00\x01c\x00\x01u\x00\x01p"
    )
    assert wire.subscribe(1, "a/+") == b"\x82\x08\x00\x01\x00\x03a/+\x01"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_packets_or_one_fault(data: bytes, step: int) -> None:
    try:
        packets = read(data, step, limit=64)
    except wire.Malformed:
        return
    assert len(packets) <= len(data) // 2
