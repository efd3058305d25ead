"""A document's photo at the desk: for a purpose, in the trail, marked, in no cache; for those few who compare it."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops

from zhili.core.trail.audit import covering
from zhili.core.trail.models import Access
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import photos
from zhili.scenarios.wages.models import DocumentPhoto
from zhili.scenarios.wages.registering import Registered
from zhili.scenarios.wages.tests.conftest import Site, number

pytestmark = pytest.mark.django_db
WHY = "登记的号码有疑问，核对证件"


def picture(**more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (900, 560), (200, 220, 240)).save(out, "JPEG", quality=95, **more)
    return out.getvalue()


@pytest.fixture
def one(site: Site) -> Registered:
    joined = site.join("李小木", 2)
    exif = Image.Exif()
    exif[0x0110] = "camera of somebody"
    photos.keep(joined.worker, picture(exif=exif))
    return joined


def path(site: Site, one: Registered) -> str:
    return f"/desk/wages/crews/{site.crew.pk}/photo/{one.engagement.pk}"


def shown(answer: Any) -> bytes:
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', answer.content.decode())
    assert found is not None
    return base64.b64decode(found[1])


def test_it_is_shown_once_for_a_purpose_with_who_and_when_across_it(site: Site, one: Registered) -> None:
    officer, address = reader(site.officer), path(site, one)
    assert address in officer.get(f"/desk/wages/crews/{site.crew.pk}").content.decode()
    asked = officer.get(address).content.decode()
    assert "data:image" not in asked
    assert "李小木" not in asked
    assert Access.objects.count() == 0
    for purpose in ("", "看", "   看 看  "):
        refused = officer.post(address, {"purpose": purpose})
        assert (refused.status_code, "data:image" in refused.content.decode()) == (422, False)
    assert Access.objects.count() == 0
    answer = officer.post(address, {"purpose": WHY})
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "李小木" in page
    assert number("33040219800101002") in page
    made = Image.open(BytesIO(shown(answer)))
    assert (made.format, made.size, dict(made.getexif())) == ("JPEG", (900, 560), {})
    bare = Image.open(BytesIO(picture()))
    for corner in ((0, 0, 300, 280), (600, 0, 900, 280), (0, 280, 300, 560), (300, 140, 600, 420)):
        # no part of it can be cut out without the mark
        apart = ImageChops.difference(made.crop(corner), bare.crop(corner)).convert("L")
        assert sum(apart.histogram()[60:]) > 500, corner
    rows = list(Access.objects.values_list("account_id", "case_id", "purpose"))
    assert rows == [(site.officer.account_id, site.case, f"核对证件照片：{WHY}")] * 2
    assert not [f for c in covering.covers() if c.name == "trail_access" for f in c.batch(None).faults]
    assert "data:image" not in officer.get(address).content.decode()  # another look asks anew


def test_few_may_and_nobody_by_guessing_an_address(site: Site, one: Registered) -> None:
    address = path(site, one)
    for actor, status in ((site.clerk, 200), (site.office, 200), (site.leader, 403),
                          (site.city.actor("city", "auditor"), 403), (site.city.actor("A.grid"), 403),
                          (site.city.resident("别人"), 404)):  # fmt: skip
        assert reader(actor).get(address).status_code == status
        assert reader(actor).post(address, {"purpose": WHY}).status_code == status
    assert Client().get(address).status_code == 302
    assert "/photo/" not in reader(site.leader).get(f"/desk/wages/crews/{site.crew.pk}").content.decode()
    other = site.make_crew(site.project, "钢筋班")
    elsewhere = f"/desk/wages/crews/{other.pk}/photo/{one.engagement.pk}"
    assert reader(site.officer).post(elsewhere, {"purpose": WHY}).status_code == 404


def test_what_is_no_picture_or_was_destroyed_is_said(site: Site, one: Registered) -> None:
    officer = reader(site.officer)
    none = site.join("周来福", 3)
    assert officer.post(path(site, none), {"purpose": WHY}).status_code == 404
    photos.keep(none.worker, b"%PDF-1.7 <script>alert(1)</script>")
    refused = officer.post(path(site, none), {"purpose": WHY})
    assert (refused.status_code, "读不出来" in refused.content.decode()) == (409, True)
    DocumentPhoto.objects.filter(worker=one.worker).update(sealed=None, erased_at=timezone.now())
    assert officer.post(path(site, one), {"purpose": WHY}).status_code == 404
    assert path(site, one) not in officer.get(f"/desk/wages/crews/{site.crew.pk}").content.decode()


def test_nobody_leafs_through_them(site: Site, one: Registered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhili.scenarios.wages.pages.photo.TRIES", "2/h/key")
    officer = reader(site.officer)
    found = [officer.post(path(site, one), {"purpose": WHY}).status_code for _ in range(3)]
    assert found == [200, 200, 429]
