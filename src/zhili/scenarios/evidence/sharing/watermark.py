"""Whom a copy was made for, written across it: into the pixels of a picture, over every page of a PDF.

A mark tells where a copy came from and keeps honest people honest; it does not make copying impossible, and the pages
say so. A video cannot be redrawn here: its player has the words laid over it, and that is said too.
"""

from __future__ import annotations

import base64
import math
import shutil
import subprocess
import threading
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import IO

from PIL import Image, ImageDraw, ImageFont

from zhili.core.documents import aside

STAMP = "zhili.scenarios.evidence.sharing.stamping"
SECONDS = 40
LARGEST_PDF = 40 << 20
ANGLE = 30.0
ACROSS = 26
"""The long side of a picture over the height of a letter: read at a glance, and still seen in a small part of it."""
LETTER, EDGE = (255, 255, 255, 105), (0, 0, 0, 105)
"""White with a dark edge: it shows on a white page and on a night photograph alike."""
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
_room = threading.BoundedSemaphore(2)


class NotMarked(RuntimeError):
    """This file cannot be marked, so it is not shown where a mark was promised; the message says why."""


def can_mark(mime: str) -> bool:
    """Whether a marked copy of such a file can be made."""
    return mime.startswith("image/") or mime == "application/pdf"


def on_picture(source: IO[bytes], lines: tuple[str, ...]) -> bytes:
    """A JPEG of the picture with the lines across it. Raises NotMarked."""
    try:
        with _room, Image.open(source) as opened:
            picture = opened.convert("RGBA")
            marked = Image.alpha_composite(picture, tile(picture.size, lines)).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise NotMarked(str(error)) from error
    out = BytesIO()
    marked.save(out, "JPEG", quality=82)
    return out.getvalue()


def on_pdf(pdf: bytes, lines: tuple[str, ...]) -> bytes:
    """The PDF with the lines over each page, made in a process of its own. Raises NotMarked."""
    if len(pdf) > LARGEST_PDF:
        raise NotMarked("larger than 40 MB")
    job = {"pdf": base64.b64encode(pdf).decode(), "lines": list(lines)}
    try:
        with _room:
            return base64.b64decode(aside.run(STAMP, job, SECONDS)["pdf"])
    except (aside.Failed, aside.Lacking) as error:
        raise NotMarked(str(error)) from error


def tile(size: tuple[int, int], lines: tuple[str, ...]) -> Image.Image:
    """A layer of this size with the lines again and again, aslant, every other row set in by half."""
    width, height = size
    letter = max(12, max(size) // ACROSS)
    block = _block(lines, letter)
    side = math.ceil(math.hypot(width, height))
    field = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    step_x, step_y = block.width + letter * 3, block.height + letter * 3
    for row, y in enumerate(range(-block.height // 2, side, step_y)):
        for x in range(-(step_x // 2 if row % 2 else 0), side, step_x):
            field.paste(block, (x, y))
    field = field.rotate(ANGLE, Image.Resampling.BICUBIC)
    left, top = (side - width) // 2, (side - height) // 2
    return field.crop((left, top, left + width, top + height))


def _block(lines: tuple[str, ...], letter: int) -> Image.Image:
    font = _font(letter)
    edge = max(1, letter // 14)
    wide = max(int(font.getlength(line)) for line in lines) + 2 * edge
    block = Image.new("RGBA", (wide, int(letter * 1.5) * len(lines)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(block)
    for i, line in enumerate(lines):
        at = (edge, int(letter * 1.5) * i)
        draw.text(at, line, font=font, fill=LETTER, stroke_width=edge, stroke_fill=EDGE)
    return block


@lru_cache(maxsize=16)
def _font(letter: int) -> ImageFont.FreeTypeFont:
    path, index = _font_file()
    return ImageFont.truetype(path, letter, index=index)


@lru_cache(maxsize=1)
def _font_file() -> tuple[str, int]:
    """(file, face) of a Chinese font of this machine. Raises NotMarked: without one the office's name is boxes."""
    if tool := shutil.which("fc-match"):
        asked = [tool, "-f", "%{file}|%{index}|%{lang}", "sans:lang=zh-cn"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10).stdout.split(
            "|"
        )
        if len(said) == 3 and "zh-cn" in said[2] and Path(said[0]).exists():
            return said[0], int(said[1] or 0) & 0xFFFF
    for path in FONTS:
        if Path(path).exists():
            return path, 0
    raise NotMarked("no Chinese font on this machine (apt-get install fonts-noto-cjk)")
