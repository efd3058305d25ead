"""Django's admin: a new value is added with its date; nothing is edited or deleted."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import path

from zhili.core import params
from zhili.core.params.models import Parameter

urlpatterns = [path("admin/", admin.site.urls)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

LIST = "/admin/params/parameter/"
FILLED = {"key": "t.accept", "value": "10d", "valid_from": "2030-01-01", "confirmed": "on"}


@pytest.fixture
def engineer(client: Client, settings: Any) -> Client:
    # uploads have parameters of their own, which the tests of this app put away
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("zhili.core.files")]
    account = get_user_model()(username="engineer", is_staff=True, is_superuser=True, is_active=True)
    account.set_unusable_password()
    account.save()
    client.force_login(account)
    params.sync()
    return client


def test_every_value_is_listed(engineer: Client) -> None:
    assert "受理期限" in engineer.get(LIST).content.decode()


def test_a_dated_value_is_added_in_the_engineers_name(engineer: Client) -> None:
    answer = engineer.post(f"{LIST}add/", FILLED)
    assert answer.status_code == 302, answer.content.decode()
    row = Parameter.objects.get(key="t.accept", valid_from=date(2030, 1, 1))
    assert row.set_by_id == get_user_model().objects.get(username="engineer").pk
    assert Parameter.objects.get(key="t.accept", valid_to=date(2030, 1, 1)).value == "15d"


def test_a_refusal_is_explained_beside_the_field_and_nothing_changes(engineer: Client) -> None:
    answer = engineer.post(f"{LIST}add/", FILLED | {"value": "十天"})
    assert answer.status_code == 200
    assert "应为时限" in answer.content.decode()
    assert Parameter.objects.count() == 3


def test_a_value_can_be_looked_at_but_neither_edited_nor_deleted(engineer: Client) -> None:
    row = Parameter.objects.get(key="t.accept")
    assert engineer.get(f"{LIST}{row.pk}/change/").status_code == 200
    assert engineer.post(f"{LIST}{row.pk}/change/", FILLED).status_code == 403
    assert engineer.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Parameter.objects.get(pk=row.pk).value == "15d"


def test_a_calendar_day_is_added(engineer: Client) -> None:
    answer = engineer.post("/admin/params/calendarday/add/", {"date": "2025-11-06", "note": "台风停工"})
    assert answer.status_code == 302, answer.content.decode()
    assert not params.calendar().is_working(date(2025, 11, 6))
