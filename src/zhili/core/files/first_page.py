"""The first page of a PDF as a picture, drawn by PDFium in a process of its own.

A PDF from a stranger is the most likely thing to break a drawing program, so the program may take little memory and
time, gets no input but the file, and is not us: ``python -m zhili.core.files.first_page FILE SIDE OUT``.
"""

import io
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from zhili.core.files import blobs

SECONDS = 10
MEMORY = 1 << 30
"""Bytes of address space; PDFium itself takes about a tenth."""


class NoPage(Exception):
    """It could not be drawn: broken, protected, or too much work."""


def picture(sha256: str, side: int) -> Image.Image:
    """At most `side` pixels long. Raises NoPage, FileNotFoundError."""
    with blobs.local(sha256) as path, tempfile.NamedTemporaryFile(suffix=".png") as out:
        if path is None:
            raise FileNotFoundError(sha256)
        command = [sys.executable, "-m", __name__, str(path), str(side), out.name]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * SECONDS)
        except subprocess.TimeoutExpired as error:
            raise NoPage("took too long") from error
        if done.returncode != 0:
            raise NoPage(done.stderr.decode("utf-8", "replace")[-200:])
        return Image.open(io.BytesIO(Path(out.name).read_bytes()), formats=["PNG"])


def draw(path: str, side: int, out: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = side / max(*page.get_size(), 1.0)
        page.render(scale=scale).to_pil().convert("RGB").save(out, "PNG")


if __name__ == "__main__":
    draw(sys.argv[1], int(sys.argv[2]), sys.argv[3])
