"""What lies under a passphrase can be neither read, changed, swapped nor cut without its being noticed."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.conf.backup import sealed
from zhili.conf.backup.sealed import HEAD, PIECE, TAG, SealedReader, SealingWriter
from zhili.conf.site import Refused

LONG = os.urandom(1 << 16) * (3 * PIECE // (1 << 16)) + b"end"
WORDS = "correct horse"


@pytest.fixture(scope="module")
def stream() -> bytes:
    return sealed.seal(LONG, WORDS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "PASSES", 1)
    monkeypatch.setattr(sealed, "MEMORY_KIB", 64)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_any_content_comes_back(parts: list[bytes]) -> None:
    out = io.BytesIO()
    sealed.PASSES, sealed.MEMORY_KIB = 1, 64
    with SealingWriter(out, WORDS) as writer:
        for part in parts:
            writer.write(part)
    assert sealed.unseal(out.getvalue(), WORDS) == b"".join(parts)


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_sizes_around_a_piece_come_back(size: int) -> None:
    assert sealed.unseal(sealed.seal(b"x" * size, WORDS), WORDS) == b"x" * size


def test_any_part_of_it_can_be_read(stream: bytes) -> None:
    reader = io.BufferedReader(SealedReader(io.BytesIO(stream), WORDS))
    for place in (0, 5, PIECE - 2, PIECE, 2 * PIECE + 7, len(LONG) - 3):
        reader.seek(place)
        assert reader.read(3) == LONG[place : place + 3]
    assert reader.seek(-3, os.SEEK_END) == len(LONG) - 3
    assert reader.read(100) == b"end"


def test_the_wrong_passphrase_opens_nothing(stream: bytes) -> None:
    with pytest.raises(Refused, match="口令不对"):
        sealed.unseal(stream, "wrong")


@pytest.mark.parametrize("place", [len(sealed.MAGIC) + 3, HEAD.size, HEAD.size + PIECE // 2, -1])
def test_a_changed_bit_is_noticed(stream: bytes, place: int) -> None:
    bad = bytearray(stream)
    bad[place] ^= 1
    with pytest.raises(Refused):
        sealed.unseal(bytes(bad), WORDS)


@pytest.mark.parametrize("lost", [1, TAG, 4, PIECE + TAG])
def test_a_lost_end_is_noticed_at_once(stream: bytes, lost: int) -> None:
    with pytest.raises(Refused):
        SealedReader(io.BytesIO(stream[:-lost]), WORDS)


def test_swapped_pieces_are_noticed(stream: bytes) -> None:
    whole = PIECE + TAG
    first, second = (stream[HEAD.size + i * whole :][:whole] for i in range(2))
    with pytest.raises(Refused):
        sealed.unseal(stream[: HEAD.size] + second + first + stream[HEAD.size + 2 * whole :], WORDS)


def test_a_head_that_asks_for_all_memory_is_refused() -> None:
    head = HEAD.pack(sealed.MAGIC, b"s" * 16, 1, 2**31, 1, b"p" * 7)
    with pytest.raises(Refused, match="文件头"):
        sealed.unseal(head + b"x" * 100, WORDS)
