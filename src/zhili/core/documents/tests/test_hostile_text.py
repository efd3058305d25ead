"""Whatever is typed into a document is printed as text: no mark-up, no fetching, no crash, no endless work."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from zhili.core.documents import aside, letters, press, printing, sheets
from zhili.core.documents.demo import _short
from zhili.core.documents.sheets import Sheet

LONGEST_SECONDS = 60
pytestmark = pytest.mark.usefixtures("press")


def sheet(**given: Any) -> Sheet:
    text: dict[str, Any] = {
        "head": "南湖区综合行政执法局",
        "number": "南湖综执复〔2026〕1号",
        "title": "答复函",
        "to": "上报人",
        "body": "正文。",
        "enclosures": (),
        "signer": "南湖区综合行政执法局",
        "day": date(2026, 11, 22),
    }
    return Sheet(**{**text, **given})


def words(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_markup_is_printed_as_it_was_typed() -> None:
    nasty = '<script>alert(1)</script><img src="file:///etc/passwd"><b>粗</b> &amp; {{ sheet.head }} {% now "Y" %}'
    pdf = printing.print_sheet(
        sheet(body=nasty, title=nasty[:60], to=nasty[:30], enclosures=(nasty,), cc=nasty)
    ).pdf
    text = words(pdf)
    assert '<script>alert(1)</script><imgsrc="file:///etc/passwd"><b>粗</b>' in text
    assert "&amp;{{sheet.head}}" in text
    assert "root:" not in text


def test_nothing_is_fetched_from_disk_or_network() -> None:
    html = (
        '<!doctype html><html lang="zh"><head><title>x</title><link rel="stylesheet" href="http://127.0.0.1:1/a.css">'
        '<link rel="attachment" href="file:///etc/passwd"></head><body><img src="file:///etc/passwd" alt="x">'
        '<p style="background: url(data:image/png;base64,AAAA)">文</p></body></html>'
    )
    done = aside.run(
        printing.PRESS, {"html": html, "styles": ["@import url(file:///etc/passwd);"], "marks": []}, 30
    )
    assert done["pages"] == 1
    import base64

    reader = PdfReader(io.BytesIO(base64.b64decode(done["pdf"])))
    assert not reader.attachments
    for address in ("file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x"):
        with pytest.raises(ValueError, match="fetches nothing"):
            press.refusing({}).fetch(address)


def test_rare_characters_are_printed() -> None:
    text = words(printing.print_sheet(sheet(body="䶮、𠮷、𬭚、ä, £, ①、“引号”——破折号……", to="陈䶮")).pdf)
    assert "䶮、𠮷" in text
    assert "陈䶮" in text


@pytest.mark.slow
def test_a_hundred_pages_are_numbered_and_end_in_the_imprint() -> None:
    body = "\n".join(f"第{n}段。" + "城市管理工作情况说明" * 20 for n in range(1, 281))
    printed = printing.print_sheet(sheet(body=body), LONGEST_SECONDS)
    assert printed.pages >= 90
    assert printed.seal_at is not None
    assert printed.seal_at.page == printed.pages - 1
    last = PdfReader(io.BytesIO(printed.pdf)).pages[-1].extract_text()
    assert f"— {printed.pages} —" in last
    assert "印发" in last


def test_an_empty_or_endless_line_does_no_harm() -> None:
    assert printing.print_sheet(sheet(body="", title="", to="", signer="")).pages == 1
    assert (
        printing.print_sheet(sheet(body="a" * 3000, title="长" * 100, head="很长的机关名称" * 6)).pages >= 1
    )


def test_work_that_takes_too_long_is_ended() -> None:
    with pytest.raises(aside.Failed):
        printing.print_sheet(sheet(body="城" * 50_000), seconds=1)


def test_a_machine_without_the_libraries_says_which() -> None:
    """As where libpango is not installed: the exit code and words of the library reach the queue."""
    with pytest.raises(aside.Lacking, match="libpango"):
        aside.run("zhili.core.documents.tests.lacking", {}, 20)


def test_lines_of_a_title_are_about_equal() -> None:
    lines = sheet(title="关于建国路与中山路交叉口东南角人行道窨井盖破损问题的答复函").title_lines
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) <= 1


def test_headings_are_known_by_their_numbers() -> None:
    kinds = [
        kind
        for kind, _ in sheet(body="一、基本情况\n（二）处理经过\n一、这是一句完整的话。\n正文").paragraphs
    ]
    assert kinds == ["first", "second", "", ""]


def test_the_date_has_no_leading_zeros() -> None:
    assert sheets.said(date(2026, 1, 2)) == "2026年1月2日"


def test_a_template_that_could_not_be_filled_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown facts"):
        letters.Template("x", "书", heading="关于{name}", body="")
    with pytest.raises(ValueError, match="short word"):
        letters.Template("X Y", "书", heading="", body="")
    with pytest.raises(ValueError, match="four characters"):
        letters.Template("x", "书", heading="", body="", word="abc")


def test_demo_marks_are_short() -> None:
    assert [_short(name) for name in ("南湖区", "新兴街道", "海盐县", "嘉兴市")] == [
        "南湖",
        "新兴",
        "海盐",
        "嘉兴",
    ]
