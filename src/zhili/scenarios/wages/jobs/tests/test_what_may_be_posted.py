"""Who posts what: below the minimum, dishonest, past, of another's project; how a posting is held, taken down, ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.forms import FormErrors
from zhili.core.notices.models import Notice
from zhili.core.people import phones
from zhili.core.people.actors import of_account
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages.jobs import honesty
from zhili.scenarios.wages.jobs.tests.conftest import JobBoard, day
from zhili.scenarios.wages.models import Seat, Vacancy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("work", "part"),
    [
        ("入场先交押金 500 元", "fee"),
        ("上岗收取身份证统一保管", "fee"),
        ("年龄 18 到 45", "age"),
        ("50周岁以下", "age"),
        ("只招男", "sex"),
        ("女性优先", "sex"),
        ("本地人优先", "origin"),
        ("限汉族", "origin"),
        ("已婚", "body"),
    ],
)
def test_words_that_ask_what_may_not_be_asked_are_found(work: str, part: str) -> None:
    assert part in {found for found, _words in honesty.found(work)}


@pytest.mark.parametrize(
    "work", ["不收押金，不收任何费用", "男女不限，不限年龄", "带身份证原件登记", "工龄三年以上"]
)
def test_a_promise_of_the_opposite_is_no_such_word(work: str) -> None:
    assert honesty.found(work) == []


def test_a_course_may_cost_something_but_asks_for_no_sex() -> None:
    assert honesty.told(["培训费 200 元"], course=True) == ""
    assert honesty.told(["培训费 200 元"])
    assert "男" in honesty.told(["只招男学员"], course=True)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("pay_from", {"pay": "month", "pay_from": "2489", "pay_to": "6000"}),
        ("pay_to", {"pay_from": "400", "pay_to": "300"}),
        ("pay_from", {"pay_from": "0"}),
        ("pay_from", {"pay_from": "300.555"}),
        ("wanted", {"wanted": 0}),
        ("wanted", {"wanted": 501}),
        ("trade", {"trade": "astronaut"}),
        ("pay", {"pay": "hour"}),
        ("closes", {"closes": "2026-02-30"}),
        ("work", {"work": "要交押金"}),
        ("work", {"work": "好活", "contact": "只招男 王工"}),
        ("contact", {"contact": ""}),
        ("work", {"work": ""}),
    ],
)
def test_a_vacancy_that_does_not_hold_is_refused_at_its_field(
    board: JobBoard, field: str, more: dict[str, Any]
) -> None:
    with pytest.raises(FormErrors) as refused:
        board.post(**more)
    assert list(refused.value.errors) == [field]
    assert Vacancy.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("bad_day", {"closes": day(-1)}),
        ("bad_day", {"closes": day(181)}),
        ("no_project", {"project": "330402202601010001"}),
        ("no_project", {"project": "x"}),
        ("no_seat", {"firm": 9_007_199_254_740_991}),
    ],
)
def test_a_vacancy_of_no_project_or_no_day_is_refused(
    board: JobBoard, code: str, more: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as refused:
        board.post(**more)
    assert (refused.value.code, Vacancy.objects.count()) == (code, 0)


def test_only_who_speaks_for_a_firm_on_the_project_posts_for_it(board: JobBoard) -> None:
    for actor, more in (
        (of_account(phones.new_resident()), {}),
        (board.leader, {}),
        (board.clerk, {"firm": board.firms[1].pk}),
    ):
        with pytest.raises(Refused) as refused:
            board.post(actor, **more)
        assert refused.value.code == "no_seat"
    with pytest.raises(Refused):
        board.post(board.office)
    doors.act(board.case, "complete", board.officer, {"on": day(0)})
    with pytest.raises(Refused) as over:
        board.post()
    assert over.value.code == "no_project"


def test_a_vacancy_stands_in_fen_before_the_office_of_its_project_and_not_in_its_inbox(
    board: JobBoard,
) -> None:
    case = board.post()
    one = Vacancy.objects.get(pk=case.pk)
    assert (one.from_fen, one.to_fen, case.stage, case.party) == (30000, 35050, "open", "poster")
    assert case.office_id == board.project.case.office_id is not None
    assert (one.division_id, case.public) == (board.project.division_id, False)


def test_what_seems_dishonest_waits_for_the_office_with_nothing_lost(board: JobBoard) -> None:
    page, clerk = "/desk/wages/jobs/new/vacancy", reader(board.clerk)
    typed = {**board.told(work="服装费 100 元从工资里扣"), "board": "on", "_for": ""}
    del typed["project"], typed["firm"]
    first = clerk.post(page, typed)
    assert first.status_code == 422
    assert "服装费" in first.content.decode()
    assert "请劳动保障部门看过再发布" in first.content.decode()
    assert Vacancy.objects.count() == 0
    sent = clerk.post(page, {**typed, "look": "on"})
    assert sent.status_code == 302
    case = Case.objects.get(procedure="wages.vacancy")
    assert (case.stage, case.party) == ("checking", "")
    public = Client()
    assert public.get(f"/wages/jobs/{case.number}").status_code == 404
    assert case.number not in public.get("/wages/jobs").content.decode()
    with pytest.raises(Refused):
        doors.act(case.pk, "edit", board.clerk, {**_changed(board)})
    with pytest.raises(FormErrors):
        doors.act(case.pk, "decline", board.office, {"reason": ""})
    doors.act(case.pk, "release", board.office, {"note": ""})
    assert public.get(f"/wages/jobs/{case.number}").status_code == 200
    board.follow()
    assert Notice.objects.filter(case_id=case.pk, account_id=board.clerk.account_id).exists()


def test_a_look_asked_for_needlessly_holds_nothing(board: JobBoard) -> None:
    typed = {**board.told(), "board": "on", "look": "on"}
    del typed["project"], typed["firm"]
    assert reader(board.clerk).post("/desk/wages/jobs/new/vacancy", typed).status_code == 302
    assert Case.objects.get(procedure="wages.vacancy").stage == "open"


def test_it_is_edited_under_the_same_rules(board: JobBoard) -> None:
    case = board.post()
    page, clerk = f"/desk/wages/jobs/{case.number}/edit", reader(board.clerk)
    assert "300.00" in clerk.get(page).content.decode()
    assert clerk.post(page, {**_changed(board), "work": "报名费 50"}).status_code == 422
    assert clerk.post(page, {**_changed(board), "pay": "month", "pay_from": "100"}).status_code == 422
    assert clerk.post(page, {**_changed(board), "closes": day(30), "wanted": "5"}).status_code == 302
    one = Vacancy.objects.get(pk=case.pk)
    assert (one.wanted, one.closes.isoformat()) == (5, day(30))
    case.refresh_from_db()
    assert case.due_at is not None
    assert timezone.localdate(case.due_at) >= one.closes
    assert clerk.post(page, {**_changed(board), "work": "报名费 50", "look": "on"}).status_code == 302
    case.refresh_from_db()
    assert case.stage == "checking"


def _changed(board: JobBoard) -> dict[str, Any]:
    told = board.told()
    return {
        name: value for name, value in told.items() if name not in ("project", "firm", "board", "lodging")
    }


def test_an_office_takes_it_down_with_a_reason_the_poster_reads(board: JobBoard) -> None:
    case = board.post()
    with pytest.raises(Refused):
        doors.act(case.pk, "take_down", board.clerk, {"reason": "x"})
    doors.act(case.pk, "take_down", board.office, {"reason": "有人反映收了钱"})
    assert "有人反映收了钱" in reader(board.clerk).get(f"/desk/wages/jobs/{case.number}").content.decode()
    shown = Client().get(f"/wages/jobs/{case.number}").content.decode()
    assert "已经截止" in shown
    assert "送出应聘" not in shown


def test_whoever_left_the_project_speaks_for_it_no_more(board: JobBoard) -> None:
    case = board.post()
    Seat.objects.filter(account_id=board.clerk.account_id).update(until=timezone.now())
    with pytest.raises(Refused) as refused:
        doors.act(case.pk, "close", board.clerk, {"reason": "不招了"})
    assert refused.value.code == "no_seat"
    assert reader(board.clerk).get(f"/desk/wages/jobs/{case.number}").status_code == 404


def test_it_ends_by_itself_on_its_day(board: JobBoard) -> None:
    case, taught = board.post(), board.announce()
    while sweeping.sweep(now=timezone.now() + timedelta(days=9)):
        pass
    case.refresh_from_db()
    assert case.stage == "open"
    while sweeping.sweep(now=timezone.now() + timedelta(days=26)):
        pass
    stages = set(Case.objects.filter(pk__in=[case.pk, taught.pk]).values_list("stage", flat=True))
    assert stages == {"lapsed", "teaching"}


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("ends", {"ends": day(19)}),
        ("closes", {"closes": day(21)}),
        ("places", {"places": 0}),
        ("fee", {"fee": "-1"}),
        ("subject", {"subject": ""}),
    ],
)
def test_a_course_that_does_not_hold_is_refused_at_its_field(
    board: JobBoard, field: str, more: dict[str, Any]
) -> None:
    with pytest.raises(FormErrors) as refused:
        board.announce(**more)
    assert list(refused.value.errors) == [field]


def test_a_firm_announces_a_course_on_its_project_and_nobody_else(board: JobBoard) -> None:
    own = {"project": board.project.case.number, "firm": board.firms[2].pk}
    made = doors.open_case("wages.course", "announce", board.clerk, {**board.taught(), **own})
    assert Case.objects.get(pk=made.case_id).stage == "open"
    stranger = of_account(phones.new_resident())
    for given in ({}, own):
        with pytest.raises(Refused):
            doors.open_case("wages.course", "announce", stranger, {**board.taught(), **given})
