"""docs/tour.md from the stops."""

from __future__ import annotations

from pathlib import Path

from tests.tour.stops import CHAPTERS, PHONE, Stop

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/tour.md"
PICTURES = ROOT / "docs/img/tour"
HEAD = """# 看一遍 A tour

`make tour` 起一个真的站点，装入示范城市，让它过上一天半，再一页一页拍下来。本页由它写成，不用手改。

`make tour` starts a real site with the demo city, lets it live for a day and a half, and takes these pictures.
It writes this page; do not edit it by hand. The texts stand in `tests/tour/stops.py`.
"""


def picture(stop: Stop) -> Path:
    return PICTURES / f"{stop.name}.webp"


def written() -> str:
    """The whole page."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        parts.append(
            f"## {chapter.title[0]} · {chapter.title[1]}\n\n{chapter.says[0]}\n\n{chapter.says[1]}\n"
        )
        for stop in chapter.stops:
            width = 300 if stop.size == PHONE else 860
            image = f'<img src="img/tour/{stop.name}.webp" width="{width}" alt="{stop.title[1]}">'
            parts.append(
                f"### {stop.title[0]} · {stop.title[1]}\n\n{stop.says[0]}\n\n{stop.says[1]}\n\n{image}\n"
            )
    return "\n".join(parts)


def write() -> None:
    PAGE.write_text(written(), "utf-8")
