"""Photos of identity documents: sealed under the key ring, opened with a purpose, sealed anew on a rotation."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from zhili.core.cases.errors import Refused
from zhili.core.people import keys, secrets
from zhili.core.people.actors import Actor
from zhili.scenarios.wages.models import DocumentPhoto, Project, Worker

LONGEST_PX: Final = 1600
PURPOSE: Final = "核对证件照片"


@dataclass(frozen=True)
class Opened:
    """A JPEG marked with where and when it was opened, beside the values it shows."""

    picture: bytes
    name: str
    citizen_id: str


def keep(worker: Worker, content: bytes) -> DocumentPhoto:
    """Seal a photo under the current key."""
    ring = keys.ring()
    return DocumentPhoto.objects.create(
        worker=worker,
        sealed=ring.seal(content, worker.code.encode()),
        key_id=ring.current,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        taken_at=timezone.now(),
    )


def taken_out(photo: DocumentPhoto) -> bytes:
    """The photo again. Raises keys.KeyRingError when its key is gone, or it was erased."""
    ring = keys.ring()
    if photo.key_id not in ring.ciphers:
        ring = keys.ring(fresh=True)
    cipher = ring.ciphers.get(photo.key_id)
    if cipher is None or photo.sealed is None:
        raise keys.KeyRingError(f"证件照片的密钥 {photo.key_id} 不在密钥环中")
    sealed = bytes(photo.sealed)
    return cipher.decrypt(sealed[: keys.NONCE_BYTES], sealed[keys.NONCE_BYTES :], photo.worker.code.encode())


def uses(key_id: str) -> int:
    return DocumentPhoto.objects.filter(key_id=key_id, sealed__isnull=False).count()


def reencrypt() -> int:
    """Seal anew what another key sealed; how many. Safe to run again."""
    ring, count = keys.ring(fresh=True), 0
    left = (
        DocumentPhoto.objects.filter(sealed__isnull=False)
        .exclude(key_id=ring.current)
        .select_related("worker")
    )
    for photo in left.iterator(20):
        sealed = ring.seal(taken_out(photo), photo.worker.code.encode())
        same = DocumentPhoto.objects.filter(pk=photo.pk, key_id=photo.key_id)
        count += same.update(sealed=sealed, key_id=ring.current)
    return count


def opened(actor: Actor, project: Project, worker: Worker, purpose: str) -> Opened:
    """The newest photo of a worker with name and number, for a stated purpose; each opening is in the trail and told.

    Whether ``actor`` may is the caller's. Raises Refused: no purpose, no photo left.
    """
    said = " ".join(purpose.split())[:120]
    if len(said) < 4:
        raise Refused("no_purpose", _("请写明为什么要看，至少四个字"), 422)
    photo = worker.photos.filter(sealed__isnull=False).select_related("worker").order_by("-id").first()
    if photo is None:
        raise Refused("no_photo", _("没有证件照片，或已到期销毁"), 404)
    ids = [worker.name_id, worker.citizen_id_id]
    values = secrets.open_many(ids, actor, f"{PURPOSE}：{said}", project.case_id)
    at = timezone.localtime(timezone.now())
    line = f"{worker.code}  {at:%Y-%m-%d %H:%M}  {actor.kind[0].upper()}{actor.id}  {project.case.number}"
    return Opened(_marked(taken_out(photo), line), values.get(ids[0], ""), values.get(ids[1], ""))


def _marked(content: bytes, line: str) -> bytes:
    """A JPEG drawn anew, the line aslant across all of it. Raises Refused for what is no picture."""
    try:
        with Image.open(BytesIO(content)) as source:
            picture = ImageOps.exif_transpose(source).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        raise Refused("no_picture", _("这份证件照片读不出来，请重新拍"), 409) from None
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    letter = max(12, max(picture.size) // 32)
    font = ImageFont.load_default(letter)
    side = math.ceil(math.hypot(*picture.size))
    field = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(field)
    step = int(pen.textlength(line, font=font)) + letter * 4
    for row, y in enumerate(range(0, side, letter * 4)):
        for x in range(-(step // 2 if row % 2 else 0), side, step):
            pen.text(
                (x, y), line, font=font, fill=(255, 255, 255, 130), stroke_width=1, stroke_fill=(0, 0, 0, 130)
            )
    field = field.rotate(30, Image.Resampling.BICUBIC)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    marked = Image.alpha_composite(
        picture, field.crop((left, top, left + picture.width, top + picture.height))
    )
    out = BytesIO()
    marked.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()
