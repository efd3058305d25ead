"""Nothing that acts by itself, and nothing asked of a person, is missing from the register."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from zhili.base.rules import AutomatedRule
from zhili.core import params
from zhili.core.cases import registry
from zhili.core.cases.rules import SIMILAR, SUGGEST
from zhili.core.cases.tests.city import SmallCity
from zhili.core.forms import Personal
from zhili.core.params.rules import rules
from zhili.core.trail.models import Leaf
from zhili.core.transparency import editions, entries
from zhili.core.transparency.models import Edition

pytestmark = pytest.mark.django_db


def until(name: str, day: date) -> None:
    params.set_value(rules()[name].param, day.isoformat(), valid_from=timezone.localdate())
    params.forget()


def test_every_personal_field_of_every_form_is_listed_with_who_sees_it_and_how_long() -> None:
    asked = {
        f"{one.full_name()}.{action.name}.{field.name}"
        for one in registry.procedures().values()
        for action in (*one.openings.values(), *one.actions.values())
        if action.form is not None
        for field in action.form.fields()
        if isinstance(field, Personal)
    }
    listed = {one.key: one for one in entries.of_kind("element")}
    assert asked, "the scenarios ask for names and telephones"
    assert asked <= listed.keys()
    for one in listed.values():
        assert one.until
        assert one.purpose
        assert dict(one.facts)["谁会看到"]


def test_a_rule_about_a_person_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="may be about"):
        AutomatedRule("x", "给人打分", "看谁报得多", "person", "上报次数", "排名", "没有人")


def test_every_rule_says_who_decides_and_until_when() -> None:
    listed = entries.of_kind("rule")
    assert {one.key for one in listed} == rules().keys()
    for one in listed:
        assert date.fromisoformat(one.until)
        assert dict(one.facts)["谁说了算"]
        assert one.state == entries.IN_FORCE


def test_a_rule_that_was_not_renewed_stops_and_says_so() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert params.in_force(SUGGEST)
    until(SUGGEST, yesterday)
    assert not params.in_force(SUGGEST)
    assert {one.key: one.state for one in entries.of_kind("rule")}[SUGGEST] == entries.ENDED
    until("retention", yesterday)  # the law goes on
    assert params.in_force("retention")
    assert {one.key: one.state for one in entries.of_kind("rule")}["retention"] == entries.REVIEW


def test_no_likely_duplicates_are_shown_once_their_rule_has_run_out(small_city: SmallCity) -> None:
    from zhili.core.cases.triage import similar

    until(SIMILAR, timezone.localdate() - timedelta(days=1))
    assert similar.for_reporter("citizen_reports", "窨井盖破损下沉", 120.75, 30.75) == []


def test_each_change_of_what_is_declared_is_an_edition_and_a_leaf() -> None:
    first = editions.keep()
    assert first is not None
    assert editions.keep() is None
    until(SUGGEST, timezone.localdate() + timedelta(days=90))
    second = editions.keep()
    assert second is not None
    assert second.sha256 != first.sha256
    body = bytes(Leaf.objects.get(pk=second.leaf_id).body).decode()
    assert second.sha256 in body
    assert Edition.objects.count() == 2


def test_anybody_reads_searches_and_takes_it_along(small_city: SmallCity) -> None:
    client = Client()
    page = client.get("/register", {"q": "重复"}).content.decode()
    assert "可能重复提示" in page
    assert "按职责清单派单" not in page
    assert "没有找到" in client.get("/register/element", {"q": "zzz"}).content.decode()
    assert "没有登记摄像头" in client.get("/register/camera").content.decode()
    assert client.get("/register/persons").status_code == 404
    told = client.get("/register.json").json()
    assert {one["key"] for one in told["entries"]["rule"]} == rules().keys()
    text = client.get("/register/rule.csv").content.decode("utf-8-sig")
    assert {row["key"] for row in csv.DictReader(io.StringIO(text))} == rules().keys()


def test_the_page_costs_few_queries(small_city: SmallCity, django_assert_max_num_queries: object) -> None:
    client = Client()
    client.get("/register")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/register")
