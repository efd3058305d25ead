"""One answer for each person and posting; answered, full, withdrawn, waiting; names opened, taken along, destroyed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors, sweeping
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.forms import FormErrors
from zhili.core.notices.models import Notice
from zhili.core.people import grants, phones, secrets
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.models import Secret
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages.jobs import forgetting
from zhili.scenarios.wages.jobs.tests.conftest import JobBoard
from zhili.scenarios.wages.models import Reply, Vacancy, Worker

pytestmark = pytest.mark.django_db


def stage(opened: object) -> str:
    return Case.objects.values_list("stage", flat=True).get(pk=opened.case_id)  # type: ignore[attr-defined]


def holder(code: str | None) -> Actor:
    found = grants.resolve(code or "")
    assert found is not None
    return found


def test_a_person_answers_a_posting_once_however_the_number_is_written(board: JobBoard) -> None:
    case, other = board.post(), board.post()
    board.apply(case)
    for phone in ("13900000001", "+86 139 0000 0001"):
        with pytest.raises(Refused) as refused:
            board.apply(case, phone)
        assert refused.value.code == "again"
    board.apply(other)
    me = of_account(phones.new_resident())
    board.apply(case, "13900000002", me)
    with pytest.raises(Refused):
        board.apply(case, "13900000003", me)
    assert Reply.objects.count() == 3


@pytest.mark.parametrize(
    "more",
    [{"phone": "123"}, {"phone": ""}, {"name": "123"}, {"name": ""}, {"note": "x" * 301}, {"age": "20"}],
)
def test_an_application_that_does_not_hold_is_refused(board: JobBoard, more: dict[str, str]) -> None:
    case = board.post()
    data = {"posting": case.number, "name": "周来福", "phone": "13900000001", **more}
    with pytest.raises(FormErrors):
        doors.open_case("wages.application", "apply", ANONYMOUS, data)


def test_a_posting_that_is_over_or_none_refuses_clearly(board: JobBoard) -> None:
    case = board.post()
    doors.act(case.pk, "close", board.clerk, {"reason": "不招了"})
    with pytest.raises(Refused) as over:
        board.apply(case)
    assert (over.value.code, over.value.status) == ("over", 409)
    late = board.post()
    Vacancy.objects.filter(pk=late.pk).update(closes=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refused) as past:
        board.apply(late)
    assert past.value.code == "over"
    for number in (board.project.case.number, "x", board.announce().number):
        late.number = number
        with pytest.raises(Refused) as none:
            board.apply(late)
        assert none.value.status == 404


def test_no_name_no_telephone_and_no_words_stand_in_the_step(board: JobBoard) -> None:
    opened = board.apply(board.post())
    first = Case.objects.get(pk=opened.case_id).steps.get(seq=1)
    assert "周来福" not in str(first.data)
    assert "13900000001" not in str(first.data)
    assert "做过八年" not in str(first.data)
    assert set(CaseSecret.objects.filter(case_id=opened.case_id).values_list("field", flat=True)) == {
        "name", "phone", "note",
    }  # fmt: skip


def test_no_office_sees_who_applies_to_a_firm(board: JobBoard) -> None:
    opened = board.apply(board.post())
    case = Case.objects.get(pk=opened.case_id)
    assert (case.office_id, case.confidential) == (None, True)
    for actor in (board.office, board.city.actor("A", "leader"), board.city.actor("city", "leader")):
        assert reader(actor).get(f"/desk/c/{case.number}").status_code == 404


def test_the_firm_opens_a_name_only_with_a_purpose_and_it_is_kept(board: JobBoard) -> None:
    case = board.post()
    opened = board.apply(case)
    page, clerk = f"/desk/wages/jobs/{case.number}", reader(board.clerk)
    shown = clerk.get(page).content.decode()
    assert "周来福" not in shown
    assert "13900000001" not in shown
    assert "周**" in shown
    before = Access.objects.count()
    asked = {"do": "open", "reply": opened.number}
    assert clerk.post(page, {**asked, "purpose": " "}).status_code == 422
    assert Access.objects.count() == before
    told = clerk.post(page, {**asked, "purpose": "联系本人面谈"})
    assert "周来福" in told.content.decode()
    assert told["Cache-Control"] == "no-store"
    assert Access.objects.count() > before
    assert clerk.post(page, {"do": "open", "reply": case.number, "purpose": "看看"}).status_code == 409
    for other in (board.officer, of_account(phones.new_resident()), board.office):
        assert reader(other).get(page).status_code == 404
        assert reader(other).post(page, asked).status_code == 404


def test_a_formula_for_a_name_stays_text_in_the_list_taken_along(board: JobBoard) -> None:
    case = board.post()
    board.apply(case, name='=HYPERLINK("http://x")甲')
    page, clerk = f"/desk/wages/jobs/{case.number}/names.csv", reader(board.clerk)
    assert clerk.get(page).status_code == 405
    assert clerk.post(page, {"purpose": ""}).status_code == 422
    text = clerk.post(page, {"purpose": "面谈名单"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert "13900000001" in text


def test_each_answer_reaches_its_person_by_link_and_by_account(board: JobBoard) -> None:
    case = board.post()
    me = of_account(phones.new_resident())
    guest, mine = board.apply(case), board.apply(case, "13900000002", me)
    clerk = reader(board.clerk)
    page = f"/desk/wages/jobs/{case.number}"

    def answer(reply: str, what: str, words: str = "") -> int:
        return clerk.post(page, {"do": what, "reply": reply, "words": words}).status_code

    assert answer(guest.number, "decline") == 422  # a reason is due
    assert answer(guest.number, "fire") == 422
    assert answer(guest.number, "invite", "周一 9 点，南门，找王工") == 302
    assert answer(mine.number, "decline", "这一批只要会看图纸的") == 302
    assert answer(mine.number, "accept") == 409
    link = f"/wages/jobs/answer/{guest.number}?g={guest.code}"
    told = Client().get(link)
    assert "周一 9 点" in told.content.decode()
    assert told["Cache-Control"] == "no-store"
    assert "会看图纸" in reader(me).get(f"/wages/jobs/answer/{mine.number}").content.decode()
    for other in (Client(), reader(me), clerk):
        assert other.get(f"/wages/jobs/answer/{guest.number}").status_code == 404
    board.follow()
    assert Notice.objects.filter(case_id=mine.case_id, account_id=me.account_id).exists()
    Worker.objects.filter(pk=board.leader_row.pk).update(account_id=me.account_id)
    assert f"/wages/jobs/answer/{mine.number}" in reader(me).get("/wages/me").content.decode()


def test_full_closes_by_itself_and_tells_the_rest(board: JobBoard) -> None:
    case = board.post(wanted=1)
    one, two = board.apply(case), board.apply(case, "13900000002")
    doors.act(one.case_id, "accept", board.clerk, {"note": "周一来"})
    with pytest.raises(Refused) as full:
        board.apply(case, "13900000003")
    assert full.value.code == "full"
    with pytest.raises(Refused):
        doors.act(two.case_id, "accept", board.clerk, {"note": ""})
    board.follow()
    board.follow()
    case.refresh_from_db()
    assert (case.stage, stage(two)) == ("filled", "taken")


def test_an_answer_that_never_comes_ends_by_the_clock(board: JobBoard) -> None:
    opened = board.apply(board.post())
    while sweeping.sweep(now=timezone.now() + timedelta(days=15)):
        pass
    assert stage(opened) == "unheard"


def test_withdrawn_by_link_and_then_sent_again(board: JobBoard) -> None:
    case = board.post()
    guest = board.apply(case)
    link = f"/wages/jobs/answer/{guest.number}?g={guest.code}"
    assert Client().post(f"/wages/jobs/answer/{guest.number}").status_code == 404
    assert Client().post(link).status_code == 302
    assert stage(guest) == "withdrawn"
    assert Client().post(link).status_code == 409
    assert stage(board.apply(case)) == "sent"


def test_a_course_has_a_waiting_list_that_moves_up(board: JobBoard) -> None:
    case = board.announce()
    first = board.enrol(case, "13900000001")
    with pytest.raises(Refused) as full:
        board.enrol(case, "13900000002")
    assert full.value.code == "full"
    second, third = board.enrol(case, "13900000002", "queue"), board.enrol(case, "13900000003", "queue")
    doors.act(first.case_id, "withdraw", holder(first.code))
    board.follow()
    assert (stage(second), stage(third)) == ("enrolled", "waiting")
    doors.act(case.pk, "lapse", board.office)
    board.follow()
    assert stage(third) == "unplaced"
    page, office = f"/desk/wages/jobs/{case.number}", reader(board.office)
    assert office.post(page, {"do": "came", "reply": second.number}).status_code == 302
    assert stage(second) == "attended"
    with pytest.raises(Refused):
        board.enrol(case, "13900000004")


def test_a_course_called_off_is_told_to_all(board: JobBoard) -> None:
    case = board.announce()
    first, second = board.enrol(case, "13900000001"), board.enrol(case, "13900000002", "queue")
    doors.act(case.pk, "cancel", board.office, {"reason": "老师病了"})
    board.follow()
    assert (stage(first), stage(second)) == ("cancelled", "cancelled")


def test_a_registered_worker_types_no_name(board: JobBoard) -> None:
    row = secrets.prepare("phone", "13900000077")
    secrets.save([row])
    Worker.objects.filter(pk=board.leader_row.pk).update(phone_id=row.id)
    case = board.post()
    page, me = f"/wages/jobs/{case.number}", reader(board.leader)
    shown = me.get(page).content.decode()
    assert 'name="phone"' not in shown
    assert "孙" in shown
    assert "孙大力" not in shown
    sent = me.post(page, {"note": "我能来"})
    assert (sent.status_code, sent["Location"].startswith("/wages/jobs/answer/")) == (302, True)
    assert me.post(page, {"note": "我能来"}).status_code == 409
    reply = Reply.objects.get()
    assert bytes(reply.mark) == secrets.blind_index("phone", "13900000077")


def test_sent_too_often_is_refused_and_nothing_is_lost(board: JobBoard) -> None:
    from django.core.cache import cache

    cache.clear()
    page, client = f"/wages/jobs/{board.post().number}", Client()
    typed = {"name": "甲", "phone": "1", "note": "做过八年"}
    answers = [client.post(page, typed).status_code for _n in range(31)]
    assert answers[:30] == [422] * 30
    last = client.post(page, typed)
    assert (last.status_code, "做过八年" in last.content.decode()) == (429, True)
    cache.clear()


def test_what_was_personal_is_destroyed_in_time_and_the_answer_stands(board: JobBoard) -> None:
    case = board.post()
    old, held, going = (board.apply(case, f"1390000000{n}") for n in (1, 2, 3))
    for one in (old, held):
        doors.act(one.case_id, "decline", board.clerk, {"reason": "招满了"})
    Case.objects.filter(pk=held.case_id).update(held=True)
    assert forgetting.counts() == (0, 0)
    Case.objects.filter(pk__in=[old.case_id, held.case_id]).update(
        closed_at=timezone.now() - timedelta(days=91)
    )
    assert forgetting.counts() == (1, 1)  # what is held by law stays
    assert (forgetting.batch(None)[0], forgetting.batch(None)[0]) == (1, 0)

    def left(one: object) -> int:
        ids = CaseSecret.objects.filter(case_id=one.case_id).values("secret_id")  # type: ignore[attr-defined]
        return Secret.objects.filter(pk__in=ids, erased_at=None).count()

    assert (left(old), left(held), left(going)) == (0, 3, 3)
    gone = Reply.objects.get(pk=old.case_id)
    assert (gone.mark, stage(old)) == (None, "declined")
    ground = Secret.objects.filter(erased_at__isnull=False).values_list("erased_under", flat=True).first()
    assert ground is not None
    assert ground.startswith("wages.replies_kept 90d")
    assert "个人信息已到期清除" in reader(board.clerk).get(f"/desk/wages/jobs/{case.number}").content.decode()
