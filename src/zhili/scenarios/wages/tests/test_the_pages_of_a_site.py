"""A day through the pages: the leader writes it, a worker by link and one on the pad, the firm; and who is kept out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.people import phones
from zhili.core.people.actors import of_account
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import asked, contracts, days, sitecode, who
from zhili.scenarios.wages.models import Confirmation, DayLine, Tap
from zhili.scenarios.wages.tests.conftest import Site, number

pytestmark = pytest.mark.django_db


def _text(response: Any) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_a_day_is_written_and_confirmed_by_three_hands(site: Site) -> None:
    by_link, by_pad = site.join("李小木", 2), site.join("周来福", 3)
    code = who.link(site.project, by_link.worker)
    day = site.day().isoformat()
    page = f"/desk/wages/crews/{site.crew.pk}/{day}"
    foreman, clerk = reader(site.leader), reader(site.clerk)
    typed = {"do": "write", f"days_{by_link.engagement.pk}": "1", f"days_{by_pad.engagement.pk}": "0.5"}
    assert foreman.post(page, typed | {f"over_{by_pad.engagement.pk}": "x"}).status_code == 422
    assert foreman.post(page, typed).status_code == 302
    lines = {one.engagement_id: one for one in DayLine.objects.all()}
    pad = lines[by_pad.engagement.pk]
    assert (pad.tenths, set(Confirmation.objects.values_list("role", flat=True))) == (5, {"leader"})
    wrong = clerk.post(page, {"do": "pad", f"pin_{pad.pk}": "000000" if by_pad.pin != "000000" else "1"})
    assert (wrong.status_code, by_pad.worker.code in _text(wrong)) == (422, True)
    assert clerk.post(page, {"do": "pad", f"pin_{pad.pk}": by_pad.pin}).status_code == 302
    stranger = Client()
    me = stranger.get(f"/wages/me/{code}")
    assert (me.status_code, me["Cache-Control"], "李**" in _text(me)) == (200, "no-store", True)
    line = lines[by_link.engagement.pk]
    said = {"line": line.pk, "verdict": "dispute", "said": "还加了班"}
    assert stranger.post(f"/wages/me/{code}", {**said, "line": pad.pk}).status_code == 409  # another's day
    assert stranger.post(f"/wages/me/{code}", said).status_code == 302
    assert clerk.post(page, {"do": "firm"}).status_code == 302
    assert [one.engagement_id for one in days.confirmed(site.project, site.day())] == [pad.engagement_id]
    shown = _text(clerk.get(page))
    assert "还加了班" in shown
    assert "不同意 1" in _text(clerk.get(f"/desk/wages/{site.project.case.number}"))
    assert stranger.post(f"/wages/me/{code}", {"line": line.pk, "verdict": "agree"}).status_code == 302
    assert len(list(days.confirmed(site.project, site.day()))) == 2


def test_who_has_no_part_in_a_project_sees_and_does_nothing_there(site: Site) -> None:
    one = site.join("李小木", 2)
    sheet = site.sheet(one.engagement)
    case, day = site.project.case.number, sheet.date.isoformat()
    other = reader(of_account(phones.new_resident()))
    desk = (f"/{case}", f"/crews/{site.crew.pk}", f"/contracts/{one.engagement.pk}")
    mine = (f"/wages/{case}/screen", "/wages/me", "/wages/me/AAAA-BBBB-CCCC-DDDD")
    for path in (*(f"/desk/wages{part}" for part in desk), *mine):
        assert other.get(path).status_code == 404, path
    assert Client().get(f"/desk/wages/{case}").status_code == 302
    office = reader(site.office)
    assert office.get(f"/desk/wages/crews/{site.crew.pk}/{day}").status_code == 200
    assert office.post(f"/desk/wages/crews/{site.crew.pk}/{day}", {"do": "firm"}).status_code == 403
    assert (
        reader(site.leader).post(f"/desk/wages/crews/{site.crew.pk}/{day}", {"do": "firm"}).status_code == 403
    )
    assert Confirmation.objects.count() == 0


def test_a_board_says_what_article_34_orders_and_a_phone_that_knows_its_worker_taps(site: Site) -> None:
    one = site.join("李小木", 2)
    case = site.project.case.number
    board = _text(Client().get(f"/wages/{case}"))
    for what in ("南湖城投", "大工建设", "小工劳务", "二期项目部", "住房和城乡建设局", "钱一鸣", "138 0013 8000",
                 "2490", "15 日", "0573-82710000", "12333", "12348"):  # fmt: skip
        assert what in board, what
    assert "33001638747053000001" not in board
    phone = Client()
    assert "还不知道您是谁" in _text(phone.get(f"/wages/{case}/tap"))
    phone.get(f"/wages/me/{who.link(site.project, one.worker)}")
    code = sitecode.code(site.project, timezone.now())
    shown = reader(site.officer).get(f"/wages/{case}/screen").content.decode()
    assert re.search(r"\d{3} \d{3}", shown)
    wrong = {"way": "in", "code": "000000" if code != "000000" else "1"}
    assert phone.post(f"/wages/{case}/tap", wrong).status_code == 422
    sent = {"way": "in", "code": code, "_key": "k1", "inside": "inside"}
    assert [phone.post(f"/wages/{case}/tap", sent).status_code for _n in range(2)] == [302, 302]
    kept = Tap.objects.get()
    assert (kept.inside, kept.code_ok, kept.source) == (True, True, "phone")


def test_a_crew_is_made_a_worker_registered_and_a_contract_signed_through_the_pages(site: Site) -> None:
    case = site.project.case.number
    officer, clerk = reader(site.officer), reader(site.clerk)
    crew = officer.post(
        f"/desk/wages/{case}/crews", {"firm": site.firms[2].code, "name": "钢筋班"}, follow=True
    )
    assert "钢筋班" in _text(crew)
    phone = {"kind": "clerk", "firm": site.firms[2].code, "phone": "13912345678"}
    assert "已指定" in _text(officer.post(f"/desk/wages/{case}/appoint", phone, follow=True))
    assert clerk.post(f"/desk/wages/{case}/appoint", phone).status_code == 403
    made = site.project.crews.get(name="钢筋班")
    page = f"/desk/wages/crews/{made.pk}"
    typed = {"name": "王铁柱", "citizen_id": number("33040219800101077"), "pay": "day", "rate": "350.5",
             "starts": site.day().isoformat()}  # fmt: skip
    wrong = clerk.post(page, typed | {"rate": "3,5x"})
    assert (wrong.status_code, "两位小数" in _text(wrong)) == (422, True)
    slip = clerk.post(page, typed).content.decode()
    (link,) = re.findall(r"(/wages/me/[0-9A-Z-]+)<", slip)
    one = made.engagements.get()
    assert one.rate_fen == 35050
    contract = f"/desk/wages/contracts/{one.pk}"
    drafted = {"do": "draft", "work": "钢筋绑扎", "hours": "每天 8 小时", "pay": "day", "rate": "350.50"}
    assert clerk.post(contract, drafted).status_code == 302
    assert clerk.post(contract, {"do": "firm", "version": "1"}).status_code == 302
    assert clerk.post(contract, {"do": "leader", "version": "1"}).status_code == 403
    assert Client().post(f"{link}/contract/{one.pk}", {"version": "1"}).status_code == 302
    whole = asked.engagement_with_all(one.pk)
    assert whole is not None
    version = contracts.latest(whole)
    assert version is not None
    assert contracts.standing(version).signed == ("firm", "worker")
    assert "王铁柱" not in str(version.terms)
