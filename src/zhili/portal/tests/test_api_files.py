"""Files over the API: sent ahead, attached once, handed out as original or cleaned copy by who asks."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.files import decisions
from zhili.core.files.models import File
from zhili.portal.api import limits
from zhili.portal.tests.api_client import REPORT, ROOT, Program, accepted, looked_over

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    limits.buckets.forget()


def photo(colour: str = "red") -> bytes:
    """A JPEG with something in its camera data."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def sent(program: Program, raw: bytes, kind: str = "image/jpeg", **extra: str) -> dict:
    answer = program.send("/files", raw, kind, **extra)
    assert answer.status_code == 201, answer.content
    return answer.json()[0]


def reported(program: Program, **more: object) -> tuple[str, str, dict]:
    """A report with one photo: number, code, file."""
    file = sent(program, photo())
    made = program.post(REPORT, DATA | {"photos": [f"{file['id']}:{file['token']}"]} | more)
    assert made.status_code == 201, made.content
    return made.json()["number"], made.json()["code"], file


def let_out(city: SmallCity, file: dict) -> None:
    """An office looked at the photo: it may be public."""
    decisions.check(File.objects.get(pk=file["id"]).sha256, city.actor("A.grid"), fit=True)


def test_a_file_is_sent_whole_or_in_parts(small_city: SmallCity) -> None:
    raw = sent(Program(), photo(), HTTP_X_FILE_NAME="%E7%85%A7%E7%89%87.jpg")
    assert (raw["mime"], raw["name"], raw["width"]) == ("image/jpeg", "照片.jpg", 64)
    program = Program()
    parts = looked_over(
        program.client.post(
            f"{ROOT}/files",
            {"a": SimpleUploadedFile("1.jpg", photo()), "b": SimpleUploadedFile("2.jpg", photo("blue"))},
        )
    )
    assert parts.status_code == 201
    assert [one["name"] for one in parts.json()] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    ("raw", "kind", "extra", "status"),
    [
        (b"<svg onload=alert(1)>" + b" " * 600, "image/svg+xml", {}, 415),
        (b"", "image/jpeg", {}, 411),
        (photo(), "image/jpeg", {"CONTENT_LENGTH": str(10**12)}, 413),
        (photo()[:200], "image/jpeg", {}, 422),
        (b"no boundary", "multipart/form-data", {}, 400),
    ],
)
def test_a_file_that_is_not_taken_is_told_why(
    small_city: SmallCity, raw: bytes, kind: str, extra: dict[str, str], status: int
) -> None:
    assert Program().send("/files", raw, kind, **extra).status_code == status
    assert File.objects.count() == 0


def test_a_photo_is_attached_once_and_by_who_sent_it(small_city: SmallCity) -> None:
    _number, _code, file = reported(Program())
    again = Program().post(REPORT, DATA | {"photos": [f"{file['id']}:{file['token']}"]})
    assert again.status_code == 422
    other = sent(Program(), photo("green"))
    assert Program().post(REPORT, DATA | {"photos": [other["id"]]}).status_code == 422
    assert Case.objects.count() == 1


def test_a_repeat_with_a_photo_gets_the_first_answer(small_city: SmallCity) -> None:
    file = sent(Program(), photo())
    body = DATA | {"photos": [f"{file['id']}:{file['token']}"]}
    key = "0123456789abcdef-photo"
    first = Program().post(REPORT, body, Idempotency_Key=key)
    again = Program().post(REPORT, body, Idempotency_Key=key)
    assert (again.status_code, again.json()) == (201, first.json())


def test_offices_and_the_sender_get_the_original_and_strangers_the_cleaned_copy(
    small_city: SmallCity,
) -> None:
    number, code, file = reported(Program())
    accepted(small_city, number)
    let_out(small_city, file)
    path = f"/cases/{number}/files/{file['id']}"
    for program in (Program.of(small_city.actor("A.grid")), Program(**{"X-Grant": code})):
        answer = program.get(path)
        assert answer.status_code == 200
        assert b"SecretCamera" in b"".join(answer.streaming_content)
        assert "private" in answer["Cache-Control"]
    answer = Program().get(path)
    assert answer.status_code == 200
    assert b"SecretCamera" not in b"".join(answer.streaming_content)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Program().get(path, variant="original").status_code == 404
    assert Program().get(path, variant="thumbnail")["Content-Type"] == "image/webp"
    assert Program().get(path, variant="huge").status_code == 422


def test_a_photo_of_a_private_case_is_not_there_for_strangers(small_city: SmallCity) -> None:
    number, _code, file = reported(Program(), category="201013")
    let_out(small_city, file)
    path = f"/cases/{number}/files/{file['id']}"
    assert Program().get(path).status_code == 404
    assert Program.of(small_city.actor("B.town")).get(path).status_code == 404
    assert Program.of(small_city.actor("A.town")).get(path).status_code == 200


def test_a_photo_of_an_inner_step_stays_with_the_offices(small_city: SmallCity) -> None:
    number, code, file = reported(Program())
    let_out(small_city, file)
    office = Program.of(small_city.actor("A.grid"))
    office.post(f"/cases/{number}/actions/accept", {})
    draft = sent(office, photo("blue"))
    let_out(small_city, draft)
    done = office.post(
        f"/cases/{number}/actions/draft", {"data": {"answer": "拟好的答复", "photos": [draft["id"]]}}
    )
    assert done.status_code == 201
    reporter = Program(**{"X-Grant": code})
    for program, expected in ((office, 2), (reporter, 1), (Program(), 1)):
        assert len(program.get(f"/cases/{number}/files").json()) == expected
    assert reporter.get(f"/cases/{number}/files/{draft['id']}").status_code == 404
    assert Program().get(f"/cases/{number}/files/{draft['id']}").status_code == 404


def test_a_file_of_another_case_is_not_found_under_this_one(small_city: SmallCity) -> None:
    first, _code, file = reported(Program())
    second, _code, _file = reported(Program())
    for number in (first, second):
        accepted(small_city, number)
    let_out(small_city, file)
    assert Program().get(f"/cases/{second}/files/{file['id']}").status_code == 404
    assert Program().get(f"/cases/{first}/files/{file['id']}").status_code == 200
