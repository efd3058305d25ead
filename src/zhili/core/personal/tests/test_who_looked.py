"""A person sees every opening of what they gave: which office and post, when, what for; and nobody else's."""

from __future__ import annotations

from typing import Any

from zhili.core.cases import doors
from zhili.core.cases.claiming import claim
from zhili.core.cases.tests.city import SmallCity
from zhili.core.notices.models import Notice
from zhili.core.people import grants, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Secret
from zhili.core.personal import looked, mine
from zhili.core.personal.telling import Openings
from zhili.core.personal.tests.scene import PHONE, opens, report, secret_of
from zhili.core.streams.testing import deliver


def looks(actor: Actor) -> list[looked.Look]:
    return looked.page(actor, mine.held(actor)).looks


def test_office_post_time_and_purpose_are_shown_and_no_name(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case, _code = report(small_city, resident)
    assert opens(case, small_city.actor("A.zhzf", "handler")) == f"+86{PHONE}"
    (one,) = looks(resident)
    assert (one.who, one.kind, one.what, one.number) == (
        "南湖区综合行政执法局 handler",
        "office",
        ("电话",),
        case.number,
    )
    assert one.purpose == f"办理{case.number}"
    assert "A.zhzf-handler" not in one.who


def test_the_code_of_a_case_shows_the_same_without_an_account(small_city: SmallCity) -> None:
    case, code = report(small_city)
    opens(case, small_city.actor("A.zhzf", "handler"))
    holder = grants.resolve(code)
    assert holder is not None
    assert [one.what for one in looks(holder)] == [("电话",)]
    assert {one.secret.kind for one in mine.held(holder)} == {"name", "phone"}


def test_a_matter_linked_later_brings_its_openings_along(small_city: SmallCity) -> None:
    case, code = report(small_city)
    opens(case, small_city.actor("A.zhzf", "handler"))
    resident = small_city.resident()
    assert looks(resident) == []
    claim(case.number, code, resident)
    assert len(looks(resident)) == 1


def test_what_others_gave_or_wrote_is_not_mine(small_city: SmallCity) -> None:
    resident, other = small_city.resident(), small_city.resident("居民乙")
    case, _code = report(small_city, resident)
    theirs, _code = report(small_city, other)
    handler = small_city.actor("A.zhzf", "handler")
    opens(theirs, handler)
    doors.act(case.pk, "ask_reporter", handler, {"reason": "证人李四电话13900139000，您认识吗？"})
    written = Secret.objects.filter(kind="text", subject_id=resident.account_id)
    assert written.exists(), "the office's words were sealed under the reporter's account"
    secrets.open_many(written.values_list("pk", flat=True), handler, "核对", case.pk)
    assert looks(resident) == []
    assert {one.secret.kind for one in mine.held(resident)} == {"name", "phone"}


def test_the_system_s_own_openings_are_said_to_be_its_own(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case, _code = report(small_city, resident)
    secrets.open_many([secret_of(case)], Actor(kind="rule", label="通知"), "发送办理进展通知", case.pk)
    secrets.open_many([secret_of(case)], resident, "本人查阅", case.pk)
    assert [(one.kind, one.who) for one in looks(resident)] == [("self", "您本人"), ("system", "系统自动")]


def test_newest_first_page_by_page(small_city: SmallCity) -> None:
    resident = small_city.resident()
    case, _code = report(small_city, resident)
    handler = small_city.actor("A.zhzf", "handler")
    for _ in range(5):
        opens(case, handler)
    held = mine.held(resident)
    first = looked.page(resident, held, size=3)
    rest = looked.page(resident, held, before=first.next, size=3)
    assert (len(first.looks), len(rest.looks), rest.next) == (3, 2, 0)
    assert first.looks[0].at > rest.looks[-1].at


def test_the_page_costs_the_same_for_one_opening_and_for_many(
    small_city: SmallCity, django_assert_max_num_queries: Any
) -> None:
    resident = small_city.resident()
    handler = small_city.actor("A.zhzf", "handler")
    for _ in range(3):
        case, _code = report(small_city, resident)
        opens(case, handler)
    before = Secret.objects.count()
    with django_assert_max_num_queries(12):
        held = mine.held(resident)
        looked.page(resident, held)
        looked.counted(held)
    assert Secret.objects.count() == before


def test_whoever_wants_to_know_is_told_and_others_are_not(small_city: SmallCity) -> None:
    resident, quiet = small_city.resident(), small_city.resident("居民乙")
    Account.objects.filter(pk=quiet.account_id).update(tell_openings=False)
    cases = [report(small_city, one)[0] for one in (resident, quiet)]
    for case in cases:
        opens(case, small_city.actor("A.zhzf", "handler"))
    secrets.open_many([secret_of(cases[0])], resident, "本人查阅", cases[0].pk)
    deliver(Openings())
    (told,) = Notice.objects.filter(kind="personal.opened")
    assert told.account_id == resident.account_id
    assert told.body.startswith("南湖区综合行政执法局查看了您的电话。")
    assert PHONE not in told.subject + told.body
