"""Whoever looks gets a marked copy; the original only where the link says so; nothing is kept in between."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.documents import aside
from zhili.core.files.intake import store
from zhili.core.files.tests.samples import picture
from zhili.scenarios.evidence.sharing import watermark
from zhili.scenarios.evidence.sharing.tests.sharing import give, opened
from zhili.scenarios.evidence.tests.keeping import Keeping

LINES = ("仅供嘉城市人民检察院查看", "2026-11-22 19:20 · 链接 12-3-1")


def body(answer: object) -> bytes:
    return b"".join(answer) if getattr(answer, "streaming", False) else answer.content  # type: ignore[attr-defined,no-any-return,call-overload]


def a_pdf() -> bytes:
    """Drawn in a process of its own, as the site does: drawing makes Pillow lenient for good."""
    html = "<h1>鉴定意见</h1>" + "<p>一段文字</p>" * 60
    job = {"html": html, "styles": ["@page { size: A4 landscape }"], "marks": [], "tagged": False}
    return base64.b64decode(aside.run("zhili.core.documents.press", job, 60)["pdf"])


@pytest.mark.parametrize("ground", ["white", "black", (120, 140, 90)])
def test_the_mark_shows_on_any_ground(ground: str) -> None:
    plain = Image.new("RGB", (900, 600), ground)
    source = BytesIO()
    plain.save(source, "PNG")
    source.seek(0)
    marked = np.asarray(Image.open(BytesIO(watermark.on_picture(source, LINES))).convert("L"), dtype=int)
    before = np.asarray(plain.convert("L"), dtype=int)
    differs = np.abs(marked - before) > 30
    assert 0.02 < differs.mean() < 0.4
    for part in (differs[:300, :450], differs[:300, 450:], differs[300:, :450], differs[300:, 450:]):
        assert part.mean() > 0.01, "a quarter of the picture bears no mark"


def test_every_page_of_a_pdf_bears_the_lines() -> None:
    pages = PdfReader(BytesIO(watermark.on_pdf(a_pdf(), LINES))).pages
    assert len(pages) > 1
    for page in pages:
        text = page.extract_text()
        assert all(line in text for line in LINES)
        assert "一段文字" in text


def test_a_pdf_that_cannot_be_read_is_refused_and_not_handed_out() -> None:
    with pytest.raises(watermark.NotMarked):
        watermark.on_pdf(b"%PDF-1.4 nothing else", LINES)


@pytest.mark.django_db
def test_a_link_for_looking_gives_a_marked_copy_and_never_the_original(keeping: Keeping) -> None:
    case = keeping.take_in_file(picture(size=(800, 600)))
    share = give(keeping, case)
    browser, _page = opened(share)
    copy = browser.get(f"/share/{share.pk}/f/{share.files[0]}")
    assert (copy.status_code, copy["Content-Type"]) == (200, "image/jpeg")
    assert (copy["Cache-Control"], copy["Referrer-Policy"]) == ("no-store", "no-referrer")
    shown = np.asarray(Image.open(BytesIO(body(copy))).convert("RGB"), dtype=int)
    before = np.asarray(Image.open(BytesIO(picture(size=(800, 600)))).convert("RGB"), dtype=int)
    assert (np.abs(shown - before).max(axis=2) > 40).mean() > 0.02
    assert browser.get(f"/share/{share.pk}/o/{share.files[0]}").status_code == 403


@pytest.mark.django_db
def test_a_link_for_downloading_gives_the_very_bytes_too(keeping: Keeping) -> None:
    content = picture(size=(320, 200))
    share = give(keeping, keeping.take_in_file(content), way="download", watermark=True)
    browser, page = opened(share)
    answer = browser.get(f"/share/{share.pk}/o/{share.files[0]}")
    assert body(answer) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert share.watermark
    assert "SHA-256" in page.content.decode()


@pytest.mark.django_db
def test_a_file_that_was_not_chosen_is_not_given(keeping: Keeping) -> None:
    case = keeping.take_in(photos=[keeping.photo(), keeping.photo()])
    share = give(keeping, case)
    share.files, hidden = share.files[:1], share.files[1]
    share.save()
    browser, _page = opened(share)
    assert browser.get(f"/share/{share.pk}/f/{hidden}").status_code == 404


@pytest.mark.django_db
def test_another_items_file_cannot_be_put_into_a_link(keeping: Keeping) -> None:
    mine, other = keeping.take_in_file(), keeping.take_in_file(picture(size=(50, 50)))
    theirs = give(keeping, other).files
    with pytest.raises(Refused, match="不属于这件物证"):
        give(keeping, mine, shown=[str(one) for one in theirs])


@pytest.mark.django_db
def test_a_recording_is_not_for_looking_only(keeping: Keeping) -> None:
    from zhili.core.files.tests.samples import mp4

    kept = store(BytesIO(mp4()), "录像.mp4", keeping.custodian)
    case = keeping.take_in(photos=[f"{kept.id}:{kept.token}"])
    with pytest.raises(Refused, match="不能加水印"):
        give(keeping, case)
    assert give(keeping, case, way="download").download


@pytest.mark.django_db
def test_only_a_post_of_the_keeping_office_gives_links(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    data = {"receiver": "other", "name": "某单位", "purpose": "看", "custody": True, "way": "view"}
    with pytest.raises(Refused):
        doors.act(case.pk, "share", keeping.other, {**data, "views": 1, "days": 1})


@pytest.mark.django_db
def test_a_link_lasts_no_longer_than_the_city_allows(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    with pytest.raises(Refused, match="最长有效"):
        give(keeping, case, days=91)
