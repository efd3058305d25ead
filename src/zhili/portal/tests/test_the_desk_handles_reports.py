"""An office's pages: what is due, what may be done, what changed meanwhile, who the person is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import hidden, reader, send, unfolded, words_of

PROCEDURE = "citizen_reports.report"


def opened(what: str = "路灯不亮", **more: object) -> Case:
    data = {"what": what, "place": INSIDE, **more}
    return Case.objects.get(pk=doors.open_case(PROCEDURE, "report", ANONYMOUS, data).case_id)


def counts(page: str) -> dict[str, int]:
    """The numbers on the tabs."""
    return {
        title: int(n)
        for title, n in re.findall(r"(待办|已超时|今天到期|三天内|以后|等对方回复) (\d+)", tabs_of(page))
    }


def tabs_of(page: str) -> str:
    """Up to the first group of the list, whose heading says its number again."""
    return page.split("等对方回复 ")[0] + "等对方回复 " + page.split("等对方回复 ")[1].split(" ")[0]


def rest_of_today() -> timedelta:
    now = timezone.localtime()
    return now.replace(hour=23, minute=59, second=59) - now


def listed(html: str) -> int:
    return html.count('class="row-title"')


def test_the_inbox_holds_what_the_office_owes_and_its_counts_agree(small_city: SmallCity) -> None:
    late, soon, far = opened("第一件"), opened("第二件"), opened("第三件")
    opened("别处的事", place=ELSEWHERE)
    now = timezone.now()
    for case, due in ((late, -timedelta(hours=3)), (soon, rest_of_today() / 2), (far, timedelta(days=5))):
        Case.objects.filter(pk=case.pk).update(due_at=now + due)
    client = reader(small_city.actor("A.grid"))
    page = client.get("/desk")
    assert counts(words_of(page)) == {
        "待办": 3,
        "已超时": 1,
        "今天到期": 1,
        "三天内": 0,
        "以后": 1,
        "等对方回复": 0,
    }
    html = page.content.decode()
    assert listed(html) == 3
    assert html.index("第一件") < html.index("第二件") < html.index("第三件")
    assert "别处的事" not in html
    assert listed(client.get("/desk?state=over").content.decode()) == 1
    assert listed(client.get("/desk?state=today").content.decode()) == 1


def test_filters_narrow_list_and_counts_alike(small_city: SmallCity) -> None:
    opened("路灯不亮")
    opened("垃圾成堆", category="201001")
    client = reader(small_city.actor("A.grid"))
    page = client.get("/desk", {"q": "垃圾"})
    assert counts(words_of(page))["待办"] == listed(page.content.decode()) == 1
    page = client.get("/desk", {"category": "201001"})
    assert "垃圾成堆" in words_of(page)
    assert listed(page.content.decode()) == 1
    assert "没有符合条件的事" in words_of(client.get("/desk", {"q": "找不到"}))


def test_pages_of_the_inbox_follow_each_other_without_gap(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhili.portal.inbox import paging

    monkeypatch.setattr(paging.page_of, "__defaults__", (2,))
    numbers = {opened(f"事{n}").number for n in range(5)}
    client = reader(small_city.actor("A.grid"))
    seen: list[str] = []
    address = "/desk"
    for _ in range(10):
        html = client.get(address).content.decode()
        seen += re.findall(r'class="row-title" href="/desk/c/(\d+)"', html)
        following = re.search(r'href="(\?[^"]*)" rel="next"', html)
        if following is None:
            break
        address = "/desk" + following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == numbers


def test_the_inbox_costs_few_queries(small_city: SmallCity) -> None:
    for n in range(30):
        opened(f"事{n}")
    client = reader(small_city.actor("A.grid"))
    client.get("/desk")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/desk")
    assert len(asked) <= 10, "\n".join(q["sql"][:120] for q in asked)


def test_an_action_is_taken_from_the_case_page(small_city: SmallCity) -> None:
    case = opened()
    client = reader(small_city.actor("A.grid"))
    page = f"/desk/c/{case.number}"
    assert "地点在" in words_of(client.get(page))
    answer = send(client, page, {"note": "去看看"}, f"{page}/act/accept")
    assert answer.status_code == 302
    shown = words_of(client.get(page))
    assert "办理中" in shown
    assert "去看看" in shown


def test_a_form_sent_without_its_reason_comes_back_with_the_fault(small_city: SmallCity) -> None:
    case = opened()
    client = reader(small_city.actor("A.grid"))
    page = f"/desk/c/{case.number}"
    answer = send(client, page, {"reason": ""}, f"{page}/act/pass_up")
    assert answer.status_code == 422
    assert "请填写“理由”" in words_of(answer)
    case.refresh_from_db()
    assert case.seq == 1


def test_a_stale_page_says_what_changed_and_keeps_what_was_typed(small_city: SmallCity) -> None:
    case = opened()
    grid = small_city.actor("A.grid")
    client = reader(grid)
    page = f"/desk/c/{case.number}"
    seen = hidden(unfolded(client, page, f"{page}/act/pass_up"), f"{page}/act/pass_up")
    doors.act(case.pk, "accept", grid, {})
    answer = client.post(f"{page}/act/pass_up", {**seen, "reason": "网格办不了，要动用吊车"})
    assert answer.status_code == 409
    shown = words_of(answer)
    assert "受理" in shown.split("您打开之后的变化")[1][:60]
    assert "网格办不了，要动用吊车" in answer.content.decode()
    again = client.post(
        f"{page}/act/pass_up",
        {**hidden(answer, f"{page}/act/pass_up"), "reason": "网格办不了，要动用吊车"},
    )
    assert again.status_code == 302


def test_found_and_fixed_takes_two_taps(small_city: SmallCity) -> None:
    client = reader(small_city.actor("A.grid"))
    page = client.get("/desk")
    html = page.content.decode()
    form = re.search(r'<form method="post" action="(/new/[^"]*)".*?</form>', html, re.S)
    assert form is not None
    button = re.search(r'<button[^>]*name="category" value="(\d+)"', form[0])
    assert button is not None
    answer = client.post(form[1], {**hidden(page, form[1]), "category": button[1]})
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.closed_at is not None
    assert case.cell_id == small_city.cells["A.grid"].pk


def test_a_name_is_masked_until_opened_and_the_opening_is_kept(small_city: SmallCity) -> None:
    case = opened(anonymous=False, name="张三丰", phone="13800138000")
    grid = small_city.actor("A.grid")
    low = words_of(reader(grid).get(f"/desk/c/{case.number}"))
    assert "张三丰" not in low
    doors.act(case.pk, "pass_up", grid, {"reason": "网格办不了"})
    doors.act(case.pk, "pass_up", small_city.actor("A.village"), {"reason": "村里也办不了"})
    client = reader(small_city.actor("A.town"))
    page = client.get(f"/desk/c/{case.number}")
    assert "13800138000" not in words_of(page)
    found = re.findall(rf'action="(/desk/c/{case.number}/personal/[^"]+)"', page.content.decode())
    assert found
    before = Access.objects.count()
    plain = "".join(words_of(client.post(address)) for address in found)
    assert "张三丰" in plain
    assert "13800138000" in plain
    assert Access.objects.count() == before + len(found)
    below = reader(grid).post(found[0])
    assert below.status_code in (403, 404)


def test_the_hotline_writes_down_a_call(small_city: SmallCity) -> None:
    client = reader(small_city.actor("hotline"))
    assert "热线代报" in words_of(client.get("/desk"))
    page = f"/new/{PROCEDURE}/on_behalf"
    data = {"what": "来电说桥面有坑", "place_address": "建设路1号", "name": "李四", "phone": "13900139000"}
    answer = send(client, page, {**data, "place_lon": "120.05", "place_lat": "30.05"})
    assert answer.status_code == 302, words_of(answer)
    assert Case.objects.get().channel == "hotline"


def test_the_desk_is_closed_to_residents_and_strangers(small_city: SmallCity) -> None:
    case = opened()
    for path in ("/desk", "/desk/search", f"/desk/c/{case.number}"):
        assert reader().get(path).status_code == 302
        assert reader(small_city.resident()).get(path).status_code == 403
    outside = reader(small_city.actor("B.grid"))
    assert outside.get(f"/desk/c/{case.number}").status_code == 404
    assert outside.post(f"/desk/c/{case.number}/act/accept", {}).status_code == 404


def test_a_number_typed_into_search_opens_the_case(small_city: SmallCity) -> None:
    case = opened()
    client = reader(small_city.actor("A.town"))
    spaced = f"{case.number[:2]} {case.number[2:6]} {case.number[6:10]} {case.number[10:]}"
    assert client.get("/desk/search", {"q": spaced})["Location"] == f"/desk/c/{case.number}"
    assert "路灯不亮" in words_of(client.get("/desk/search", {"q": "路灯"}))
    assert "没有找到" in words_of(reader(small_city.actor("B.town")).get("/desk/search", {"q": "路灯"}))
