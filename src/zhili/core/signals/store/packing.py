"""Readings as bytes: sealed one by one where they are personal, and by the batch until they are judged.

A body is one byte of flags (1 value, 2 point, 4 samples) and what they say is there: value, lon and lat as
little-endian float64, then the samples. A batch is its readings one after another, each a head (source, measure, time
and receipt in µs since 1970, length of the body) and a body.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag

from zhili.base.signals.measures import Reading
from zhili.core.people import keys

HEAD: Final = struct.Struct("<qhqqI")
BOUND: Final = struct.Struct("<qhq")
_VALUE: Final = struct.Struct("<Bd")
_POINT: Final = struct.Struct("<dd")
_VALUE_AND_POINT: Final = struct.Struct("<Bddd")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICRO: Final = timedelta(microseconds=1)
IN_BATCH: Final = b"signals.batch"
IN_REFUSAL: Final = b"signals.refused"


class Unreadable(RuntimeError):
    """Sealed bytes that were altered or moved, or whose key is gone."""


def micros(at: datetime) -> int:
    """Since 1970. ``at`` is aware."""
    return (at - EPOCH) // MICRO


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def body(value: float | None, point: tuple[float, float] | None, samples: bytes | None) -> bytes:
    """What a reading says, without whose it is and when."""
    if samples is None and value is not None:
        if point is None:
            return _VALUE.pack(1, value)
        return _VALUE_AND_POINT.pack(3, value, *point)
    flags = (value is not None) | (point is not None) << 1 | (samples is not None) << 2
    parts = [bytes((flags,))]
    if value is not None:
        parts.append(struct.pack("<d", value))
    if point is not None:
        parts.append(_POINT.pack(*point))
    if samples is not None:
        parts.append(samples)
    return b"".join(parts)


def unbody(data: bytes) -> tuple[float | None, tuple[float, float] | None, bytes | None]:
    """Value, point, samples."""
    flags, at = data[0], 1
    value = point = samples = None
    if flags & 1:
        (value,) = struct.unpack_from("<d", data, at)
        at += 8
    if flags & 2:
        point = _POINT.unpack_from(data, at)
        at += 16
    if flags & 4:
        samples = bytes(data[at:])
    return value, point, samples


def unpack(data: bytes, names: Mapping[int, str]) -> Iterator[Reading]:
    """The readings of a batch."""
    at, end = 0, len(data)
    while at < end:
        source, measure, measured, received, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        value, point, samples = unbody(data[at : at + length])
        at += length
        yield Reading(source, names[measure], moment(measured), value, point, samples, moment(received))


def unseal(key: str, sealed: bytes, bound: bytes) -> bytes:
    """Open what ``Ring.seal`` closed. Raises Unreadable."""
    ring = keys.ring()
    if key not in ring.ciphers:
        ring = keys.ring(fresh=True)  # another process has just rotated
    cipher = ring.ciphers.get(key)
    if cipher is None:
        raise Unreadable(f"感知数据的密钥 {key} 不在密钥环中")
    nonce = keys.NONCE_BYTES
    try:
        return cipher.decrypt(sealed[:nonce], sealed[nonce:], bound)
    except InvalidTag as error:
        raise Unreadable("感知数据与其密文不符，可能被改动") from error
