"""A step becomes messages to those its procedure names, once each."""

import pytest
from django.utils import translation

from zhili.core.notices.models import Notice
from zhili.core.notices.telling import Notices
from zhili.core.people.models import Account
from zhili.core.streams import consumers

pytestmark = pytest.mark.django_db


def told(*fields: str) -> list:
    return list(Notice.objects.order_by("channel", "id").values_list(*fields, flat=len(fields) == 1))


def test_the_reporter_is_told_in_the_app(site) -> None:
    Notices().handle([site.event("accept")])
    notice = Notice.objects.get()
    assert (notice.account, notice.channel, notice.state, notice.case_id) == (
        site.reporter,
        "app",
        "sent",
        17,
    )
    assert notice.body == "您报修的26 0000 0017 3已由凤桥镇中心受理，现在正在修。"
    assert notice.subject == "路灯报修 26 0000 0017 3：已受理"


def test_the_holder_is_told_with_the_time_limit(site) -> None:
    Notices().handle([site.event("report")])
    notice = Notice.objects.get()
    assert notice.office == site.town
    assert notice.body == "新的报修26 0000 0017 3：路口灯不亮，请在11月30日 09:30前受理。"


def test_the_office_above_learns_of_what_is_late(site) -> None:
    Notices().handle([site.event("overdue")])
    assert {(n.office_id, n.body) for n in Notice.objects.all()} == {
        (site.town.pk, "26 0000 0017 3已超过时限：路口灯不亮。"),
        (site.county.pk, "凤桥镇中心承办的26 0000 0017 3已超过时限。"),
    }


def test_a_holder_is_warned_before_the_limit(site) -> None:
    due = "2026-11-29T17:00:00+08:00"
    Notices().handle([site.event(type="due_soon", due=due)])
    assert told("body") == ["26 0000 0017 3将于11月29日 17:00到期：路口灯不亮。"]


def test_an_event_told_twice_is_one_message(site) -> None:
    Notices().handle([site.event("accept"), site.event("accept")])
    Notices().handle([site.event("accept")])
    assert len(told("id")) == 1
    Notices().handle([site.event("accept", id=2)])
    assert len(told("id")) == 2


def test_a_step_nobody_wants_to_hear_of_says_nothing(site, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        Notices().handle([site.event("note"), site.event("accept", procedure="gone.matter")])


def test_no_mail_is_made_without_a_mail_server(site, settings) -> None:
    settings.EMAIL_URL = ""
    Notices().handle([site.event("accept")])
    assert told("channel") == ["app"]


def test_mail_goes_to_the_account(site, server) -> None:
    Notices().handle([site.event("accept")])
    assert told("channel", "account_id", "state") == [
        ("app", site.reporter.pk, "sent"),
        ("email", site.reporter.pk, "queued"),
    ]


def test_an_address_left_in_the_case_is_used_instead_and_never_written_down(site, server) -> None:
    site.leave_address("private@example.org")
    Notices().handle([site.event("accept")])
    mail = Notice.objects.get(channel="email")
    assert mail.account is None
    assert mail.secret_id is not None
    row = str(Notice.objects.filter(pk=mail.pk).values().get())
    assert "private" not in row
    assert "@" not in row


def test_a_reporter_without_an_account_is_told_by_the_address_they_left(site, server) -> None:
    Account.objects.all().delete()
    site.leave_address("private@example.org")
    Notices().handle([site.event("accept")])
    assert told("channel") == ["email"]


def test_a_confidential_matter_is_not_told_by_mail(site, server) -> None:
    site.case.confidential = True
    site.case.save()
    Notices().handle([site.event("accept")])
    assert told("channel") == ["app"]


def test_a_closed_account_is_told_nothing(site, server) -> None:
    Account.objects.update(is_active=False)
    Notices().handle([site.event("accept")])
    assert told("id") == []


def test_words_are_in_the_readers_language_whatever_the_workers(site) -> None:
    with translation.override("en"):
        Notices().handle([site.event("report")])
    assert "11月30日" in Notice.objects.get().body


def test_a_batch_costs_the_same_however_long(site, server, django_assert_num_queries) -> None:
    Notices().handle([site.event("accept")])
    with django_assert_num_queries(6):
        Notices().handle([site.event("accept", id=n) for n in range(2, 200)])


def test_the_worker_knows_it() -> None:
    assert isinstance(consumers()["notices"], Notices)
