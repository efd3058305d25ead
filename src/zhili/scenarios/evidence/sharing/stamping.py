"""Lines over every page of a PDF. Runs aside (``python -m``): a hostile PDF ends this process and nothing else."""

from __future__ import annotations

import base64
import json
import sys
from html import escape
from io import BytesIO

from zhili.core.documents import aside
from zhili.core.documents.press import press

MOST_PAGES = 500
MOST_SIZES = 12
FONT = "'Source Han Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif"


def stamp(pdf: bytes, lines: list[str]) -> bytes:
    """The PDF with the lines laid over each page. Scripts, forms' actions and attachments are not carried over."""
    from pypdf import PageObject, PdfReader, PdfWriter

    reader = PdfReader(BytesIO(pdf))
    if reader.is_encrypted:
        raise ValueError("the PDF is locked with a password")
    if len(reader.pages) > MOST_PAGES:
        raise ValueError(f"more than {MOST_PAGES} pages")
    writer = PdfWriter()
    layers: dict[tuple[int, int], PageObject] = {}
    for page in reader.pages:
        added = writer.add_page(page)
        if added.rotation:
            added.transfer_rotation_to_content()
        for name in ("/Annots", "/AA"):
            added.pop(name, None)
        box = added.mediabox
        size = (round(float(box.width)), round(float(box.height)))
        if size not in layers:
            if len(layers) >= MOST_SIZES:
                raise ValueError("too many sizes of page")
            layers[size] = PdfReader(BytesIO(layer(size, lines))).pages[0]
        added.merge_translated_page(layers[size], float(box.left), float(box.bottom))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def layer(size: tuple[int, int], lines: list[str]) -> bytes:
    """One page of this size, in points, with nothing on it but the lines, again and again."""
    width, height = size
    letter = max(9, max(size) / 42)
    words = "<br>".join(escape(line) for line in lines)
    rows, columns = 7, 3
    marks = []
    for row in range(rows):
        for column in range(columns):
            x = width * (column + (0.5 if row % 2 else 0)) / columns - width * 0.05
            y = height * (row + 0.35) / rows
            marks.append(f'<p style="left:{x:.1f}pt;top:{y:.1f}pt">{words}</p>')
    style = (
        f"@page {{ size: {width}pt {height}pt; margin: 0 }} body {{ margin: 0 }}"
        f"p {{ position: absolute; margin: 0; transform: rotate(-30deg); transform-origin: left top;"
        f" font: {letter:.1f}pt/1.5 {FONT}; color: rgba(90,90,90,.33); white-space: nowrap }}"
    )
    html = f"<!doctype html><html lang=zh><title>x</title><body>{''.join(marks)}</body></html>"
    return base64.b64decode(press(html, [style], [], tagged=False)["pdf"])


def main() -> int:
    job = aside.begin()
    try:
        import pypdf  # noqa: F401
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        return aside.lacking(error)
    made = stamp(base64.b64decode(job["pdf"]), job["lines"])
    json.dump({"pdf": base64.b64encode(made).decode()}, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
