"""Pictures taken at a visit: uploads that an answer or a signature names, kept with it for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from zhili.core.files import attaching
from zhili.core.files.models import File
from zhili.core.files.refusal import UploadRefused
from zhili.core.people.actors import Actor
from zhili.core.visits.models import Signature, Visit, VisitAnswer

MOST: Final = 9
"""Of one answer."""


def claim(visit: Visit, references: Sequence[Any], actor: Actor) -> tuple[File, ...]:
    """The pictures named as ``id:token``, of whoever uploaded them. A repeat names what this visit holds already.

    Raises UploadRefused for what is no picture, of somebody else, used elsewhere or gone.
    """
    if len(references) > MOST:
        raise UploadRefused(_("一个答案最多{n}张照片").format(n=MOST), 422)
    tokens: dict[str, str] = {}
    for one in references:
        identity, _colon, token = str(one).partition(":")
        try:
            tokens[str(UUID(identity))] = token[:200]
        except ValueError:
            raise attaching.not_attachable() from None
    kept = [one for one in tokens if one in files_of(visit)] if tokens else []
    known = {str(one.pk): one for one in File.objects.filter(pk__in=kept, created_by=actor.account_id)}
    fresh = [one for one in tokens if one not in known]
    known |= {str(one.pk): one for one in attaching.check_attachable(fresh, tokens, actor)}
    if not all(one.is_image for one in known.values()):
        raise UploadRefused(_("这里只收照片"), 415)
    return tuple(known[one] for one in tokens)


def files_of(visit: Visit) -> set[str]:
    """Ids of every picture of a visit. Two queries."""
    rows = VisitAnswer.objects.filter(visit=visit).exclude(photos=[]).values_list("photos", flat=True)
    found = {one["file"] for photos in rows for one in photos}
    signed = Signature.objects.filter(visit=visit, file__isnull=False)
    return found | {str(one) for one in signed.values_list("file_id", flat=True)}
