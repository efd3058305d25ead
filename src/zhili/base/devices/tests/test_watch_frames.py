"""The watch protocol: bytes of a line become frames, whatever the chunks, the escapes and the noise."""

import time

from hypothesis import given
from hypothesis import strategies as st

from zhili.base.devices import Undecodable
from zhili.base.devices.watch_frames import Frame, Splitter, unescaped

LINK = b"[3G*1234567890*0002*LK]"
INDEXED = b"[ZJ*123456789012345*00A7*0005*TKQ,1]"
# the access point's name holds brackets and even a frame
NAMED = b"[3G*1234567890*0025*WT,[Cafe]][3G*9999999999*0002*LK],-60]"
# "TK," and five bytes } [ ] , * : eight counted before escaping, thirteen on the line
VOICE = b"[CS*1234567890*0008*TK,\x7d\x01\x7d\x02\x7d\x03\x7d\x04\x7d\x05]"
VOICE_RAW = b"[CS*1234567890*000d*TK,\x7d\x01\x7d\x02\x7d\x03\x7d\x04\x7d\x05]"


def frames(data: bytes, *more: bytes) -> list[bytes | str]:
    splitter = Splitter()
    out = [one for part in (data, *more) for one in splitter.push(part)] + splitter.flush()
    return [one.raw if isinstance(one, Frame) else one.why for one in out]


def test_the_length_rules_and_not_the_brackets() -> None:
    assert frames(LINK + NAMED + INDEXED) == [LINK, NAMED, INDEXED]


def test_voice_is_whole_whether_its_length_counts_before_or_after_escaping() -> None:
    assert frames(VOICE + VOICE_RAW + LINK) == [VOICE, VOICE_RAW, LINK]
    assert unescaped(VOICE[23:-1]) == b"}[],*"
    assert unescaped(b"\x7d\x07\x7d") == b"\x7d\x07\x7d", "no escape of the protocol: left as it is"


def test_one_byte_at_a_time_is_the_same_as_all_at_once() -> None:
    data = b"\r\n".join((LINK, NAMED, INDEXED, VOICE, VOICE_RAW, LINK))
    assert frames(*(bytes((one,)) for one in data)) == [LINK, NAMED, INDEXED, VOICE, VOICE_RAW, LINK]


def test_a_wrong_length_costs_no_other_frame() -> None:
    short, long = b"[3G*1234567890*0004*LK,0,10,100]", b"[3G*1234567890*0009*LK]"
    assert frames(LINK + short + LINK) == [LINK, short, LINK]
    assert frames(short[:22], short[22:], LINK) == [short, LINK], "it came in two pieces"
    assert frames(long, LINK) == [long, LINK]
    assert frames(long) == [long], "nothing more came: the bracket ends it"


def test_noise_is_counted_once_and_what_follows_is_read() -> None:
    assert frames(b"GET / HTTP/1.1\r\n\r\n" + LINK) == ["noise", LINK]
    assert frames(b"[3G*12*0002*LK]" + LINK) == ["head", LINK]
    assert frames(b"[3G*1234567890*0002*") == ["head"], "a line that broke off"
    assert frames(b"[3G*1234567890*0009*LK") == ["length"]
    small = Splitter(largest=16)
    found = small.push(b"[3G*1234567890*0FFF*" + b"x" * 30 + LINK)
    assert [one.why if isinstance(one, Undecodable) else one.raw for one in found] == ["large", "noise", LINK]


@given(st.lists(st.one_of(
    st.binary(max_size=60),
    st.sampled_from([LINK, NAMED, VOICE, INDEXED, b"[", b"]", b"[3G*", b"[3G*1234567890*", b"*0002*LK]", b"\x7d"]),
), max_size=12), st.integers(1, 40))  # fmt: skip
def test_any_bytes_in_any_pieces_lose_nothing_and_never_stall(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    splitter = Splitter()
    out = [one for i in range(0, len(data), size) for one in splitter.push(data[i : i + size])]
    out += splitter.flush()
    assert splitter.push(LINK) == [Frame(LINK, 20)], "after a flush the next frame stands alone"
    seen = sum(len(one.raw) for one in out if isinstance(one, Frame))
    assert seen <= len(data)
    assert all(one.raw.startswith(b"[") and one.raw.endswith(b"]") for one in out if isinstance(one, Frame))


def test_hostile_bytes_take_linear_time() -> None:
    hostile = (
        b"[",
        b"]",
        b"[3G*",
        b"[3G*12345*0000*x",
        b"[3G*12345*ffff*",
        b"[3G*12345*0009*\x7d",
        b"] ",
        b"\x7d\x01",
    )
    for bad in hostile:
        small, large = (_seconds(bad * (size // len(bad))) for size in (40_000, 400_000))
        assert large < max(small * 40, 0.25), f"{bad!r}: {small:.4f} s, ten times as much {large:.4f} s"


def _seconds(data: bytes) -> float:
    splitter, start = Splitter(), time.process_time()
    for i in range(0, len(data), 1000):
        splitter.push(data[i : i + 1000])
    splitter.flush()
    return time.process_time() - start
