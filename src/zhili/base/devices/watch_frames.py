"""Cuts a byte stream of the watch protocol into frames: [VENDOR*NUMBER*(INDEX*)LENGTH*BODY].

The length rules, not the brackets: a Wi-Fi name inside a body may hold any of them, and whoever names an
access point "][3G*…" must not write frames. Voice bodies escape their brackets (0x7d and a digit); makers
differ on whether the length counts the bytes before or after escaping, so both are tried. Only where the
length points at no bracket at all is the frame cut at the next one that ends before another frame. A length
too long is known only once the line is quiet: call `flush` after a second or two of silence.
"""

import re
from dataclasses import dataclass
from typing import Final

from zhili.base.devices import Undecodable

HEAD: Final = re.compile(rb"\[([0-9A-Za-z]{2})\*(\d{4,20})\*(?:([0-9A-Fa-f]{4})\*)?([0-9A-Fa-f]{4})\*")
LONGEST_HEAD: Final = 1 + 2 + 1 + 20 + 1 + 5 + 5
ESCAPE: Final = 0x7D
_ESCAPED: Final = {0x01: 0x7D, 0x02: 0x5B, 0x03: 0x5D, 0x04: 0x2C, 0x05: 0x2A}  # } [ ] , *
_OPEN, _CLOSE = 0x5B, 0x5D
_MAYBE_INDEX: Final = re.compile(rb"[0-9A-Fa-f]{0,4}")  # after the first four digits: perhaps four more and *
_AGAIN: Final = re.compile(rb"\[[0-9A-Za-z]{2}\*\d")
_ESCAPE_PAIR: Final = re.compile(rb"\x7d([\x01-\x05])")
_BETWEEN: Final = b"\r\n\0 "  # line ends between frames are a maker's habit
_KEPT = 256  # bytes of noise kept with the refusal


def unescaped(body: bytes) -> bytes:
    """The body as it was before it was made safe for the line."""
    return _ESCAPE_PAIR.sub(lambda found: bytes((_ESCAPED[found[1][0]],)), body)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame, brackets and all, its body still escaped."""

    raw: bytes
    head: int  # bytes before the body

    @property
    def body(self) -> bytes:
        return self.raw[self.head : -1]


class Splitter:
    """Feed it bytes as they come; it gives frames, and Undecodable (as values) for what lies between.

    Holds at most one frame (`largest` bytes and its head); each byte is looked at a bounded number of times.
    """

    def __init__(self, largest: int = 0xFFFF) -> None:
        self._held = bytearray()
        self._largest = largest
        self._body = 0  # where the body of the frame at the start begins; 0: head not read yet
        self._length = 0
        self._scanned = 0  # how far the body was read for escapes …
        self._counted = 0  # … and how many bytes that is unescaped
        self._sought = 0  # how far the next frame was looked for

    def push(self, data: bytes) -> list[Frame | Undecodable]:
        """What the new bytes complete, in order."""
        self._held += data
        found: list[Frame | Undecodable] = []
        while self._opened(found) and self._closed(found):
            pass
        return found

    def flush(self) -> list[Frame | Undecodable]:
        """The line is closed or has been quiet: what was held is a frame of a wrong length, or noise."""
        found: list[Frame | Undecodable] = []
        while self._held:
            if not self._opened(found):
                self._noise(found, len(self._held), "head")
            elif not self._closed(found) and not self._mended(found):
                self._noise(found, len(self._held), "length")
        return found

    def _opened(self, found: list[Frame | Undecodable]) -> bool:
        """Reads the head at the start; False while more bytes are needed."""
        while self._held and not self._body:
            if self._held[0] != _OPEN:
                start = self._held.find(_OPEN)
                self._noise(found, len(self._held) if start < 0 else start, "noise")
                continue
            head = HEAD.match(self._held)
            if head is None:
                if len(self._held) < LONGEST_HEAD and self._held.find(_CLOSE) < 0:
                    return False
                self._noise(found, self._next_head(), "head")
                continue
            if head[3] is None and _MAYBE_INDEX.fullmatch(self._held, head.end(), head.end() + 5):
                return False
            self._length = int(head[4], 16)
            if self._length > self._largest:
                self._noise(found, head.end(), "large")
                continue
            self._body = self._scanned = self._sought = head.end()
        return bool(self._body)

    def _next_head(self) -> int:
        """Where the next frame may begin, perhaps with bytes still to come."""
        again = _AGAIN.search(self._held, 1)
        if again is not None:
            return again.start()
        tail = self._held.rfind(_OPEN, max(1, len(self._held) - LONGEST_HEAD))
        return len(self._held) if tail < 0 else tail

    def _closed(self, found: list[Frame | Undecodable]) -> bool:
        """Takes the frame whose head was read; False while more bytes are needed."""
        plain = self._body + self._length
        if len(self._held) <= plain:
            return False
        if self._held[plain] == _CLOSE:
            self._frame(found, plain + 1)
            return True
        end = self._unescaped_end()
        if end is None:
            return False
        if self._held[end] == _CLOSE:
            self._frame(found, end + 1)
            return True
        return self._mended(found)

    def _unescaped_end(self) -> int | None:
        """Where as many bytes end as the length says, counted as they were before escaping; None: not yet."""
        while self._counted < self._length:
            reach = min(self._scanned + self._length - self._counted, len(self._held))
            escape = self._held.find(ESCAPE, self._scanned, reach)
            stop = reach if escape < 0 else escape
            self._counted += stop - self._scanned
            self._scanned = stop
            if stop + 1 >= len(self._held):
                break
            if escape >= 0:
                self._counted += 1
                self._scanned += 2 if self._held[escape + 1] in _ESCAPED else 1
        complete = self._counted >= self._length and self._scanned < len(self._held)
        return self._scanned if complete else None

    def _mended(self, found: list[Frame | Undecodable]) -> bool:
        """The length is wrong: up to the next frame, or to a bracket that ends what has come."""
        again = _AGAIN.search(self._held, self._sought)
        end = len(self._held) if again is None else again.start()
        last = end
        while last > self._body and self._held[last - 1] in _BETWEEN:
            last -= 1
        if self._held[last - 1] == _CLOSE and last > self._body:
            self._frame(found, last)
            return True
        if again is not None or end - self._body > self._largest:
            self._noise(found, end, "length")
            return True
        self._sought = max(self._body, end - 4)
        return False

    def _frame(self, found: list[Frame | Undecodable], end: int) -> None:
        found.append(Frame(bytes(self._held[:end]), self._body))
        self._drop(end)

    def _noise(self, found: list[Frame | Undecodable], end: int, why: str) -> None:
        raw = bytes(self._held[: min(end, _KEPT)])
        if raw.strip(_BETWEEN):
            found.append(Undecodable(why, f"{end} bytes", raw))
        self._drop(end)

    def _drop(self, end: int) -> None:
        del self._held[:end]
        self._body = self._length = self._scanned = self._counted = self._sought = 0
