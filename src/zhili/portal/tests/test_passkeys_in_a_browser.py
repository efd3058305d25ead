"""Passkeys in a real browser with an authenticator of its own: made, used, named, taken away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.models import Account
from zhili.portal.tests.browsing import PHONE, Visits
from zhili.portal.tests.looking import faults, small_targets, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def here(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]


def with_authenticator(visits: Visits, **how: Any) -> tuple[Page, Any]:
    """A page whose device has a screen lock and keeps passkeys."""
    page = visits.of(size=PHONE, look="light", **how)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return page, device


def confirm(page: Page, then: str) -> None:
    """Whoever changes how to sign in shows once more that it is they, unless they did a moment ago."""
    page.get_by_role("button", name=re.compile(f"用通行密钥确认|{then}")).first.wait_for()
    again = page.get_by_role("button", name="用通行密钥确认")
    if again.count():
        again.click()
        page.get_by_role("button", name=then).wait_for()


def test_an_account_with_nothing_but_a_passkey(visits: Visits, small_city: SmallCity) -> None:
    page, _device = with_authenticator(visits)
    page.goto("/accounts/login/?next=/my")
    page.get_by_role("link", name="新建一个").click()
    assert (faults(page), small_targets(page), too_wide(page)) == ([], [], [])
    page.get_by_role("button", name="新建并登录").click()
    expect(page.get_by_role("heading", name="我的事")).to_be_visible()
    account = Account.objects.get(username__startswith="_")
    assert (account.kind, account.has_usable_password(), account.email, account.phone_index) == (
        "resident", False, "", None,
    )  # fmt: skip

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/my")
    assert (faults(page), small_targets(page), too_wide(page)) == ([], [], [])
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("heading", name="我的事")).to_be_visible()
    expect(page.get_by_text("我的账号").first).to_be_visible()

    page.goto("/accounts/me/")
    assert (faults(page), small_targets(page), too_wide(page)) == ([], [], [])
    page.get_by_role("link", name="改名").click()
    confirm(page, "保存")
    page.get_by_label("名字").fill("旧手机")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    expect(page.get_by_text("旧手机").first).to_be_visible()


def test_a_second_one_is_added_and_taken_away(visits: Visits, small_city: SmallCity) -> None:
    resident = small_city.resident()
    account = Account.objects.get(pk=resident.account_id)
    account.set_unusable_password()
    account.save()
    page, _device = with_authenticator(visits, actor=resident)
    page.goto("/accounts/me/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label(re.compile("起个名字")).fill("我的手机")
    page.get_by_role("button", name="添加").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    assert Authenticator.objects.filter(user_id=account.pk, type="webauthn").count() == 1
    page.goto("/accounts/me/")
    expect(page.get_by_text("我的手机")).to_be_visible()
    page.get_by_role("link", name="去掉").click()
    confirm(page, "去掉")
    page.get_by_role("button", name="去掉").click()
    page.wait_for_url(re.compile(r"/webauthn/$"))
    page.wait_for_load_state("networkidle")
    assert not Authenticator.objects.filter(user_id=account.pk, type="webauthn").exists()


def test_a_device_that_has_none_is_told_in_words(visits: Visits, small_city: SmallCity) -> None:
    page, _device = with_authenticator(visits)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("alert")).to_contain_text("没有完成")
    page.wait_for_load_state("networkidle")
