"""Following a link: which share it names, who is looking, and what is handed to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from zhili.core import files
from zhili.core.cases import doors, query
from zhili.core.cases.errors import Refused
from zhili.core.files import blobs, decisions, serving
from zhili.core.files.copies import NoCopy
from zhili.core.files.models import File
from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.scenarios.evidence.sharing import codes, standing, turning, watermark
from zhili.scenarios.evidence.sharing.actions import DOOR, LOOK, PARTY, shown_time
from zhili.scenarios.evidence.sharing.models import Share, Viewing

LINK, SITTING = "zhili_share", "zhili_share_view"
SALT: Final = "evidence.share"
LINK_S = 3600
"""Seconds between following a link and opening it."""
HIDDEN = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


class Dead(Exception):
    """The link opens nothing; `state` says why, and `share` which it is, where it is one."""

    def __init__(self, state: str, share: Share | None = None) -> None:
        super().__init__(state)
        self.state, self.share = state, share


@dataclass(frozen=True)
class Sitting:
    """One opening, while it may be looked at."""

    share: Share
    viewing: Viewing

    @property
    def mark(self) -> tuple[str, str]:
        """The lines across every copy: for whom, when, which link and opening. In one language, as marks are."""
        number = f"{self.share.case.number}-{self.share.serial}-{self.viewing.number}"
        return (
            f"仅供{self.share.recipient}查看",
            f"{shown_time(self.viewing.at)} · 链接 {number}",
        )


def named(word: str) -> Share:
    """The share of the word in a link. Raises Dead: altered or unknown."""
    try:
        code = codes.without_checks(word)
    except codes.Altered:
        raise Dead(standing.ALTERED) from None
    grant = grants.at_door(code, DOOR)
    share = _shares().filter(grant=grant).first() if grant is not None else None
    if share is None:
        raise Dead(standing.UNKNOWN)
    return share


def refuse_closed(share: Share) -> None:
    """Raises Dead for a link that opens nothing now; that somebody followed it is kept."""
    state = standing.of(share, timezone.now())
    if state != standing.OPEN:
        turning.turn(share, state)
        raise Dead(state, share)


def followed(request: HttpRequest, pk: int) -> Share:
    """The share whose link this browser followed within the hour. Raises Dead (unknown)."""
    share = _shares().filter(pk=pk).first() if _cookie(request, LINK) == str(pk) else None
    if share is None:
        raise Dead(standing.UNKNOWN)
    return share


def sitting(request: HttpRequest, pk: int) -> Sitting | None:
    """The opening this browser is in, while its time lasts and the link was not taken back."""
    share_id, _slash, number = _cookie(request, SITTING).partition("/")
    if share_id != str(pk) or not number.isdecimal():
        return None
    viewing = Viewing.objects.filter(share_id=pk, number=int(number)).first()
    share = _shares().filter(pk=pk).first()
    if viewing is None or share is None or viewing.until <= timezone.now():
        return None
    if standing.of(share, timezone.now()) in (standing.TAKEN_BACK, standing.OVER):
        return None
    return Sitting(share, viewing)


def open_it(share: Share, stated: str, purpose: str, key: str) -> Viewing:
    """Open the link once: a step on the item, by the grant. Raises Refused, FormErrors, Dead."""
    actor = Actor(
        kind="grant",
        id=share.grant_id,
        grant_case=share.case_id,
        grant_party=PARTY,
        grant_actions=frozenset({LOOK}),
        label=share.recipient,
    )
    data = {"serial": str(share.serial), "stated": stated, "purpose": purpose}
    try:
        acted = doors.act(share.case_id, LOOK, actor, data, key=key)
    except Refused as refused:
        if refused.status != 410:
            raise
        turning.turn(share, refused.code)
        raise Dead(refused.code, share) from None
    return Viewing.objects.get(share=share, step_seq=acted.seq)


def remember(answer: HttpResponse, name: str, value: str, pk: int, seconds: int) -> None:
    """A signed cookie for the pages of this link alone, so that its word needs to stand in no address."""
    answer.set_signed_cookie(
        name,
        value,
        salt=f"{SALT}/{name}",
        max_age=seconds,
        path=f"/share/{pk}",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(request: HttpRequest, name: str) -> str:
    try:
        found = request.get_signed_cookie(name, default="", salt=f"{SALT}/{name}", max_age=12 * LINK_S)
    except BadSignature:
        return ""
    return str(found or "")


def _shares() -> QuerySet[Share]:
    """Of the zones this process serves: of another zone there is no link here."""
    return Share.objects.select_related("grant", "case").filter(case__zone__in=query.zones())


def shown(share: Share) -> list[File]:
    """The files chosen, in the order of the item's chain."""
    found = File.objects.in_bulk(share.files)
    return [found[one] for one in share.files if one in found]


def copy_of(seat: Sitting, file: File, request: HttpRequest) -> HttpResponseBase:
    """What is looked at: the marked copy; a recording as it is, where the link lets it be downloaded.

    Raises Refused (409) when no copy can be made: the original is never given in its place.
    """
    share = seat.share
    if withheld := serving.withheld(file, decisions.standing(file.sha256), request):
        return quiet(withheld)
    if not watermark.can_mark(file.mime):
        if not share.download:
            raise Refused("not_marked", _("这类文件没有可看的副本。"), 403)
        return quiet(serving.response(file, "original", request))
    if not share.watermark:
        variant = "public" if file.is_image else "original"
        return quiet(serving.response(file, variant, request))
    try:
        body, mime, ending = _marked(file, seat.mark)
    except (watermark.NotMarked, NoCopy, FileNotFoundError) as error:
        words = _("这个文件加不上水印，所以没有给出来：%(name)s。请告诉出具链接的单位。")
        raise Refused("not_marked", words % {"name": file.name}, 409) from error
    answer = HttpResponse(body, content_type=mime)
    stem = file.name.rsplit(".", 1)[0]
    answer["Content-Disposition"] = content_disposition_header(False, f"{stem}-水印{ending}") or ""
    return quiet(serving.armoured(answer, f'"{file.sha256[:16]}-{seat.viewing.pk}"', "no-store"))


def _marked(file: File, lines: tuple[str, ...]) -> tuple[bytes, str, str]:
    if file.is_image:
        with default_storage.open(files.public_copy(file)) as source:
            return watermark.on_picture(source, lines), "image/jpeg", ".jpg"
    with default_storage.open(blobs.original(file.sha256)) as source:
        return watermark.on_pdf(source.read(), lines), "application/pdf", ".pdf"


def original(seat: Sitting, file: File, request: HttpRequest) -> HttpResponseBase:
    """The bytes as they were taken in, where the link allows it."""
    if not seat.share.download:
        raise Refused("view_only", _("这个链接只能看，不能下载原件。"), 403)
    answer = quiet(serving.response(file, "original", request))
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return answer


def one_of(seat: Sitting, file_id: UUID) -> File:
    """A file of the link. Raises Refused (404)."""
    file = File.objects.filter(pk=file_id).first() if file_id in seat.share.files else None
    if file is None:
        raise Refused("no_file", _("这个链接里没有这个文件。"), 404)
    return file


def quiet(answer: HttpResponseBase) -> HttpResponseBase:
    """No cache keeps it, no search engine lists it, and its address goes nowhere."""
    for name, value in HIDDEN.items():
        answer[name] = value
    return answer
