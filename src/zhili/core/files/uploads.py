"""Files that come with a request: refused while they arrive, not after."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhili.core.files import limits
from zhili.core.files.intake import Stored, store, too_large
from zhili.core.files.kinds import GROUP_OF, HEAD, kind_of
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor
from zhili.core.web.errors import error_page


class RefusedUpload(UploadedFile):
    """Stands in a form for a file that was dropped while it arrived. Giving it to `store` raises `refusal`."""

    def __init__(self, name: str, size: int, refusal: UploadRefused) -> None:
        super().__init__(BytesIO(), name, size=size)
        self.refusal = refusal


def origin(request: HttpRequest) -> str:
    """The sender's network address, for the daily limit of senders without an account."""
    return str(request.META.get("REMOTE_ADDR", ""))


def refuse_oversized(request: HttpRequest) -> None:
    """Judges by Content-Length, before a byte of the body is read. Raises UploadRefused (413)."""
    if content_length(request) > limits.max_request():
        sentence = _("这次上传的内容太多了，一共最多 {size}，请分几次上传。")
        raise UploadRefused(sentence.format(size=limits.in_words(limits.max_request())), 413)


def content_length(request: HttpRequest) -> int:
    given = str(request.META.get("CONTENT_LENGTH") or "")
    return int(given) if given.isascii() and given.isdigit() else 0


def receive(request: HttpRequest, actor: Actor) -> list[Stored]:
    """Takes in every file of a multipart request, or the whole body of one whose Content-Type is a file's own
    (name in X-File-Name, percent-encoded).

    One that is refused refuses the request (UploadRefused); the others are then forgotten after a day.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UploadRefused(_("请直接上传文件，不要在传输时压缩。"), 415)
    if not content_length(request):
        raise UploadRefused(_("请求里没有说明长度（Content-Length），请改正后再传。"), 411)
    refuse_oversized(request)
    if request.content_type == "multipart/form-data":
        return receive_parts(request, actor)
    name = unquote(request.headers.get("X-File-Name", ""))
    return [store(request, name, actor, length=content_length(request), origin=origin(request))]


def receive_parts(request: HttpRequest, actor: Actor) -> list[Stored]:
    if not hasattr(request, "_files"):  # not read yet: by our own handler then, whatever the site's are
        request.upload_handlers = [CappedUploadHandler(request)]
    sent = [upload for name in request.FILES for upload in request.FILES.getlist(name)]
    for upload in sent:
        if isinstance(upload, RefusedUpload):
            raise upload.refusal
    if not sent:
        raise UploadRefused(_("没有收到文件，请选择文件后再传。"), 422)
    return [store(upload, upload.name or "", actor, origin=origin(request)) for upload in sent]


class CappedUploadHandler(FileUploadHandler):
    """Writes each file to disk as it comes; one that is too large or of a kind not taken is let go at once.

    For FILE_UPLOAD_HANDLERS. The rest of a refused file runs past unkept, so that the form's words and its
    other files still arrive; in its place stands a RefusedUpload.
    """

    chunk_size = 64 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.most = limits.max_size()
        self.size = 0
        self.head = b""
        self.refusal: UploadRefused | None = None
        self.file = TemporaryUploadedFile(
            self.file_name or "", self.content_type, 0, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.refusal is None:
            try:
                self.judge(raw_data)
            except UploadRefused as refusal:
                self.refusal = refusal
                self.file.close()
            else:
                self.file.write(raw_data)

    def judge(self, piece: bytes) -> None:
        """Raises UploadRefused as soon as the file can no longer be taken."""
        if self.size > self.most:
            raise too_large(self.most)
        if len(self.head) < HEAD:
            self.head += piece[:HEAD]
            if len(self.head) >= HEAD:
                kind_of(self.head[:HEAD], GROUP_OF)

    def file_complete(self, file_size: int) -> UploadedFile:
        if self.refusal is not None:
            return RefusedUpload(self.file_name or "", self.size, self.refusal)
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


IN_PIECES = "/uploads/tus/"
"""Where a request may be as long as the file it carries on."""


class RefuseOversized:
    """Middleware, to stand before CsrfViewMiddleware, which reads the body: a page's request that says it is
    far too large gets its 413 unread. The API and other sites' door judge for themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.path_info.startswith(("/api/", "/exchange/", IN_PIECES)):
            return None
        try:
            refuse_oversized(request)
        except UploadRefused as refusal:
            return error_page(request, refusal.status, refusal.reason)
        return None
