"""The sheet and the slip as PDF: what a reader finds in them, and who gets none."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from zhili.core.people import phones
from zhili.core.people.actors import of_account
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import who
from zhili.scenarios.wages.money import checking, signing
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import draft, line, paid_site

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    """All that stands in a PDF, without the gaps the lines make."""
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(response.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_the_sheet_and_the_slip_say_what_was_signed_and_name_nobody(paid_site: Site) -> None:
    site = paid_site
    sheet = draft(site)
    checking.check(site.officer, sheet, sheet.digest)
    mine = line(sheet, site.one)
    mark = signing.sign(site.clerk, mine, mine.digest, "pad")
    paper = text(reader(site.officer).get(f"/desk/wages/sheets/{sheet.pk}.pdf"))
    for there in (
        site.project.case.number,
        "木工班",
        site.one.worker.code,
        sheet.digest,
        mine.digest,
        "第三十一条",
    ):
        assert there in paper
    assert f"{mine.net_fen / 100:,.2f}" in paper
    assert paper.count("没有签字") == 1
    assert "李小木" not in paper
    assert "李**" in paper
    assert "6222020000000000001" not in paper
    slip = text(reader(site.clerk).get(f"/desk/wages/lines/{mine.pk}.pdf"))
    assert bytes(Leaf.objects.get(pk=mark.leaf_id).hash).hex() in slip
    assert "第十五条" in slip
    code = who.link(site.project, site.one.worker)
    own = Client()
    assert mine.digest in text(own.get(f"/wages/pay/{code}?slip={mine.pk}"))
    assert own.get(f"/wages/pay/{code}?slip={line(sheet, site.two).pk}").status_code == 404
    assert own.get(f"/wages/pay/{code}?slip=x").status_code == 404
    stranger = reader(of_account(phones.new_resident()))
    for page in (f"/desk/wages/sheets/{sheet.pk}.pdf", f"/desk/wages/lines/{mine.pk}.pdf"):
        assert stranger.get(page).status_code == 404
