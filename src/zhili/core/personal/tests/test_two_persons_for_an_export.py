"""Personal values leave as a file only when one asks and another agrees; what is taken is numbered and on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import secrets
from zhili.core.people.actors import of_account
from zhili.core.people.models import Account, Deputy, Post, PostHolding
from zhili.core.personal import exporting, looked, mine
from zhili.core.personal.models import Export
from zhili.core.personal.tests.scene import PHONE, Later, report
from zhili.core.trail.models import Access, Leaf

PURPOSE = "逐户回访"


@pytest.fixture
def city(small_city: SmallCity) -> SmallCity:
    return small_city


def asked(city: SmallCity, *cases: Case, kinds: tuple[str, ...] = ("name", "phone")) -> Export:
    return exporting.ask(city.actor("A.zhzf", "handler"), list(cases), "待办", list(kinds), PURPOSE)


def test_one_asks_another_agrees_the_first_takes_it(city: SmallCity) -> None:
    resident = city.resident()
    case, _code = report(city, resident)
    one = asked(city, case)
    exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    found, lines = exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    assert lines[0].values == {"name": "张三丰", "phone": f"+86{PHONE}"}
    assert found.taken == 1
    purposes = set(Access.objects.values_list("purpose", "case_id", "account_id"))
    assert purposes == {(f"导出{one.number}：{PURPOSE}", case.pk, city.actor("A.zhzf", "handler").account_id)}
    (look,) = looked.page(resident, mine.held(resident)).looks
    assert look.purpose.endswith(PURPOSE)
    assert set(look.what) == {"姓名", "电话"}


def test_only_the_kinds_asked_for_are_opened(city: SmallCity) -> None:
    case, _code = report(city)
    one = asked(city, case, kinds=("phone",))
    exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    _found, lines = exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    assert lines[0].values == {"phone": f"+86{PHONE}"}
    assert Access.objects.count() == 1


def test_nothing_is_taken_before_it_was_agreed_to_nor_when_it_was_refused(city: SmallCity) -> None:
    case, _code = report(city)
    one = asked(city, case)
    with pytest.raises(Refused, match="没有批准"):
        exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    with pytest.raises(Refused, match="原因"):
        exporting.decide(one.pk, False, " ", city.actor("A.zhzf", "leader"))
    exporting.decide(one.pk, False, "范围太大", city.actor("A.zhzf", "leader"))
    with pytest.raises(Refused, match="没有批准"):
        exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    assert not Access.objects.exists()


def test_nobody_agrees_to_their_own_in_another_post_or_through_a_deputy(city: SmallCity) -> None:
    case, _code = report(city)
    asker = city.account_of(city.actor("A.zhzf", "handler"))
    one = asked(city, case)
    lead = Post.objects.create(office=city.department, title="负责人", roles=["leader"])
    PostHolding.objects.create(post=lead, account=asker, valid_from=timezone.localdate())
    with pytest.raises(Refused, match="两个人"):
        exporting.decide(one.pk, True, "", of_account(asker, lead.pk))
    deputy = Account.objects.create(username="deputy", kind="staff")
    today = timezone.localdate()
    Deputy.objects.create(post=lead, account=deputy, valid_from=today, valid_to=today + timedelta(days=9))
    with pytest.raises(Refused, match="代理"):
        exporting.decide(one.pk, True, "", of_account(deputy, lead.pk))
    own = city.actor("A.zhzf", "leader")
    Deputy.objects.create(post_id=own.id, account=asker, valid_from=today, valid_to=today + timedelta(days=9))
    with pytest.raises(Refused, match="两个人"):
        exporting.decide(one.pk, True, "", of_account(asker, own.id))
    assert Export.objects.get().state == "waiting"


def test_only_a_leader_or_manager_there_or_above_decides(city: SmallCity) -> None:
    case, _code = report(city)
    one = asked(city, case)
    with pytest.raises(Refused, match="没有这项"):
        exporting.decide(one.pk, True, "", city.actor("A.zhzf", "handler", name="colleague"))
    with pytest.raises(Refused, match="没有这项"):
        exporting.decide(one.pk, True, "", city.actor("B"))
    assert exporting.decide(one.pk, True, "", city.actor("A")).state == "agreed"


def test_only_the_asker_takes_it_a_few_times_within_its_time(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _code = report(city)
    one = asked(city, case)
    handler = city.actor("A.zhzf", "handler")
    exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    with pytest.raises(Refused, match="申请人"):
        exporting.take(one.pk, city.actor("A.zhzf", "leader"))
    for _ in range(3):
        exporting.take(one.pk, handler)
    with pytest.raises(Refused, match="用完"):
        exporting.take(one.pk, handler)
    Export.objects.update(taken=0)
    Later(monkeypatch).by(hours=25)
    with pytest.raises(Refused, match="期限已过"):
        exporting.take(one.pk, handler)
    assert exporting.prune() == 1
    assert Export.objects.get().state == "over"


def test_a_request_nobody_decides_is_void(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _code = report(city)
    one = asked(city, case)
    Later(monkeypatch).by(hours=49)
    with pytest.raises(Refused, match="作废"):
        exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    assert exporting.prune() == 1


def test_matters_one_may_not_open_are_not_in_it(city: SmallCity) -> None:
    mine_, _code = report(city)
    elsewhere, _code = report(city)
    Case.objects.filter(pk=elsewhere.pk).update(office=city.offices["A.town"])
    elsewhere.refresh_from_db()
    one = asked(city, mine_, elsewhere)
    assert one.cases == [mine_.pk]
    with pytest.raises(Refused, match="没有您可以"):
        exporting.ask(city.actor("A.grid"), [mine_], "待办", ["phone"], PURPOSE)


def test_what_left_the_office_or_was_erased_meanwhile_is_left_out(city: SmallCity) -> None:
    gone, moved, stays = (report(city)[0] for _ in range(3))
    one = asked(city, gone, moved, stays)
    exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    Case.objects.filter(pk=moved.pk).update(office=city.offices["A.town"])
    secrets.erase([secret for _case, secret, _kind in exporting.values_of([gone.pk], exporting.KINDS)])
    _found, lines = exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    assert {line.case.pk: set(line.values) for line in lines} == {gone.pk: set(), stays.pk: {"name", "phone"}}


def test_each_step_is_a_leaf_without_purpose_or_value(city: SmallCity) -> None:
    case, _code = report(city)
    one = asked(city, case)
    exporting.decide(one.pk, True, "", city.actor("A.zhzf", "leader"))
    exporting.take(one.pk, city.actor("A.zhzf", "handler"))
    bodies = [bytes(leaf.body).decode() for leaf in Leaf.objects.filter(kind="record")]
    for what in ("personal_export_asked", "personal_export_agreed", "personal_export_taken"):
        assert sum(what in body for body in bodies) == 1
    assert not any(PURPOSE in body or PHONE in body for body in bodies)
