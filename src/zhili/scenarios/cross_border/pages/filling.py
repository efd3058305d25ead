"""What several pages at the border need: a form on a page, a list as a file, a sheet of paper as a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.documents import aside, printing
from zhili.core.forms import Form
from zhili.core.forms.bound import BoundForm
from zhili.core.forms.form import Choices
from zhili.core.people.actors import Actor
from zhili.portal.errors import Trouble, attempt
from zhili.portal.inbox.sheet import as_csv, as_xlsx
from zhili.portal.submitted import Submission, new_key

KINDS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
MOST = 2000


@dataclass(frozen=True)
class Filled:
    """A form on its page: ``response`` once it was done; else what the template draws it from."""

    response: HttpResponse | None
    bound: BoundForm
    key: str
    trouble: Trouble | None

    @property
    def status(self) -> int:
        return self.trouble.status if self.trouble else 200


def filled(
    request: HttpRequest,
    actor: Actor,
    form: type[Form],
    do: Callable[[Submission, Mapping[str, Any]], Any],
    said: str,
    *,
    sent_here: bool | None = None,
    to: str = "",
    choices: Choices | None = None,
) -> Filled:
    """Read the form when it was sent (``sent_here``: to this one of several), and do what it asks."""
    sent: Submission | None = None
    trouble: Trouble | None = None
    here = request.method == "POST" if sent_here is None else sent_here
    if here:
        sent = Submission(request, form, actor)
        asked = sent
        done, trouble = attempt(lambda: do(asked, _values(form, asked, choices)))
        if trouble is None:
            messages.success(request, said)
            where = done if isinstance(done, str) and done.startswith("/") else to or request.get_full_path()
            return Filled(redirect(where), form.bind(None, None, choices=choices), "", None)
    bound = form.bind(sent.data if sent else None, trouble.errors if trouble else None, choices=choices)
    key = sent.key if sent and not (trouble and trouble.message) else new_key()
    return Filled(None, bound, key, trouble)


def _values(form: type[Form], sent: Submission, choices: Choices | None) -> Mapping[str, Any]:
    """The checked answers; a place comes as the three parts of its key."""
    sent.raise_faults()
    cleaned = form.validate(sent.data, choices)
    return {**cleaned.values, "lon": cleaned.lon, "lat": cleaned.lat, "address": cleaned.address}


def exported(actor: Actor, kind: str, what: str, rows: Sequence[Sequence[str]], name: str) -> HttpResponse:
    """A list as a file; a leaf says which office took how many lines. The first row is the heads."""
    if kind not in KINDS:
        raise Http404
    media, written = KINDS[kind]
    doors.record(what, actor, {"office": actor.office_id, "rows": len(rows) - 1, "as": kind}, {})
    response = HttpResponse(written(rows), content_type=media)
    day = timezone.localdate()
    response["Content-Disposition"] = f'attachment; filename="zhili-{name}-{day:%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def paper(template: str, context: Mapping[str, Any], style: str, name: str) -> HttpResponse:
    """A sheet of paper. Raises Refused (503) where this server cannot print."""
    html = render_to_string(f"cross_border/print/{template}.html", {**context, "printed_at": timezone.now()})
    try:
        body = printing.print_page(html, [_style(style)])
    except printing.Busy as error:
        raise Refused("busy", gettext("打印的人多，请过一会儿再试"), 503) from error
    except (aside.Lacking, aside.Failed) as error:
        raise Refused("no_press", gettext("这台服务器现在不能制版，请联系管理员"), 503) from error
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def qr(text: str) -> SafeString:
    """The text as a QR code: an inline SVG."""
    out = io.BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=4,
        border=2,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 – drawn by segno from the text, holds none of it


@cache
def _style(name: str) -> str:
    folder = Path(__file__).parent.parent / "static/cross_border"
    return (folder / f"{name}.css").read_text(encoding="utf-8")
