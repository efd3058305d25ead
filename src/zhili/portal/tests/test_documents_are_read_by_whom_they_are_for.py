"""A document's pages: written on the desk, read by the reporter with account or code, a 404 for everybody else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from zhili.core.cases import doors
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents import aside, rendering, seal_keys
from zhili.core.documents.models import OutgoingDocument
from zhili.core.documents.tests.desk import TEXT, Desk, nearby, needs_press, queue
from zhili.core.notices.models import Notice
from zhili.core.notices.telling import Notices
from zhili.core.people import keys
from zhili.core.streams.testing import deliver
from zhili.portal.tests.pages_client import hidden, reader, words_of


@pytest.fixture
def desk(small_city: SmallCity, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    keys.forget()
    needs_press()
    monkeypatch.setattr(aside, "run", nearby)
    return Desk(small_city)


def sealed(desk: Desk, case: int) -> OutgoingDocument:
    seal_keys.make(desk.office, demo=True)
    document = desk.issued(case)
    queue()
    assert rendering.render_due() == 1
    return document


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_reporter_reads_and_downloads_it_and_nobody_else(desk: Desk) -> None:
    owner, other = desk.city.resident("甲"), desk.city.resident("乙")
    case = desk.case(owner)
    document = sealed(desk, case.case_id)
    Case.objects.filter(pk=case.case_id).update(public=True)
    number = Case.objects.get(pk=document.pk).number
    read, pdf = f"/c/{case.number}/documents/{number}", f"/c/{case.number}/documents/{number}.pdf"
    page = reader(owner).get(f"/c/{case.number}")
    assert document.number in words_of(page)
    assert pdf in page.content.decode()
    shown = reader(owner).get(read)
    assert "井盖边缘翘起约4厘米" in words_of(shown)
    got = reader(owner).get(pdf)
    assert got.status_code == 200
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert PdfReader(io.BytesIO(body(got))).pages
    for stranger in (None, other, desk.city.actor("B.grid"), desk.city.actor("B.town")):
        client = reader(stranger)
        assert client.get(read).status_code == 404
        assert client.get(pdf).status_code == 404
        assert TEXT["title"] not in client.get(f"/c/{case.number}").content.decode()
    elsewhere = desk.case(other)
    assert reader(other).get(f"/c/{elsewhere.number}/documents/{number}").status_code == 404


def test_the_code_of_an_anonymous_report_opens_its_documents(desk: Desk) -> None:
    case = desk.case()
    document = sealed(desk, case.case_id)
    number = Case.objects.get(pk=document.pk).number
    client = reader()
    assert client.get(f"/c/{case.number}/documents/{number}").status_code == 404
    shown = client.get(f"/c/{case.number}/documents/{number}?g={case.code}")
    assert document.number in words_of(shown)
    assert f"{number}.pdf?g=" in shown.content.decode()
    assert client.get(f"/c/{case.number}/documents/{number}.pdf?g={case.code}").status_code == 200


def test_a_draft_is_nobodys_but_the_offices(desk: Desk) -> None:
    owner = desk.city.resident("甲")
    case = desk.case(owner)
    document = desk.begin(case.case_id)
    desk.write(document)
    number = Case.objects.get(pk=document.pk).number
    assert "正式文书" not in words_of(reader(owner).get(f"/c/{case.number}"))
    for address in (f"/c/{case.number}/documents/{number}", f"/desk/c/{number}/document", f"/c/{number}"):
        assert reader(owner).get(address).status_code in (302, 403, 404), address
    desk.submit(document)
    desk.issue(document)
    waiting = reader(owner).get(f"/c/{case.number}/documents/{number}.pdf")
    assert waiting.status_code == 404
    assert "还在排版" in words_of(waiting)
    assert "PDF 正在制作" in words_of(reader(owner).get(f"/c/{case.number}"))


def test_it_is_written_previewed_and_sent_to_review_on_the_desk(desk: Desk) -> None:
    case = desk.case()
    document = desk.begin(case.case_id)
    number = Case.objects.get(pk=document.pk).number
    client = reader(desk.handler)
    page = f"/desk/c/{number}/document"
    assert page in client.get(f"/desk/c/{number}").content.decode()
    shown = client.get(page)
    assert "您好！您于" in words_of(shown)
    typed = {
        **TEXT,
        "body": "甲<b>乙</b>\n一、丙",
        "name": "",
        "enclosures": "",
        "cc": "",
        **hidden(shown, page),
    }
    fragment = client.post(f"{page}/preview", typed)
    assert "甲&lt;b&gt;乙&lt;/b&gt;" in fragment.content.decode()
    assert not Step.objects.filter(case_id=document.pk, action="revise").exists()
    assert client.post(page, {**typed, "_do": "save"}).status_code == 302
    again = {**typed, **hidden(client.get(page), page)}
    assert client.post(page, {**again, "_do": "submit"}).status_code == 302
    assert Step.objects.filter(case_id=document.pk, action="revise").count() == 1, "unchanged: no new version"
    assert Case.objects.get(pk=document.pk).stage == "reviewing"
    assert "待审签" in words_of(reader(desk.leader).get(f"/desk/c/{number}"))


def test_faults_of_a_text_are_shown_with_what_was_typed(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    page = f"/desk/c/{Case.objects.get(pk=document.pk).number}/document"
    client = reader(desk.handler)
    typed = {"title": "", "to": "上报人", "body": "写好的正文", **hidden(client.get(page), page)}
    answer = client.post(page, {**typed, "_do": "save"})
    assert answer.status_code == 422
    assert "请填写“标题”" in words_of(answer)
    assert "写好的正文" in answer.content.decode()
    unfinished = {**TEXT, "body": "根据【请填写：依据】", **hidden(client.get(page), page)}
    answer = client.post(page, {**unfinished, "_do": "submit"})
    assert answer.status_code == 409
    assert "没有写完" in words_of(answer)


def test_a_draft_prints_with_a_watermark(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document)
    got = reader(desk.handler).get(f"/desk/c/{Case.objects.get(pk=document.pk).number}/document.pdf")
    assert got.status_code == 200
    text = PdfReader(io.BytesIO(got.content)).pages[0].extract_text()
    assert "稿" in text
    assert "签发时编号" in text
    assert got["Cache-Control"] == "no-store"


def test_the_reporter_is_told_of_an_issue_and_of_a_revocation(desk: Desk) -> None:
    owner = desk.city.resident("甲")
    case = desk.case(owner)
    document = desk.issued(case.case_id)
    doors.act(document.pk, "void", desk.leader, {"reason": "依据有误"})
    deliver(Notices())
    told = Notice.objects.filter(account_id=owner.account_id, case_id=case.case_id)
    assert told.filter(body__contains="有一份正式文书已签发").count() == 1
    assert told.filter(body__contains="已作废").count() == 1
    shown = reader(owner).get(f"/c/{case.number}/documents/{Case.objects.get(pk=document.pk).number}")
    assert "请不要再使用" in words_of(shown)


def test_anybody_may_ask_whether_a_pdf_is_whole(desk: Desk) -> None:
    case = desk.case()
    document = sealed(desk, case.case_id)
    number = Case.objects.get(pk=document.pk).number
    pdf = body(reader().get(f"/c/{case.number}/documents/{number}.pdf?g={case.code}"))
    client = reader()
    good = client.post("/verify", {"file": SimpleUploadedFile("x.pdf", pdf)})
    assert "有效" in words_of(good)
    assert document.number in words_of(good)
    assert "演示印章，不具法律效力" in words_of(good)
    bad = bytearray(pdf)
    bad[len(bad) // 2] ^= 1
    assert "已被改动" in words_of(client.post("/verify", {"file": SimpleUploadedFile("x.pdf", bytes(bad))}))
    assert client.post("/verify").status_code == 422
