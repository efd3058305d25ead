"""The pages on one's own data: who looked, a copy after the password, item-by-item deletion, an account that ends."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Secret
from zhili.core.personal import copying, delaying, exporting, sealed
from zhili.core.personal.models import Wish
from zhili.core.personal.tests.scene import PHONE, finish, opens, report, secret_of
from zhili.core.trail.models import Access, Leaf
from zhili.portal.tests.pages_client import reader, words_of


def sure(actor: Actor) -> Client:
    """Signed in by password a moment ago."""
    client = reader(actor)
    session = client.session
    proved = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [proved]
    session["account_authentication_methods_user"] = str(actor.account_id)
    session.save()
    return client


@pytest.fixture
def resident(small_city: SmallCity) -> Actor:
    return small_city.resident()


def test_the_page_says_who_looked_and_what_is_kept_masked(small_city: SmallCity, resident: Actor) -> None:
    case, _code = report(small_city, resident)
    opens(case, small_city.actor("A.zhzf", "handler"))
    opened = Access.objects.count()
    shown = words_of(reader(resident).get("/my/data"))
    assert "南湖区综合行政执法局 handler" in shown
    assert f"用途：办理{case.number}" in shown
    assert "138****5678" in shown
    assert PHONE not in shown
    assert "A.zhzf-handler" not in shown
    assert Access.objects.count() == opened, "nothing is opened to show the page"


def test_the_same_for_one_matter_by_its_code_and_not_for_others(
    small_city: SmallCity, resident: Actor
) -> None:
    case, code = report(small_city)
    opens(case, small_city.actor("A.zhzf", "handler"))
    shown = words_of(reader().get(f"/c/{case.number}/data?g={code}"))
    assert "南湖区综合行政执法局" in shown
    assert "138****5678" in shown
    assert reader().get(f"/c/{case.number}/data").status_code == 404
    assert reader(resident).get(f"/c/{case.number}/data").status_code == 404
    assert reader(small_city.actor("A.zhzf", "handler")).get(f"/c/{case.number}/data").status_code == 404


def test_a_copy_asks_for_the_password_and_holds_everything(small_city: SmallCity, resident: Actor) -> None:
    case, _code = report(small_city, resident)
    opens(case, small_city.actor("A.zhzf", "handler"))
    again = reader(resident).post("/my/data/copy")
    assert again.status_code == 302
    assert again["Location"].startswith("/accounts/reauthenticate/")
    assert not Wish.objects.exists()
    client = sure(resident)
    client.post("/my/data/copy")
    wish = Wish.objects.get()
    assert wish.state == "ready"
    assert PHONE.encode() not in bytes(wish.sealed or b"")
    answer = client.get(f"/my/data/copy/{wish.pk}.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(packed.read("data.json"))
    assert {one["value"] for one in data["values"]} == {"张三丰", f"+86{PHONE}"}
    assert data["matters"][0]["number"] == case.number
    assert {one["who"] for one in data["looked"]} == {"您本人", "南湖区综合行政执法局 handler"}
    assert case.number in packed.read("我的信息.html").decode()
    assert "张三丰" in packed.read("信息.csv").decode("utf-8-sig")
    own = Access.objects.filter(account_id=resident.account_id, actor_kind="account")
    assert own.count() == 2
    bodies = " ".join(bytes(leaf.body).decode() for leaf in Leaf.objects.filter(kind="record"))
    assert "data_copy_asked" in bodies
    assert "data_copy_fetched" in bodies
    assert PHONE not in bodies


def test_a_copy_is_its_person_s_alone_and_for_a_limited_time(small_city: SmallCity, resident: Actor) -> None:
    report(small_city, resident)
    wish = copying.ask(resident)
    assert sure(small_city.resident("居民乙")).get(f"/my/data/copy/{wish.pk}.zip").status_code == 404
    Wish.objects.update(until=timezone.now())
    assert sure(resident).get(f"/my/data/copy/{wish.pk}.zip").status_code == 410
    assert sealed.prune() == 1
    wish.refresh_from_db()
    assert (wish.sealed, wish.state) == (None, "over")


def test_a_large_copy_is_made_by_the_worker(
    small_city: SmallCity, resident: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AT_ONCE", 0)
    report(small_city, resident)
    client = sure(resident)
    client.post("/my/data/copy")
    assert Wish.objects.get().state == "waiting"
    assert "正在准备" in words_of(client.get("/my/data"))
    Wish.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    assert copying.prepare_due() == 1
    assert Wish.objects.get().state == "ready"
    assert copying.prepare_due() == 0


def test_what_cannot_go_is_told_item_by_item_with_the_article(small_city: SmallCity, resident: Actor) -> None:
    held, closed, running = (report(small_city, resident)[0] for _ in range(3))
    finish(held)
    finish(closed)
    Case.objects.filter(pk=held.pk).update(held=True)
    client = sure(resident)
    page = client.get("/my/data/erase")
    shown = words_of(page)
    assert "这件事还没有办结" in shown
    assert "个人信息保护法第四十七条第一款第一项" in shown
    assert "依法留存" in shown
    chosen = re.findall(r'name="secret" value="([^"]+)"', page.content.decode())
    assert len(chosen) == 2
    everything = [str(one) for one in Secret.objects.values_list("pk", flat=True)]
    client.post("/my/data/erase", {"secret": everything})  # more than was offered changes nothing
    gone = set(Secret.objects.exclude(erased_at=None).values_list("pk", flat=True))
    assert {str(one) for one in gone} == set(chosen)
    after = words_of(client.get("/my/data"))
    assert "本人要求删除 个人信息保护法第四十七条" in after
    assert Secret.objects.filter(pk=secret_of(running), erased_at=None).exists()
    bodies = [bytes(leaf.body).decode() for leaf in Leaf.objects.filter(kind="record")]
    assert any('"record":"data_erased"' in body and '"erased":2' in body for body in bodies)


def test_a_value_is_corrected_and_the_office_reads_the_new_one(
    small_city: SmallCity, resident: Actor
) -> None:
    case, _code = report(small_city, resident)
    client = sure(resident)
    address = f"/my/data/correct/{secret_of(case)}"
    assert client.post(address, {"value": "12"}).status_code == 422
    assert client.post(address, {"value": "13900139000"}).status_code == 302
    assert opens(case, small_city.actor("A.zhzf", "handler")) == "+8613900139000"
    desk = words_of(reader(small_city.actor("A.zhzf", "handler")).get(f"/desk/c/{case.number}"))
    assert "139****9000" in desk
    assert "已更正" in words_of(client.get("/my/data"))
    assert sure(small_city.resident("居民乙")).get(address).status_code == 404


def test_closing_an_account_leaves_no_way_back_to_its_person(small_city: SmallCity, resident: Actor) -> None:
    report(small_city, resident)
    Account.objects.filter(pk=resident.account_id).update(display_name="张三", email="z@example.org")
    client = sure(resident)
    assert client.post("/my/data/close", {}).status_code == 422
    assert client.post("/my/data/close", {"sure": "on"}).status_code == 302
    account = Account.objects.get(pk=resident.account_id)
    assert (account.is_active, account.display_name, account.email) == (False, "", "")
    assert account.username.startswith("_")
    assert not account.has_usable_password()
    assert client.get("/my/data").status_code == 302
    officer = small_city.actor("A.zhzf", "handler")
    assert sure(officer).get("/my/data/close").status_code == 403


def test_messages_about_openings_can_be_turned_off(resident: Actor) -> None:
    client = reader(resident)
    client.post("/my/data/tell", {"tell": "0"})
    assert not Account.objects.get(pk=resident.account_id).tell_openings
    assert "现在：不通知" in words_of(client.get("/my/data"))


def test_the_forecast_of_clearing_names_rule_and_article(small_city: SmallCity) -> None:
    case, _code = report(small_city)
    finish(case)
    Secret.objects.update(expires_at=timezone.now())
    shown = words_of(reader(small_city.actor("city", "admin")).get("/desk/admin/retention"))
    assert re.search(
        r"到期的个人信息 2 0 0 事项所载个人信息保存期（1095 ?天）个人信息保护法第十九条", shown
    ), shown
    assert reader(small_city.actor("A.grid")).get("/desk/admin/retention").status_code == 403


@pytest.mark.parametrize("page", ["/desk", "/my", "/desk/exports"])
def test_lists_decrypt_nothing(
    small_city: SmallCity, resident: Actor, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    report(small_city, resident)

    def never(*_: Any) -> str:
        raise AssertionError("decrypted for a list")

    monkeypatch.setattr("zhili.core.people.secrets._decrypt", never)
    who = resident if page == "/my" else small_city.actor("A.zhzf", "handler")
    assert reader(who).get(page).status_code == 200
    assert exporting.figures()["asked"] == 0


def test_the_public_register_says_how_much_is_withheld(small_city: SmallCity, resident: Actor) -> None:
    case, _code = report(small_city, resident)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    case.refresh_from_db()
    until = timezone.now() + timedelta(days=9)
    delaying.begin(case, "duty", "告知会妨碍取证", until, small_city.actor("A.zhzf", "leader"))
    opens(case, small_city.actor("A.zhzf", "handler"))
    page = reader().get("/register/element")
    assert "现在还没告知 1 暂缓过，已经告知 0" in words_of(page)
    assert case.number not in page.content.decode()
    assert json.loads(reader().get("/register.json").content)["withheld"]["openings_withheld_now"] == 1
