"""The printing press: a page of HTML and its style sheets in, a PDF and the places of its marks out.

Runs aside (``python -m zhili.core.documents.press``). It fetches nothing from anywhere, and gives the same bytes for
the same input on the same machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from datetime import datetime
from typing import Any

from zhili.core.documents import aside

VARIANT = "pdf/ua-1"
POINTS = 0.75
"""Points in a CSS pixel."""


def refusing(images: dict[str, str]) -> Any:
    """A fetcher that refuses whatever address it is asked for, file: and data: too: a document holds all it needs.

    ``zhili:NAME`` is a picture (PNG or JPEG) that came with the job, base64.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Refusing(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix("zhili:")
            if name == url or name not in images:
                raise ValueError("a document fetches nothing")
            return URLFetcherResponse(url, base64.b64decode(images[name]))

    return Refusing()


def press(
    html: str,
    styles: list[str],
    marks: list[str],
    tagged: bool = True,
    attached: list[dict[str, str]] | None = None,
    images: dict[str, str] | None = None,
) -> dict[str, Any]:
    """{"pdf": base64, "pages": n, "marks": {id: [page from 0, x, y from the top left, in points]}}.

    ``attached``: files that go into the PDF, as {"name", "text", "what", "at": ISO 8601}. ``images``: see ``refusing``.
    """
    from weasyprint import CSS, HTML

    fetcher = refusing(images or {})
    source = HTML(string=html, url_fetcher=fetcher)
    sheets = [CSS(string=one, url_fetcher=fetcher) for one in styles]
    document = source.render(stylesheets=sheets)
    found = {}
    for number, page in enumerate(document.pages):
        for name, place in page.anchors.items():
            if name in marks:
                found[name] = [number, round(place[0] * POINTS, 2), round(place[1] * POINTS, 2)]
    texts = [html, *styles, *(one["text"] for one in attached or ()), *(images or {}).values()]
    identity = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32].encode()
    variant = VARIANT if tagged else None
    pdf = document.write_pdf(
        pdf_identifier=identity,
        pdf_variant=variant,
        pdf_tags=tagged,
        attachments=[_attachment(one) for one in attached or ()],
    )
    return {"pdf": base64.b64encode(pdf).decode(), "pages": len(document.pages), "marks": found}


def _attachment(one: dict[str, str]) -> Any:
    from weasyprint import Attachment

    at = datetime.fromisoformat(one["at"])
    return Attachment(string=one["text"], name=one["name"], description=one["what"], created=at, modified=at)


def main() -> int:
    """One job on standard input, its result on standard output."""
    job = aside.begin()
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:  # OSError: one of its C libraries is not there
        return aside.lacking(error)
    more = (job.get("tagged", True), job.get("attached"), job.get("images"))
    done = press(job["html"], job["styles"], job["marks"], *more)
    json.dump(done, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
