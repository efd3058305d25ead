"""Masks on the public copy, never on the original; an original that says where is opened on the record."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.files import blobs, decisions, limits, scanning
from zhili.core.files.decisions import Box
from zhili.core.files.models import File
from zhili.core.files.tests.hostile import private_photo
from zhili.core.files.tests.samples import picture, send
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Access, Change, Leaf
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db
REPORT = "citizen_reports.report"
PLACE = {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}
RED, BLUE = (254, 0, 0), (0, 0, 254)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


class Matter:
    """A public matter with one photo: left half red, right half blue."""

    def __init__(self, city: SmallCity, data: bytes) -> None:
        self.city, self.data = city, data
        sent = send(data)
        answers = {"what": "车停在盲道上", "place": PLACE, "photos": [f"{sent.id}:{sent.token}"]}
        opened = doors.open_case(REPORT, "report", ANONYMOUS, answers)
        doors.act(opened.case_id, "accept", city.actor("A.grid"), {"category": "201001"})
        self.number, self.code, self.file = opened.number, opened.code, File.objects.get(pk=sent.id)
        self.page = f"/desk/c/{self.number}/files/{self.file.pk}"
        self.picture = f"/c/{self.number}/files/{self.file.pk}"
        self.grid = reader(city.actor("A.grid"))

    def decide(self, client: Client | None = None, **sent: Any) -> Any:
        seen = decisions.standing(self.file.sha256).last
        return (client or self.grid).post(self.page, {"_seen": seen, "_do": "mask", "style": "black", **sent})

    def mask_left(self) -> Any:
        return self.decide(left=["0"], top=["0"], width=["50"], height=["100"])

    def let_out(self) -> None:
        """The office looked: the picture may be public as it is."""
        assert self.decide(_do="fit").status_code == 302

    def pixel(self, at: tuple[int, int], client: Client | None = None, query: str = "") -> tuple[int, ...]:
        answer: Any = (client or Client()).get(self.picture + query)
        assert answer.status_code == 200, answer.status_code
        with Image.open(BytesIO(b"".join(answer.streaming_content))) as image:
            return tuple(image.convert("RGB").getpixel(at))  # type: ignore[arg-type]


@pytest.fixture
def matter(small_city: SmallCity) -> Matter:
    return Matter(small_city, picture(size=(600, 400)))


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one, other, strict=True))


def test_what_is_masked_is_gone_from_the_public_copy_and_the_thumbnail_at_once(matter: Matter) -> None:
    matter.let_out()
    assert near(matter.pixel((100, 200)), RED)
    assert near(matter.pixel((30, 30), query="?small=1"), RED)
    assert matter.mask_left().status_code == 302
    assert near(matter.pixel((100, 200)), (0, 0, 0))
    assert near(matter.pixel((500, 200)), BLUE)
    assert near(matter.pixel((30, 30), query="?small=1"), (0, 0, 0))


def test_the_original_stays_as_it_was_sent(matter: Matter) -> None:
    matter.mask_left()
    with default_storage.open(blobs.original(matter.file.sha256)) as kept:
        assert kept.read() == matter.data
    answer: Any = matter.grid.get(matter.picture + "?original=1")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == matter.file.sha256


def test_offices_look_at_it_unmasked_and_strangers_never(matter: Matter) -> None:
    matter.mask_left()
    assert near(matter.pixel((100, 200), matter.grid), RED)
    for query in ("", "?original=1", "?small=0"):
        assert near(matter.pixel((100, 200), query=query), (0, 0, 0))
    api = Client().get(f"/api/v1/cases/{matter.number}/files/{matter.file.pk}?variant=clean")
    assert api.status_code == 404


def test_copies_kept_by_browsers_end_with_new_masks(matter: Matter) -> None:
    matter.let_out()
    first = Client().get(matter.picture)
    assert "no-cache" in first["Cache-Control"]
    asked = {"If-None-Match": first["ETag"]}
    assert Client().get(matter.picture, headers=asked).status_code == 304
    matter.mask_left()
    again = Client().get(matter.picture, headers=asked)
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_the_copy_without_masks_is_not_left_lying_about(
    matter: Matter, django_capture_on_commit_callbacks: Any
) -> None:
    matter.let_out()
    assert Client().get(matter.picture).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        matter.mask_left()
    folder = f"copies/{matter.file.sha256[:2]}"
    assert default_storage.listdir(folder)[1] == []


def test_masks_are_taken_off_by_masking_anew(matter: Matter) -> None:
    matter.mask_left()
    assert matter.decide().status_code == 302
    assert near(matter.pixel((100, 200)), RED)
    assert [one.done for one in decisions.history(matter.file.sha256)] == ["masked", "masked"]


def test_who_masked_and_when_is_a_row_and_a_leaf(matter: Matter) -> None:
    matter.mask_left()
    row = Change.objects.get(subject="file", done="masked")
    assert (row.key, row.after["boxes"]) == (matter.file.sha256, [[0, 0, 5000, 10000]])
    assert row.actor_office_id == matter.city.actor("A.grid").office_id
    leaf = json.loads(bytes(Leaf.objects.get(pk=row.leaf_id).body))
    assert leaf["what"]["change"] == "file"
    assert matter.file.sha256 not in json.dumps(leaf), (
        "whoever has the photo cannot find it in the public log"
    )
    assert "打码" in words_of(matter.grid.get(matter.page))


def test_the_same_picture_sent_again_is_masked_too(matter: Matter) -> None:
    matter.mask_left()
    other = Matter(matter.city, matter.data)
    assert other.file.pk != matter.file.pk
    assert near(other.pixel((100, 200)), (0, 0, 0))


def test_squares_are_too_few_to_read_anything_back() -> None:
    from zhili.core.files.copies import hide

    noise = Image.effect_noise((600, 400), 120).convert("RGB")
    hide(noise, Box(1000, 1000, 5000, 5000), "pixel")
    part = noise.crop((60, 40, 360, 240))
    assert len(part.getcolors(10_000) or []) <= 6 * 6


@pytest.mark.parametrize(
    "sent",
    [
        {"left": ["0"], "top": ["0"], "width": ["x"], "height": ["5"]},
        {"left": ["0"], "top": ["0"], "width": ["5"], "height": [""]},
        {"left": ["inf"], "top": ["0"], "width": ["5"], "height": ["5"]},
        {"left": ["1"] * 101, "top": ["1"] * 101, "width": ["1"] * 101, "height": ["1"] * 101},
        {"style": "blur"},
        {"_do": "nothing"},
    ],
)
def test_what_is_no_mask_is_refused_in_words(matter: Matter, sent: dict[str, Any]) -> None:
    assert matter.decide(**sent).status_code == 422
    assert not Change.objects.filter(subject="file").exists()


def test_two_at_once_the_second_is_told(matter: Matter) -> None:
    sent = {"_seen": "0", "_do": "fit"}
    assert matter.grid.post(matter.page, sent).status_code == 302
    assert matter.grid.post(matter.page, sent).status_code == 409


def test_only_who_sees_the_matter_masks_it(matter: Matter, small_city: SmallCity) -> None:
    elsewhere = reader(small_city.actor("B.grid"))
    assert matter.decide(elsewhere).status_code == 404
    assert matter.decide(reader(small_city.resident())).status_code == 403
    assert matter.decide(Client()).status_code == 302  # to sign in
    assert not Change.objects.filter(subject="file").exists()


def site_says(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    read = limits.read
    monkeypatch.setattr(
        limits, "read", lambda key, how: text if key == "files.public_after_check" else read(key, how)
    )


@pytest.mark.parametrize("site", ["", "是", "citizen_reports"])
def test_no_picture_is_public_before_an_office_looked(
    matter: Matter, monkeypatch: pytest.MonkeyPatch, site: str
) -> None:
    if site:  # without: as a site is that was told nothing
        site_says(monkeypatch, site)
    page = f"/c/{matter.number}"
    assert Client().get(matter.picture).status_code == 404
    assert str(matter.file.pk) not in Client().get(page).content.decode()
    assert Client().get(f"/api/v1/cases/{matter.number}/files").json() == []
    matter.decide(_do="fit")
    assert near(matter.pixel((100, 200)), RED)
    assert str(matter.file.pk) in Client().get(page).content.decode()
    matter.decide(_do="hide")
    assert Client().get(matter.picture).status_code == 404


def test_a_matter_that_was_only_passed_up_shows_nobody_its_picture(small_city: SmallCity) -> None:
    sent = send(picture(size=(60, 40)))
    answers = {"what": "车停在盲道上", "place": PLACE, "photos": [f"{sent.id}:{sent.token}"]}
    opened = doors.open_case(REPORT, "report", ANONYMOUS, answers)
    doors.act(opened.case_id, "pass_up", small_city.actor("A.grid"), {"reason": "要上级办"})
    assert Client().get(f"/c/{opened.number}/files/{sent.id}").status_code == 404


def test_a_site_that_looks_at_no_picture_shows_them_at_once(
    matter: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_says(monkeypatch, "否")
    assert near(matter.pixel((100, 200)), RED)
    assert "任何人可看，没有打码" in words_of(matter.grid.get(matter.page))
    assert "公开前请看一眼" not in words_of(matter.grid.get(f"/desk/c/{matter.number}"))


def test_the_desk_says_so_beside_the_picture_and_one_press_lets_it_out(matter: Matter) -> None:
    desk = f"/desk/c/{matter.number}"
    assert "等单位看过才公开" in words_of(matter.grid.get(matter.page))
    page = matter.grid.get(desk)
    assert "公开前请看一眼" in words_of(page)
    assert f'action="{matter.page}"' in page.content.decode()
    done = matter.grid.post(matter.page, {"_seen": "0", "_from": "case", "_do": "fit"})
    assert (done.status_code, done["Location"]) == (302, desk)
    assert near(matter.pixel((100, 200)), RED)
    assert "公开前请看一眼" not in words_of(matter.grid.get(desk))
    assert "任何人可看，没有打码" in words_of(matter.grid.get(matter.page))
    matter.mask_left()
    assert "任何人可看打码后的图片" in words_of(matter.grid.get(matter.page))


def test_only_offices_are_asked_to_look(matter: Matter) -> None:
    for mine in (f"?g={matter.code}", ""):
        page = Client().get(f"/c/{matter.number}{mine}", follow=True)
        assert "公开前请看一眼" not in words_of(page)


def test_an_administrator_withdraws_a_file_and_its_bytes_stay(matter: Matter, small_city: SmallCity) -> None:
    matter.let_out()
    assert matter.decide(_do="withdraw", reason="发现病毒").status_code == 403
    post = small_city.actor("A.grid", "admin", "grid")
    admin = reader(post)
    assert matter.decide(admin, _do="withdraw").status_code == 422  # without a reason
    assert matter.decide(admin, _do="withdraw", reason="发现病毒").status_code == 302
    assert Client().get(matter.picture).status_code == 404
    for query in ("", "?original=1", "?small=1"):
        refused = admin.get(matter.picture + query)
        assert refused.status_code == 410
        assert "发现病毒" in refused.content.decode()
    with default_storage.open(blobs.original(matter.file.sha256)) as kept:
        assert kept.read() == matter.data
    matter.decide(admin, _do="give_back", reason="误报")
    assert near(matter.pixel((100, 200)), RED)


def test_what_waits_for_its_scan_is_shown_to_nobody(matter: Matter) -> None:
    matter.let_out()
    File.objects.update(scan=scanning.WAITS)
    assert Client().get(matter.picture).status_code == 404
    assert matter.grid.get(matter.picture).status_code == 503


def test_an_office_that_opens_an_original_which_says_where_is_recorded(small_city: SmallCity) -> None:
    matter = Matter(small_city, private_photo("JPEG"))
    assert matter.file.tells == "place,owner"
    matter.grid.get(matter.picture)
    matter.grid.get(matter.picture + "?small=1")
    assert not Access.objects.exists(), "copies say nothing, and are not recorded"
    opened = matter.grid.get(matter.picture + "?original=1")
    assert opened["Cache-Control"] == "no-store"
    access = Access.objects.get()
    assert access.secret_id == matter.file.pk
    assert access.office_id == small_city.actor("A.grid").office_id
    assert matter.number in access.purpose
    assert Leaf.objects.filter(kind="access").count() == 1
    matter.grid.get(f"/api/v1/cases/{matter.number}/files/{matter.file.pk}?variant=original")
    assert Access.objects.count() == 2


def test_whoever_sent_the_photo_has_their_own_original_without_a_record(small_city: SmallCity) -> None:
    matter = Matter(small_city, private_photo("JPEG"))
    answer: Any = Client().get(f"{matter.picture}?original=1&g={matter.code}")
    assert b"".join(answer.streaming_content) == matter.data
    assert not Access.objects.exists()
