from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from zhili.core.files import UploadRefused
from zhili.core.files.intake import store
from zhili.core.files.models import File
from zhili.core.files.tests.samples import mp3, picture
from zhili.core.files.uploads import CappedUploadHandler, RefuseOversized, receive
from zhili.core.people.actors import ANONYMOUS

pytestmark = pytest.mark.django_db


class Counting(BytesIO):
    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def form(**parts: Any) -> HttpRequest:
    """A browser's multipart request; each part a text or (name, bytes), or a list of these."""

    def part(value: Any) -> Any:
        if isinstance(value, list):
            return [part(one) for one in value]
        return SimpleUploadedFile(*value) if isinstance(value, tuple) else value

    return RequestFactory().post("/api/v1/files", {name: part(value) for name, value in parts.items()})


def raw(data: bytes, kind: str = "image/jpeg", **headers: Any) -> HttpRequest:
    return RequestFactory().generic("POST", "/api/v1/files", data, content_type=kind, headers=headers)


def refusal(request: HttpRequest) -> UploadRefused:
    with pytest.raises(UploadRefused) as found:
        receive(request, ANONYMOUS)
    return found.value


def test_a_browser_sends_several_files_at_once() -> None:
    kept = receive(form(photos=[("a.jpg", picture()), ("b.mp3", mp3())]), ANONYMOUS)
    assert [(one.name, one.mime) for one in kept] == [("a.jpg", "image/jpeg"), ("b.mp3", "audio/mpeg")]


def test_a_program_sends_the_bare_bytes() -> None:
    (kept,) = receive(raw(picture(), **{"X-File-Name": "%E4%BA%95%E7%9B%96.jpg"}), ANONYMOUS)
    assert (kept.name, kept.size) == ("井盖.jpg", len(picture()))


def test_an_oversized_body_is_refused_unread(limit: Any) -> None:
    limit(max_size=1000, max_request=2000)
    for kind in ("multipart/form-data; boundary=x", "image/jpeg"):
        request = raw(b"", kind)
        stream = Counting(b"x" * 5000)
        request.META["CONTENT_LENGTH"] = "5000"
        request._stream = stream  # type: ignore[attr-defined]
        assert refusal(request).status == 413
        assert stream.taken == 0


def test_one_oversized_file_is_dropped_while_it_arrives(limit: Any) -> None:
    limit(max_size=100_000)
    refused_with = refusal(form(photos=[("a.jpg", picture() + b"\0" * 300_000)]))
    assert refused_with.status == 413
    assert not File.objects.exists()


def test_a_wrong_kind_is_dropped_at_its_first_piece() -> None:
    request = form(photos=[("a.jpg", b"MZ" + b"\0" * 300_000)])
    assert refusal(request).status == 415
    assert len(request.FILES["photos"].read()) == 0


def test_dropping_a_file_keeps_what_was_typed_and_the_other_files(limit: Any) -> None:
    limit(max_size=100_000)
    big = ("big.jpg", picture() + b"\0" * 200_000)
    request = form(
        before="写在前面", photos=[("a.jpg", picture()), big, ("c.jpg", picture())], what="下水道堵了"
    )
    request.upload_handlers = [CappedUploadHandler(request)]
    assert request.POST.dict() == {"before": "写在前面", "what": "下水道堵了"}
    first, dropped, last = request.FILES.getlist("photos")
    assert (first.size, first.read()) == (len(picture()), picture())
    assert (dropped.name, dropped.size) == ("big.jpg", len(big[1]))
    with pytest.raises(UploadRefused) as refused:
        store(dropped, "big.jpg", ANONYMOUS)
    assert refused.value.status == 413
    assert store(last, "c.jpg", ANONYMOUS).name == "c.jpg"


def test_a_page_sent_far_too_much_answers_before_reading(limit: Any, rf: RequestFactory) -> None:
    limit(max_request=2000)
    guard = RefuseOversized(lambda _request: HttpResponse("read"))
    for path, length, status in (
        ("/new/x", 5000, 413),
        ("/new/x", 2000, None),
        ("/api/v1/files", 5000, None),
    ):
        request = rf.post(path)
        request.session, request.user = {}, AnonymousUser()  # type: ignore[assignment]
        request.META["CONTENT_LENGTH"] = str(length)
        answer = guard.process_view(request, None, (), {})
        assert (answer.status_code if answer else None) == status


def test_a_request_without_a_length_or_without_files_is_told_so() -> None:
    request = raw(picture())
    request.META["CONTENT_LENGTH"] = ""
    assert refusal(request).status == 411
    assert "没有收到文件" in refusal(form(what="x")).reason


def test_a_body_squeezed_for_the_journey_is_refused() -> None:
    assert refusal(raw(b"\x1f\x8b", **{"Content-Encoding": "gzip"})).status == 415
