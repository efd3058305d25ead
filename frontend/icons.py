"""Draws the installed app's icons from web/mark.svg; the pictures are kept in the repository.

    python frontend/icons.py /usr/bin/chromium

A maskable icon may be cut to a circle of 80%, so its mark is smaller and its ground reaches the edge.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent.parent / "src/zhili/core/web/static/web"
LAKE, PAPER = "#0f766e", "#ffffff"
ICONS = (
    ("icon-192", 192, 0.66, 0.2),
    ("icon-512", 512, 0.66, 0.2),
    ("icon-180", 180, 0.62, 0),
    ("icon-maskable-512", 512, 0.52, 0),
)


def page(size: int, share: float, corner: float) -> str:
    mark = re.sub('stroke="[^"]*"', f'stroke="{PAPER}"', (HERE / "mark.svg").read_text("utf-8"), count=1)
    inner = round(size * share)
    mark = mark.replace("<svg ", f'<svg width="{inner}" height="{inner}" ')
    return (
        f'<body style="margin:0"><div style="width:{size}px;height:{size}px;border-radius:{round(size * corner)}px;'
        f'background:{LAKE};display:grid;place-items:center">{mark}</div>'
    )


with sync_playwright() as tool:
    browser = tool.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    for name, size, share, corner in ICONS:
        view = browser.new_page(viewport={"width": size, "height": size})
        view.set_content(page(size, share, corner))
        view.screenshot(path=str(HERE / f"{name}.png"), omit_background=True)
    browser.close()
