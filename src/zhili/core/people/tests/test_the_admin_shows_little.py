"""What an administrator in Django's admin can see and do, and what not even a superuser can."""

import pytest
from django.contrib.auth.models import Permission

from zhili.core.people import grants, secrets, tokens
from zhili.core.people.models import Account, ApiToken, Grant, Secret

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("zhili.core.people.tests.urls"),
    pytest.mark.usefixtures("plain_pages"),
]


@pytest.fixture
def root(client):
    made = Account.objects.create(username="root", is_staff=True, is_superuser=True)
    client.force_login(made)
    return made


@pytest.fixture
def clerk(client):
    """May change accounts, and is no superuser."""
    made = Account.objects.create(username="clerk", is_staff=True)
    wanted = ["view_account", "change_account", "add_account"]
    made.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client.force_login(made)
    return made


def test_no_personal_value_is_shown_or_changed_even_to_a_superuser(client, root):
    row = secrets.prepare("phone", "13812345678")
    secrets.save([row])
    page = client.get(f"/admin/people/secret/{row.id}/change/")
    text = page.content.decode()
    assert page.status_code == 200
    for hidden in ("13812345678", "138****5678", row.hash, row.salt.hex(), row.blind_index.hex()):
        assert hidden not in text
    assert client.post(f"/admin/people/secret/{row.id}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/people/secret/add/").status_code == 403
    assert Secret.objects.filter(pk=row.id).exists()


@pytest.mark.parametrize("table", ["apitoken", "grant"])
def test_codes_can_be_ended_and_nothing_else(client, root, table):
    _, token = tokens.issue(root, "脚本")
    _, row = grants.prepare(7, "reporter")
    (grant,) = grants.save([row])
    target = token if table == "apitoken" else grant
    page = client.get(f"/admin/people/{table}/{target.pk}/change/").content.decode()
    assert target.sha256 not in page
    assert client.get(f"/admin/people/{table}/add/").status_code == 403
    action = {"action": "revoke", "_selected_action": [target.pk]}
    assert client.post(f"/admin/people/{table}/", action).status_code == 302
    model = ApiToken if table == "apitoken" else Grant
    assert model.objects.get(pk=target.pk).revoked_at is not None


def test_a_clerk_cannot_give_rights(client, clerk):
    other = Account.objects.create(username="li", kind="resident")
    form = {"username": "li", "kind": "staff", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert client.post(f"/admin/people/account/{other.pk}/change/", form).status_code == 302
    other.refresh_from_db()
    assert (other.kind, other.is_staff, other.is_superuser) == ("staff", False, False)
    client.post(f"/admin/people/account/{clerk.pk}/change/", {**form, "username": "clerk"})
    clerk.refresh_from_db()
    assert (clerk.is_staff, clerk.is_superuser) == (True, False)


def test_a_clerk_cannot_touch_those_who_have_rights(client, clerk):
    root = Account.objects.create(username="root", is_staff=True, is_superuser=True)
    new = {"password1": "蓝天白云-2026", "password2": "蓝天白云-2026", "usable_password": "true"}
    assert client.post(f"/admin/people/account/{root.pk}/password/", new).status_code == 403
    assert client.post(f"/admin/people/account/{root.pk}/change/", {"username": "x"}).status_code == 403
    assert Account.objects.get(pk=root.pk).password == root.password


def test_accounts_are_disabled_never_deleted(client, root):
    other = Account.objects.create(username="li")
    assert client.post(f"/admin/people/account/{other.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Account.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("table", ["account", "office", "post"])
def test_lists_and_forms_open(client, root, county, table):
    assert client.get(f"/admin/people/{table}/").status_code == 200
    assert client.get(f"/admin/people/{table}/add/").status_code == 200


def test_wrong_office_hours_come_back_with_the_reason(client, root, county):
    form = {
        "code": "N", "name": "新单位", "level": "town", "kind": "general", "division": county.town.pk,
        "hours": '[["9点", "12:00"]]', "valid_from": "2026-01-01",
        "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0",
    }  # fmt: skip
    page = client.post("/admin/people/office/add/", form)
    assert page.status_code == 200
    assert "9点" in str(page.context["errors"])
