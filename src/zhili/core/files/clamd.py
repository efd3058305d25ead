"""A client of ClamAV's daemon: the file is streamed to it (INSTREAM), over a unix socket or TCP.

Protocol: clamd(8). ``zINSTREAM\\0``, then pieces, each with its length in four bytes (big-endian), then a length of
zero; the answer is ``stream: OK``, ``stream: NAME FOUND`` or ``… ERROR``. No folder need be shared with clamd.
"""

import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

PIECE: Final = 256 * 1024
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 120.0
"""How long clamd may think without a word; its own MaxScanTime is 120 seconds."""
LONGEST_ANSWER: Final = 4096
UNSEEN: Final = "Heuristics.Limits.Exceeded"
"""What clamd "finds" in a file it did not look through (AlertExceedsMax)."""


class NotScanned(Exception):
    """clamd could not be reached, gave up, or did not say."""


@dataclass(frozen=True)
class Clamd:
    """``address``: unix:/run/clamav/clamd.ctl, a path, tcp://host:3310 or host:3310."""

    address: str
    answer_seconds: float = ANSWER_SECONDS

    def __call__(self, path: Path, mime: str = "") -> str | None:
        """None when clean, else what was found. Raises NotScanned."""
        try:
            with closing(self.connect()) as line, path.open("rb") as source:
                said = self._stream(line, source)
        except OSError as error:
            raise NotScanned(f"clamd at {self.address}: {error}") from error
        words = said.removeprefix("stream: ")
        if words == "OK":
            return None
        if words.endswith(" FOUND") and not words.startswith(UNSEEN):
            return words.removesuffix(" FOUND")
        raise NotScanned(f"clamd at {self.address}: {words or 'no answer'}")

    def _stream(self, line: socket.socket, source: object) -> str:
        line.sendall(b"zINSTREAM\0")
        try:
            while piece := source.read(PIECE):  # type: ignore[attr-defined]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hung up in the middle: it says why (too large), if it still can
        return heard(line)

    def version(self) -> str:
        """ "ClamAV 1.4.3/27500/…": program, database, its date. Raises NotScanned."""
        try:
            with closing(self.connect()) as line:
                line.sendall(b"zVERSION\0")
                return heard(line)
        except OSError as error:
            raise NotScanned(f"clamd at {self.address}: {error}") from error

    def connect(self) -> socket.socket:
        told = self.address if "//" in self.address or ":" in self.address else f"unix:{self.address}"
        parts = urlsplit(told if told.startswith(("unix:", "tcp:")) else f"tcp://{told}")
        if parts.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(CONNECT_SECONDS)
            try:
                line.connect(parts.path)
            except BaseException:
                line.close()
                raise
        else:
            line = socket.create_connection((parts.hostname, parts.port or 3310), CONNECT_SECONDS)
        line.settimeout(self.answer_seconds)
        return line


def heard(line: socket.socket) -> str:
    """The answer, up to its zero byte or the end."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()
