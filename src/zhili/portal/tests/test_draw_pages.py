"""The pages of a draw: what a stranger reads before and after it, and what an auditor types in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.base.draw import Candidate
from zhili.core.cases.tests.city import SmallCity
from zhili.core.draws import announcing, checking, kinds, running, seeds, telling
from zhili.core.draws.kinds import Kind
from zhili.core.draws.models import Draw
from zhili.core.people.actors import CLOCK
from zhili.core.trail import sealing
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db(transaction=True)
LIST = [Candidate(f"2600000{n:04}", "330402000000" if n % 3 else "330411000000") for n in range(40)]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Candidate]:
    names = list(LIST)
    kind = Kind("test", "办结事项抽签重查", lambda _scope: names)
    monkeypatch.setitem(kinds._kinds, "test", kind)
    return names


def announced(with_numbers: bool = True, wait: float = 0.05, scope: str = "2026-10") -> Draw:
    at = timezone.now() + timedelta(seconds=wait)
    sources = [announcing.head_after(at)]
    if with_numbers:
        sources.append(announcing.numbers("福彩“3D”第2026307期", "中国福利彩票官方网站"))
    return announcing.announce("test", scope, "十月复查", LIST, 6, sources, at, CLOCK)


def head_comes(draw: Draw) -> None:
    while timezone.now() <= draw.draw_at:
        pass
    telling.write("something.else", CLOCK, timezone.now(), {})
    sealing.seal_all(head_every=timedelta(0))


def test_a_draw_announced_shows_its_list_and_that_nobody_knows_the_seed(
    small_city: SmallCity, listed: Any
) -> None:
    draw = announced(wait=3600)
    page = words_of(reader().get(f"/draw/{draw.pk}"))
    assert "40 个中抽 6 个" in page
    assert "谁也算不出结果" in page
    assert draw.digest in page
    assert "南湖区" in page
    assert "26000000039" in page
    assert "录入" not in page
    assert "2026-10" in words_of(reader().get("/draw"))


def test_an_auditor_types_the_number_and_everybody_sees_the_result(
    small_city: SmallCity, listed: Any
) -> None:
    draw = announced()
    auditor = reader(small_city.actor("city", "auditor"))
    later = announced(wait=3600, scope="2026-11")
    early = auditor.post(f"/draw/{later.pk}/number", {"source": 1, "numbers": "3 1 7", "said": "x"})
    assert early.status_code == 422
    head_comes(draw)
    wrong = auditor.post(f"/draw/{draw.pk}/number", {"source": 1, "numbers": "三一七", "said": "公告"})
    assert wrong.status_code == 422
    assert "三一七" in wrong.content.decode(), "what was typed stays"
    done = auditor.post(f"/draw/{draw.pk}/number", {"source": 1, "numbers": "3 1 7", "said": "第2026307期"})
    assert done.status_code == 302
    page = words_of(reader().get(f"/draw/{draw.pk}"))
    for one in Draw.objects.get(pk=draw.pk).outcome.drawn:
        assert one[:2] in page
    assert "1.3.7./" in page
    assert "第2026307期" in page
    again = auditor.post(f"/draw/{draw.pk}/number", {"source": 1, "numbers": "9", "said": "x"})
    assert again.status_code == 422


def test_only_an_auditor_may_type_a_number(small_city: SmallCity, listed: Any) -> None:
    draw = announced()
    head_comes(draw)
    for actor in (None, small_city.resident(), small_city.actor("city"), small_city.actor("A.grid")):
        answer = reader(actor).post(f"/draw/{draw.pk}/number", {"source": 1, "numbers": "1", "said": "x"})
        assert answer.status_code == 403
    assert not draw.values.filter(source=1).exists()


def test_the_file_holds_all_that_is_needed(small_city: SmallCity, listed: Any) -> None:
    draw = announced(with_numbers=False)
    head_comes(draw)
    running.run(draw)
    answer = reader().get(f"/draw/{draw.pk}.json")
    assert answer["Content-Type"].startswith("application/json")
    file = json.loads(answer.content)
    assert checking.faults(file) == []
    assert len(file["result"]) == 6


def test_a_void_draw_says_so_and_why(small_city: SmallCity, listed: list[Candidate]) -> None:
    draw = announced(with_numbers=False)
    head_comes(draw)
    listed.pop()
    running.run(draw)
    page = words_of(reader().get(f"/draw/{draw.pk}"))
    assert "这次抽签作废，没有结果" in page
    assert "种子公布后名单有变动" in page
    assert "作废" in words_of(reader().get("/draw"))


def test_a_draw_that_is_none_is_not_found(small_city: SmallCity) -> None:
    for path in ("/draw/999", "/draw/999.json", f"/draw/{10**30}", "/draw/x"):
        assert reader().get(path).status_code == 404
    assert reader().get("/draw?before=x").status_code == 200


@pytest.mark.browser
def test_a_readers_own_browser_draws_the_same(visits: Any, small_city: SmallCity, listed: Any) -> None:
    draw = announced()
    head_comes(draw)
    seeds.give(draw, 1, [11, 9, 101], "公告", CLOCK)
    running.run(draw)
    page = visits.of()
    page.goto(f"/draw/{draw.pk}")
    page.get_by_role("button", name="重新计算").click()
    page.wait_for_selector("[data-draw-holds]", state="attached")
    said = page.locator("[data-draw-says] li").all_text_contents()
    assert page.locator("[data-draw-holds]").get_attribute("data-draw-holds") == "true", said
    assert "✓ 重新抽出的结果完全相同" in said
    assert len(said) == 5


@pytest.mark.browser
def test_a_readers_own_browser_finds_a_forged_result(visits: Any, small_city: SmallCity, listed: Any) -> None:
    draw = announced(with_numbers=False)
    head_comes(draw)
    running.run(draw)
    file = telling.as_json(draw)
    file["result"] = list(reversed(file["result"]))
    page = visits.of()
    page.route("**/*.json", lambda route: route.fulfill(json=file))
    page.goto(f"/draw/{draw.pk}")
    page.get_by_role("button", name="重新计算").click()
    page.wait_for_selector("[data-draw-holds=false]", state="attached")
    said = page.locator("[data-draw-says] li").all_text_contents()
    assert "✗ 重新抽出的结果不相同" in said
    assert "✗ 结果记录不符" in said


@pytest.mark.browser
def test_without_scripts_the_page_says_how_to_check(visits: Any, small_city: SmallCity, listed: Any) -> None:
    draw = announced(with_numbers=False)
    head_comes(draw)
    running.run(draw)
    page = visits.of(java_script_enabled=False)
    page.goto(f"/draw/{draw.pk}")
    assert page.get_by_text("这台设备没有开启脚本").is_visible()
    assert not page.get_by_role("button", name="重新计算").is_visible()
