"""The office that gave a link sees who opened it, may make it longer and take it back."""

from __future__ import annotations

import pytest
from django.test import Client

from zhili.core.people.models import Secret
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import hidden, reader, send, words_of
from zhili.scenarios.evidence.sharing.actions import word_of
from zhili.scenarios.evidence.sharing.models import Share
from zhili.scenarios.evidence.sharing.tests.sharing import LOOK, follow, give, opened
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db


def test_a_link_made_on_its_page_is_shown_to_be_copied(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    desk = reader(keeping.custodian)
    page = f"/desk/c/{case.number}/share"
    file = desk.get(page).content.decode().split('name="shown" value="')[1].split('"')[0]
    data = {
        "receiver": "office", "office": keeping.city.offices["A.town"].pk, "purpose": "复核", "shown": [file],
        "custody": "true", "way": "view", "views": "3", "days": "5", "phone": "",
    }  # fmt: skip
    answer = send(desk, page, data)
    assert answer.status_code == 302, words_of(answer)
    share = Share.objects.get(case=case)
    assert (share.office_id, share.most_views, share.watermark) == (
        keeping.city.offices["A.town"].pk,
        3,
        True,
    )
    listed = desk.get(answer["Location"])
    assert f"/share?k={word_of(share)}" in listed.content.decode()
    assert listed["Cache-Control"] == "no-store"


def test_the_list_says_who_opened_it_and_who_could_not(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case, views=1)
    opened(share)
    follow(share)
    words = words_of(reader(keeping.custodian).get(f"/desk/c/{case.number}/shares"))
    for expected in ("嘉城市人民检察院", "审查起诉", "1 次，最多 1 次", "次数已用完", "有 1 次没有打开"):
        assert expected in words


def test_the_word_of_a_link_is_for_those_who_may_give_one(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case)
    keeping.lend(keeping.on_the_shelf())
    case.refresh_from_db()
    keeping.do(
        case, "lend", office=keeping.city.offices["A.town"].pk, post="检验员", purpose="送检", until=_soon()
    )
    page = reader(keeping.other).get(f"/desk/c/{case.number}/shares")
    assert page.status_code == 200
    assert word_of(share) not in page.content.decode()


def _soon() -> str:
    from datetime import timedelta

    from django.utils import timezone

    return str(timezone.localdate() + timedelta(days=3))


def test_it_is_taken_back_from_the_list(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case)
    desk = reader(keeping.custodian)
    data = {"_do": "share_taken_back", "serial": "1", "reason": "发错了"}
    assert send(desk, f"/desk/c/{case.number}/shares", data).status_code == 302
    _browser, page = follow(share)
    assert "已被收回" in words_of(page)
    data["reason"] = ""
    again = desk.post(f"/desk/c/{case.number}/shares", data)
    assert again.status_code == 422


def test_no_personal_value_stands_in_the_step_and_the_number_is_opened_with_a_record(
    keeping: Keeping,
) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case, phone="13812345678")
    secret = Secret.objects.get(pk=share.phone_id)
    assert (secret.kind, secret.masked[:3]) == ("phone", "138")
    browser, page = follow(share)
    assert "13812345678" not in page.content.decode()
    refused = send(browser, f"/share/{share.pk}", {**LOOK, "code": "000000"})
    assert (refused.status_code, "请先获取验证码" in words_of(refused)) == (422, True)
    browser.post(f"/share/{share.pk}", {**hidden(page), **LOOK, "_do": "code"})
    assert "验证码" in Access.objects.get(secret_id=share.phone_id).purpose
    wrong = send(browser, f"/share/{share.pk}", {**LOOK, "code": "000000"})
    assert "验证码不对" in words_of(wrong)
    share.refresh_from_db()
    assert share.views == 0


def test_the_right_code_opens_it(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    class Provider:
        def send(self, text: object) -> object:
            from zhili.core.people import sms

            sent.append(text.values["code"])  # type: ignore[attr-defined]
            return type("Sent", (), {"status": sms.Status.ACCEPTED})()

    monkeypatch.setattr("zhili.core.people.sms.provider", Provider)
    share = give(keeping, keeping.take_in_file(), phone="13812345678")
    browser, page = follow(share, Client())
    browser.post(f"/share/{share.pk}", {**hidden(page), **LOOK, "_do": "code"})
    answer = send(browser, f"/share/{share.pk}", {**LOOK, "code": sent[0]})
    assert answer.status_code == 302
    share.refresh_from_db()
    assert share.views == 1
