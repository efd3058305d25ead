"""A photo for the tour: a van on a pavement, drawn here, so that no picture of a real street is kept."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
PLATE = (0.505, 0.635, 0.155, 0.075)
"""Left, top, width and height of the number plate, with a margin, as parts of the picture."""


def van() -> bytes:
    """A JPEG of 60 kB or so."""
    image = Image.new("RGB", SIZE, (186, 205, 219))
    draw = ImageDraw.Draw(image)
    _houses(draw)
    draw.rectangle((0, 560, 1280, 960), fill=(158, 156, 150))  # pavement
    for y in range(560, 960, 50):
        draw.line((0, y, 1280, y), fill=(143, 141, 135), width=2)
    for row, y in enumerate(range(560, 960, 50)):
        for x in range(-60 + 60 * (row % 2), 1280, 120):
            draw.line((x, y, x - 14, y + 50), fill=(143, 141, 135), width=2)
    draw.rectangle((0, 820, 1280, 872), fill=(196, 160, 62))  # tactile paving
    for x in range(20, 1280, 44):
        for y in (834, 852):
            draw.ellipse((x, y, x + 14, y + 8), fill=(170, 136, 48))
    _van(draw)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=88)
    return out.getvalue()


def _houses(draw: ImageDraw.ImageDraw) -> None:
    for left, right, top, paint in (
        (0, 330, 120, (199, 186, 170)),
        (330, 720, 40, (178, 170, 160)),
        (720, 1280, 160, (205, 196, 180)),
    ):
        draw.rectangle((left, top, right, 560), fill=paint)
        for y in range(top + 40, 420, 110):
            for x in range(left + 30, right - 60, 100):
                draw.rectangle((x, y, x + 56, y + 70), fill=(104, 122, 134), outline=(230, 228, 222), width=4)
    draw.rectangle((0, 440, 1280, 470), fill=(126, 60, 52))  # awnings over the shops
    for x in range(20, 1280, 210):
        draw.rectangle((x, 478, x + 180, 560), fill=(88, 92, 94))


def _van(draw: ImageDraw.ImageDraw) -> None:
    """From behind and a little to the side."""
    draw.ellipse((250, 770, 960, 840), fill=(112, 110, 106))
    draw.polygon(((300, 420), (560, 380), (560, 790), (300, 740)), fill=(206, 209, 212))
    draw.polygon(((330, 450), (535, 420), (535, 560), (330, 560)), fill=(66, 80, 90))
    draw.rounded_rectangle((560, 370, 930, 790), 26, fill=(228, 230, 232), outline=(170, 173, 176), width=4)
    draw.rounded_rectangle((600, 410, 890, 560), 14, fill=(60, 74, 84))
    draw.rectangle((575, 600, 610, 690), fill=(176, 44, 40))
    draw.rectangle((880, 600, 915, 690), fill=(176, 44, 40))
    draw.rectangle((560, 740, 930, 790), fill=(84, 88, 92))
    for left in (330, 470):
        draw.ellipse((left, 690, left + 80, 810), fill=(46, 46, 48))
        draw.ellipse((left + 22, 722, left + 58, 778), fill=(150, 152, 154))
    for left in (590, 840):
        draw.rectangle((left, 780, left + 56, 822), fill=(46, 46, 48))
    left, top = PLATE[0] * SIZE[0] + 16, PLATE[1] * SIZE[1] + 12
    draw.rectangle((left, top, left + 166, top + 48), fill=(32, 74, 150), outline=(236, 238, 240), width=3)
    draw.text((left + 14, top + 6), "DEMO 28", fill="white", font_size=34)
