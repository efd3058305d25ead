"""A number that offices may set: theirs comes before the city's, for them and those below, and takes two persons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Threshold, Tuned
from zhili.base.signals.rules import SignalRule
from zhili.core import params
from zhili.core.administration import parameters
from zhili.core.cases.tests.city import SmallCity, forget
from zhili.core.params.models import Parameter
from zhili.core.people.offices import tree
from zhili.core.signals import registry
from zhili.portal.pages.admin import overview
from zhili.portal.tests.administering import Setting, setting_in
from zhili.portal.tests.pages_client import reader, words_of

RULE = SignalRule(
    AutomatedRule("trial.gauge", "水位试验", "试验", "device", "水位", "提示", "值班员"),
    Threshold("level_of_trial", above=Tuned("high", 2.5, "水位高于", low=0, high=10)),
)
KEY = "signals.trial.gauge.high"


@pytest.fixture
def one(small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> Setting:
    from zhili.core.params import declarations, rules

    monkeypatch.setattr(declarations, "_declared", dict(declarations._declared))
    monkeypatch.setattr(rules, "_rules", dict(rules._rules))
    params.declare_signals(RULE)
    params.sync()
    return setting_in(small_city)


def test_an_office_goes_by_its_own_then_the_one_above_then_the_city(
    one: Setting, small_city: SmallCity
) -> None:
    town, village = small_city.offices["A.town"], small_city.offices["A.village"]
    chain = [node.id for node in tree().chain(village.pk)]
    assert town.pk in chain
    today = timezone.localdate()
    params.set_value(params.office_key(KEY, town.pk), "3", today, one.admin.account_id)
    assert registry.tuning(RULE, today, chain) == {"high": 3}
    held = registry.held(RULE, today, chain)["high"]
    assert (held.since, held.set_by_id) == (today, one.admin.account_id)
    assert registry.tuning(RULE, today - timedelta(days=1), chain) == {"high": 2.5}, "what held that day"
    assert registry.tuning(RULE, today) == {"high": 2.5}
    params.set_value(params.office_key(KEY, village.pk), "4", today)
    assert registry.tuning(RULE, today, chain) == {"high": 4}
    assert registry.tuning(RULE, today, chain[1:]) == {"high": 3}


def test_bounds_and_what_is_the_citys_are_kept(one: Setting, small_city: SmallCity) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for key, value in (
        (KEY, "11"),
        (params.office_key(KEY, small_city.offices["A.town"].pk), "-1"),
        (params.office_key("citizen_reports.accept", small_city.offices["A.town"].pk), "2wd"),
        (f"{KEY}@x", "3"),
    ):
        with pytest.raises(params.ParamRefused):
            params.set_value(key, value, tomorrow)
    Parameter.objects.filter(key=KEY).update(value="99")
    params.forget()
    assert registry.tuning(RULE) == {"high": 2.5}, "a row written by hand cannot leave the bounds"


def test_two_persons_of_the_office_set_it_and_no_other_office_may(
    one: Setting, small_city: SmallCity
) -> None:
    key = params.office_key(KEY, small_city.offices["A.town"].pk)
    own, signer = small_city.actor("A.town", "admin"), small_city.actor("A.town", "leader", name="signer")
    stranger = small_city.actor("B.town", "admin", name="stranger")
    forget()
    first = timezone.localdate() + timedelta(days=1)
    with pytest.raises(PermissionDenied):
        parameters.propose(key, "3", first, "", "汛期", stranger, None)
    found = parameters.propose(key, "3", first, "", "汛期", own, None)
    page = words_of(reader(own).get(f"/desk/admin/parameters/{key}"))
    assert "另定" in page
    assert "等复核" in page
    assert any(str(found.pk) in one.url for one in overview.warnings(signer))
    for who in (own, stranger):
        with pytest.raises(PermissionDenied):
            parameters.decide(found.pk, True, "", who, None)
    parameters.decide(found.pk, True, "", signer, None)
    params.forget()
    assert params.get(KEY, first, offices=[small_city.offices["A.town"].pk]).text == "3"
    assert params.get(KEY, first).text == "2.5"
    assert "为本单位另定" in words_of(reader(own).get(f"/desk/admin/parameters/{KEY}"))
    assert reader(own).get("/desk/admin/parameters/citizen_reports.accept@1").status_code == 404
