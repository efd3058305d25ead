"""Pictures small enough for a repository, and replaced only when the page has really changed."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

QUALITY = 80
CHANGED = 0.03
"""The part of a picture that must differ before it is written anew: dates and numbers alone do not count."""
STEP = 48
"""By how many levels of grey of 255 a dot must differ to count."""


def keep(shot: bytes, file: Path) -> bool:
    """Write a screenshot (PNG) as WebP. False: the one there still shows the page."""
    fresh = Image.open(io.BytesIO(shot)).convert("RGB")
    if file.exists() and difference(Image.open(file).convert("RGB"), fresh) < CHANGED:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(file, "WEBP", quality=QUALITY, method=6)
    return True


def difference(old: Image.Image, new: Image.Image) -> float:
    """The part of the dots that differ, 0 to 1; 1 for another size."""
    if old.size != new.size:
        return 1.0
    small = (max(1, old.width // 3), max(1, old.height // 3))
    grey = ImageChops.difference(old.convert("L").resize(small), new.convert("L").resize(small))
    changed = sum(n for level, n in enumerate(grey.histogram()) if level > STEP)
    return changed / (small[0] * small[1])
