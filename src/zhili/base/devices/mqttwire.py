"""MQTT 3.1.1 on the wire, as far as one who subscribes at QoS 1 needs it: packets to bytes and back. No I/O.

Source: OASIS MQTT Version 3.1.1, sections 2 and 3. Why not a client library: `aiomqtt` acknowledges a message before
it is stored, and paho reads each packet with three calls to the system and acknowledges each with one more. Here
a whole chunk is read at once and a whole batch acknowledged at once. Devices use whatever client they like.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

CONNACK, PUBLISH, PUBACK, PUBREL, SUBACK, PINGRESP = 0x20, 0x30, 0x40, 0x62, 0x90, 0xD0
REFUSALS = {
    1: "protocol version not supported",
    2: "client id refused",
    3: "server unavailable",
    4: "wrong user or password",
    5: "not authorised",
}
"""Return codes of CONNACK (table 3.1)."""


class Malformed(ValueError):
    """What came is no MQTT: the connection is of no further use."""


class Published(NamedTuple):
    """A message of the broker. ``mid`` is None at QoS 0; ``whole`` is False where only its beginning was kept."""

    topic: str
    payload: bytes
    mid: int | None
    again: bool
    """Sent before, and not acknowledged then."""
    whole: bool = True


class Other(NamedTuple):
    """Any other packet: its first byte and what follows the length."""

    kind: int
    body: bytes


def connect(client: str, user: str | None, password: str | None, alive: int, clean: bool = False) -> bytes:
    """CONNECT; ``alive`` in seconds. Not clean: the broker keeps what comes while nobody listens."""
    flags = (2 if clean else 0) | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    body = b"\x00\x04MQTT\x04" + bytes([flags]) + alive.to_bytes(2, "big") + _text(client)
    for part in (user, password):
        body += _text(part) if part is not None else b""
    return b"\x10" + _length(len(body)) + body


def subscribe(mid: int, topic: str, qos: int = 1) -> bytes:
    body = mid.to_bytes(2, "big") + _text(topic) + bytes([qos])
    return b"\x82" + _length(len(body)) + body


def publish(topic: str, payload: bytes, mid: int, again: bool = False) -> bytes:
    """PUBLISH at QoS 1."""
    body = _text(topic) + mid.to_bytes(2, "big") + payload
    return (b"\x3a" if again else b"\x32") + _length(len(body)) + body


def pubacks(mids: Iterable[int]) -> bytes:
    """Acknowledgements, in the order given, which must be the order in which the messages came (4.6.0)."""
    return b"".join([b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids])


PINGREQ, DISCONNECT = b"\xc0\x00", b"\xe0\x00"


class Reader:
    """Gives packets out of bytes as they come, in pieces of any size.

    A message longer than ``limit`` bytes is given with its beginning only and the rest passed over: it can be
    acknowledged and counted, and does not come back for ever.
    """

    def __init__(self, limit: int = 65_536) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> Iterator[Published | Other]:
        """Raises Malformed; packets before the fault have been given."""
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        buffer = self._buffer
        buffer += data
        start, end = 0, len(buffer)
        try:
            while end - start >= 2:
                length, at = _remaining(buffer, start + 1, end)
                if length < 0:  # the length itself is not whole yet
                    return
                if length > self._limit:
                    if end - at < self._limit:
                        return
                    packet = _packet(buffer, start, at, at + self._limit, whole=False)
                    self._skip = max(0, at + length - end)
                    start = min(end, at + length)
                elif at + length > end:
                    return
                else:
                    packet = _packet(buffer, start, at, at + length)
                    start = at + length
                yield packet
        finally:
            del buffer[:start]


def _packet(buffer: bytearray, start: int, at: int, end: int, whole: bool = True) -> Published | Other:
    first = buffer[start]
    if first & 0xF0 != PUBLISH:
        return Other(first, bytes(buffer[at:end]))
    size = (buffer[at] << 8 | buffer[at + 1]) if end - at >= 2 else end
    body = at + 2 + size
    qos = first >> 1 & 3
    if body + (2 if qos else 0) > end or qos == 3:
        raise Malformed("a PUBLISH shorter than it says")
    try:
        topic = buffer[at + 2 : body].decode()
    except UnicodeDecodeError:
        raise Malformed("a topic that is no UTF-8") from None
    mid = None
    if qos:
        mid = buffer[body] << 8 | buffer[body + 1]
        body += 2
    return Published(topic, bytes(buffer[body:end]), mid, bool(first & 8), whole)


def _remaining(buffer: bytearray, at: int, end: int) -> tuple[int, int]:
    """The length written from ``at`` in one to four bytes, and where what it counts begins; -1 when not whole."""
    length = shift = 0
    for place in range(at, min(at + 4, end)):
        byte = buffer[place]
        length |= (byte & 127) << shift
        if byte < 128:
            return length, place + 1
        shift += 7
    if end >= at + 4:
        raise Malformed("a length of more than four bytes")
    return -1, at


def _length(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data
