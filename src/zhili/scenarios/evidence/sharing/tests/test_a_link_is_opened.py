"""An office follows its link: nothing shows or counts until it opens it; each opening is a link of the chain."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from zhili.core.cases.models import Step
from zhili.core.notices.models import Notice
from zhili.core.people import grants
from zhili.portal.tests.pages_client import words_of
from zhili.scenarios.evidence.sharing import looking
from zhili.scenarios.evidence.sharing.actions import word_of
from zhili.scenarios.evidence.sharing.models import Share, Turned, Viewing
from zhili.scenarios.evidence.sharing.tests.sharing import LOOK, follow, give, opened
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db


def test_following_shows_nothing_counts_nothing_and_clears_the_address(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case)
    seq = Step.objects.filter(case=case).count()
    browser = Client()
    first = browser.get("/share", {"k": word_of(share)})
    assert (first.status_code, first["Location"]) == (302, f"/share/{share.pk}")
    assert first["Referrer-Policy"] == "no-referrer"
    shown = browser.get(first["Location"])
    assert shown.status_code == 200
    assert case.title not in shown.content.decode()
    for header, expected in (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex, nofollow, noarchive")):
        assert shown[header] == expected
    assert word_of(share) not in shown.content.decode()
    share.refresh_from_db()
    assert (share.views, Step.objects.filter(case=case).count()) == (0, seq)


def test_opening_is_a_step_that_says_who_when_why_and_from_which_link(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case)
    _browser, page = opened(share)
    assert case.title in page.content.decode()
    step = Step.objects.filter(case=case).latest("seq")
    assert (step.action, step.actor_kind, step.actor_id) == ("share_opened", "grant", share.grant_id)
    said = {"serial": "1", "stated": LOOK["stated"], "purpose": LOOK["purpose"], "viewing": "1"}
    assert step.data == {**said, "closes": Viewing.objects.get(share=share).until.isoformat()}
    viewing = Viewing.objects.get(share=share)
    assert (viewing.number, viewing.step_seq, viewing.stated) == (1, step.seq, LOOK["stated"])


def test_looking_again_within_the_sitting_is_not_counted_again(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file())
    browser, _page = opened(share)
    assert browser.get(f"/share/{share.pk}").status_code == 200
    share.refresh_from_db()
    assert share.views == 1


def test_the_office_that_keeps_it_hears_of_the_first_opening_only(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file())
    opened(share)
    opened(share)
    told = Notice.objects.filter(kind="evidence.item.share_opened")
    assert [one.office_id for one in told] == [share.case.office_id]
    assert share.recipient in told[0].body


def test_the_conditions_must_be_agreed_to(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file())
    _browser, page = opened(share, agreed="")
    assert page.status_code == 422
    share.refresh_from_db()
    assert share.views == 0


def test_after_the_last_opening_it_says_so_and_keeps_that_somebody_came(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file(), views=1)
    opened(share)
    _browser, page = follow(share)
    assert page.status_code == 410
    assert "次数已用完" in words_of(page)
    assert [one.why for one in Turned.objects.filter(share=share)] == ["used_up"]


def test_over_early_and_taken_back_each_say_so(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    over, back = give(keeping, case), give(keeping, case)
    early = give(keeping, case, opens_on=str(timezone.localdate() + timedelta(days=2)))
    over.grant.expires_at = timezone.now() - timedelta(minutes=1)
    over.grant.save()
    keeping.do(case, "share_taken_back", serial=str(back.serial), reason="发错了单位")
    for share, words in ((over, "已过期"), (back, "已被收回"), (early, "还没到可以打开的时间")):
        _browser, page = follow(share)
        assert (page.status_code, words in words_of(page)) == (410, True)


def test_a_link_taken_back_closes_what_is_open(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case)
    browser, _page = opened(share)
    file = share.files[0]
    assert browser.get(f"/share/{share.pk}/f/{file}").status_code == 200
    keeping.do(case, "share_taken_back", serial="1", reason="不再需要")
    assert browser.get(f"/share/{share.pk}/f/{file}").status_code == 403
    assert "已被收回" in words_of(browser.get(f"/share/{share.pk}"))


def test_one_altered_sign_is_not_just_not_found(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file())
    word = word_of(share)
    altered = word[:5] + ("A" if word[5] != "A" else "B") + word[6:]
    page = Client().get("/share", {"k": altered})
    assert (page.status_code, "不完整或被改动过" in words_of(page)) == (400, True)
    assert Client().get("/share").status_code == 400
    assert not Turned.objects.exists()


def test_a_link_nobody_gave_is_not_known(keeping: Keeping) -> None:
    from zhili.scenarios.evidence.sharing import codes

    page = Client().get("/share", {"k": codes.with_checks(grants.prepare(1, "x")[0])})
    assert (page.status_code, "没有这个链接" in words_of(page)) == (404, True)


def test_the_link_opens_no_other_door(keeping: Keeping) -> None:
    """Its code without the check symbols is no reporter's code: the item's page stays shut."""
    case = keeping.take_in_file()
    share = give(keeping, case)
    assert grants.resolve(word_of(share)[:16]) is None
    assert Client().get(f"/c/{case.number}", {"g": word_of(share)[:16]}).status_code == 404


def test_another_browser_needs_the_link(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file())
    opened(share)
    assert Client().get(f"/share/{share.pk}").status_code == 404
    assert Client().get(f"/share/{share.pk}/f/{share.files[0]}").status_code == 403


def test_a_link_made_longer_opens_again(keeping: Keeping) -> None:
    case = keeping.take_in_file()
    share = give(keeping, case, views=1)
    opened(share)
    keeping.do(case, "share_longer", serial="1", days=10, views=1, reason="对方要再看一次")
    _browser, page = opened(share)
    assert page.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_that_want_the_last_opening_one_gets_it(keeping: Keeping) -> None:
    share = give(keeping, keeping.take_in_file(), views=1)
    together, came = Barrier(2), []

    def open_it(name: str) -> None:
        try:
            mine = Share.objects.select_related("grant", "case").get(pk=share.pk)
            together.wait(10)
            looking.open_it(mine, f"单位{name}", "核对", f"key-{name}")
            came.append("in")
        except looking.Dead as dead:
            came.append(dead.state)
        finally:
            connection.close()

    threads = [Thread(target=open_it, args=(name,)) for name in "甲乙"]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(came) == ["in", "used_up"]
    share.refresh_from_db()
    assert (share.views, Viewing.objects.filter(share=share).count()) == (1, 1)
    assert Step.objects.filter(case=share.case, action="share_opened").count() == 1
