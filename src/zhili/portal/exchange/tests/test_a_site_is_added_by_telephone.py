"""A site is added by what it publishes and the fingerprint heard on the telephone: at the desk;
what discovery shows, and how keys change over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from zhili.base.exchange import discovery
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.models import RemoteSite, SiteAgreement
from zhili.core.exchange.sites import keys, peers
from zhili.core.trail.models import Change, Leaf
from zhili.portal.exchange.tests import other_site
from zhili.portal.exchange.tests.other_site import BY, HERE, OtherSite
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db


def test_discovery_tells_who_we_are(city: SmallCity) -> None:
    answer = Client().get("/exchange/v1")
    found = discovery.parse(answer.content)
    assert (found["site"], found["title"]) == (HERE, "嘉兴治理")
    assert found["divisions"] == ["330400000000"]
    assert [one["kid"] for one in found["keys"]] == [keys.current().keyid]
    assert found["trail"]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert Client().get("/exchange/v1", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert Client().get("/exchange/v1/nothing").status_code == 404


def test_a_new_key_is_shown_before_it_signs(city: SmallCity) -> None:
    former = keys.current()
    fresh = keys.rotate(timedelta(days=3))
    assert keys.current().keyid == former.keyid
    assert [key.keyid for key in keys.active()] == [former.keyid, fresh.keyid]
    assert len(json.loads(Client().get("/exchange/v1").content)["keys"]) == 2
    at_once = keys.rotate(timedelta(0))  # the former ones got out
    assert [key.keyid for key in keys.active()] == [at_once.keyid] == [keys.current().keyid]
    assert keys.FILE.path().stat().st_mode & 0o077 == 0
    keys.FILE.path().chmod(0o644)
    keys.forget()
    with pytest.raises(keys.ExchangeKeysError):
        keys.current()


def test_at_the_desk(city: SmallCity, published: str) -> None:
    admin = city.actor("city", "admin")
    given = {"url": "https://jinshan.example/", "office": str(city.offices["city"].pk), "place": "outside"}
    page = reader(admin)
    wrong = page.post("/desk/admin/sites/new", {**given, "fingerprint": "0000 " * 8})
    assert wrong.status_code == 422
    assert "没有这个指纹" in words_of(wrong)
    asked = page.post("/desk/admin/sites/new", {**given, "fingerprint": published.upper()})
    assert "对方自称金山治理" in words_of(asked)
    assert not RemoteSite.objects.exists()
    sure = asked.content.decode().split('name="_sure" value="')[1].split('"')[0]
    page.post("/desk/admin/sites/new", {**given, "fingerprint": published.upper(), "_sure": sure})
    site = RemoteSite.objects.get()
    assert (site.site, site.url, site.account.kind) == (
        "jinshan.shanghai",
        "https://jinshan.example",
        "machine",
    )
    assert len(site.trail_keys) == 1
    key = site.keys.get()
    assert bytes(key.public) == keys.current().public
    body = bytes(Leaf.objects.get(pk=Change.objects.get(subject="exchange.key").leaf_id).body)
    assert key.keyid.encode() in body
    shown = words_of(page.get(f"/desk/admin/sites/{site.pk}"))
    assert published in shown
    assert "还没有协议" in shown
    assert published in words_of(page.get("/desk/admin/sites"))


def test_editions_of_an_agreement(there: OtherSite) -> None:
    site = there.site
    second = peers.load_agreement(site, other_site.agreement(site.site, 2, due_days=9), BY)
    assert [one.pk for one in peers.agreements(site)] == [second.pk]
    with pytest.raises(peers.Misfit):  # another text under the same number
        peers.load_agreement(site, other_site.agreement(site.site, 2, due_days=8), BY)
    with pytest.raises(peers.Misfit):  # an older one
        peers.load_agreement(site, other_site.agreement(site.site, 1), BY)
    with pytest.raises(peers.Misfit):  # of somebody else
        peers.load_agreement(site, {**other_site.agreement(site.site, 3), "sites": ["a.x", "b.x"]}, BY)
    coming = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    peers.load_agreement(site, other_site.agreement(site.site, 3, valid_from=coming), BY)
    assert peers.agreement(site, "shared-river") is None  # nothing is in force until then
    assert SiteAgreement.objects.count() == 3
