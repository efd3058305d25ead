"""Files that come with a request: refused while they arrive, not after."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.core.files import limits
from zhili.core.files.intake import Stored, store, too_large
from zhili.core.files.kinds import HEAD, kind_of
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor

_REFUSED = "_zhili_refused_uploads"


@dataclass(frozen=True, slots=True)
class RefusedUpload:
    """One file of a form that was dropped while it arrived; the form's other parts are unharmed."""

    field: str
    name: str
    refusal: UploadRefused


def refused(request: HttpRequest) -> list[RefusedUpload]:
    """The files CappedUploadHandler dropped from this request."""
    return getattr(request, _REFUSED, [])


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
    if dropped := refused(request):
        raise dropped[0].refusal
    if not sent:
        raise UploadRefused(_("没有收到文件，请选择文件后再传。"), 422)
    return [store(upload, upload.name or "", actor, origin=origin(request)) for upload in sent]


class CappedUploadHandler(FileUploadHandler):
    """Writes each file to disk as it comes, and drops it at once when it is too large or of a kind not taken.

    For FILE_UPLOAD_HANDLERS. A dropped file is told by `refused(request)`; the text fields of the form still
    arrive, so that nothing typed is lost.
    """

    chunk_size = 64 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.most = limits.max_size()
        self.size = 0
        self.head: bytes | None = b""
        self.file = TemporaryUploadedFile(
            self.file_name or "", self.content_type, 0, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > self.most:
            self.drop(too_large(self.most))
        if self.head is not None:
            self.head += raw_data
            if len(self.head) >= HEAD:
                self.judge(self.head[:HEAD])
        self.file.write(raw_data)

    def judge(self, head: bytes) -> None:
        try:
            kind_of(head)
        except UploadRefused as refusal:
            self.drop(refusal)
        self.head = None

    def drop(self, refusal: UploadRefused) -> None:
        dropped = RefusedUpload(str(self.field_name), str(self.file_name), refusal)
        assert self.request is not None
        setattr(self.request, _REFUSED, [*refused(self.request), dropped])
        self.file.close()
        raise SkipFile

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
