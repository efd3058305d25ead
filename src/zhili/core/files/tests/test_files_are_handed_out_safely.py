from typing import Any

import pytest
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory

from zhili.core.files.models import File
from zhili.core.files.serving import response
from zhili.core.files.tests.samples import camera_photo, mp4, pdf, picture, send

pytestmark = pytest.mark.django_db


def sent(data: bytes, name: str = "井盖.jpg") -> File:
    return File.objects.get(pk=send(data, name).id)


def done(answer: HttpResponseBase) -> None:
    """Closes the file, but not the test's database, as answer.close() would."""
    for close in answer._resource_closers:  # type: ignore[attr-defined]
        close()


def body(answer: HttpResponseBase) -> bytes:
    whole: bytes = b"".join(answer)  # type: ignore[arg-type]
    done(answer)
    return whole


def asking(**headers: str) -> Any:
    return RequestFactory().get("/", headers=headers)


def test_every_answer_forbids_guessing_running_and_framing() -> None:
    for variant in ("original", "public", "thumbnail"):
        answer = response(sent(camera_photo()), variant)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        kept = "private, max-age=31536000, immutable" if variant == "original" else "private, no-cache"
        assert answer["Cache-Control"] == kept
        done(answer)


def test_pictures_are_shown_and_all_else_is_saved() -> None:
    shown, saved = response(sent(picture())), response(sent(pdf(), "说明.pdf"))
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert saved["Content-Type"] == "application/pdf"
    assert body(saved) == pdf()
    done(shown)


def test_copies_are_served_as_what_they_are() -> None:
    file = sent(camera_photo())
    public, small = response(file, "public"), response(file, "thumbnail")
    assert (public["Content-Type"], small["Content-Type"]) == ("image/jpeg", "image/webp")
    assert b"SecretPhone" not in body(public)
    done(small)


def test_shared_caches_ask_again_for_a_public_picture_each_time() -> None:
    answer = response(sent(picture()), "public", public=True)
    assert answer["Cache-Control"] == "public, no-cache"
    done(answer)


def test_what_the_browser_has_is_not_sent_again() -> None:
    file = sent(picture())
    first = response(file, request=asking())
    done(first)
    again = response(file, request=asking(**{"If-None-Match": f'"other", {first["ETag"]}'}))
    assert again.status_code == 304
    assert response(file, "public", asking(**{"If-None-Match": first["ETag"]})).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=0-999999", 206, 0, None),
        ("bytes=5-4", 416, 0, 0),
        ("bytes=999999-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=0-1,3-4", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("lines=1-2", 200, 0, None),
    ],
)
def test_players_may_ask_for_a_part(asked: str, status: int, first: int, last: int | None) -> None:
    data = mp4()
    answer = response(sent(data, "a.mp4"), request=asking(Range=asked))
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == f"bytes */{len(data)}"
        return
    wanted = data[first:] if last is None else data[first : last + 1]
    assert answer["Content-Length"] == str(len(wanted))
    assert body(answer) == wanted


def test_a_copy_that_cannot_be_is_not_found() -> None:
    for file, variant in ((sent(pdf()), "public"), (sent(picture()), "../../etc/passwd")):
        with pytest.raises(Http404):
            response(file, variant)
    with pytest.raises(Http404):
        response(File(sha256="0" * 64, mime="image/png", name="gone.png"))
