"""What a phone sends of a visit, in one go: scans, answers with their photos, signatures, and that it is done.

All or none. Each part knows itself when it comes again, so a phone that had no answer sends it once more and nothing is
there twice. Times are the phone's, never later than ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.people.actors import Actor
from zhili.core.visits import answers, arrivals, photos, records, signing
from zhili.core.visits.answers import Given, VisitRefused
from zhili.core.visits.models import Visit, VisitState
from zhili.core.visits.signing import GivenSignature

MOST = 2_000
"""Answers in one go."""


@transaction.atomic
def take(visit_id: int, sent: Mapping[str, Any], actor: Actor) -> Visit:
    """Keep it. ``sent``, each part optional::

        {"arrived": {"code", "made_at"},
         "seen": last answer, "answers": [{"item", "question", "value", "note", "made_at", "photos": ["id:token"]}],
         "signature": {"inspector" or null, "capacity", "reason", "shown", "made_at", "picture": ["id:token"]},
         "close": true}

    Raises VisitRefused, UploadRefused, PermissionDenied.
    """
    visit = Visit.objects.filter(pk=visit_id).first()
    if visit is None:
        raise VisitRefused(_("没有这次检查，或已取消"))
    if isinstance(arrived := sent.get("arrived"), Mapping):
        arrivals.arrive(visit_id, _text(arrived.get("code")), actor, _moment(arrived.get("made_at")))
    if given := sent.get("answers"):
        answers.keep(visit_id, _answers(visit, given, actor), actor, _whole(sent.get("seen")))
    if isinstance(signature := sent.get("signature"), Mapping):
        signing.sign(visit_id, _signature(visit, signature, actor), actor)
    visit.refresh_from_db()
    if sent.get("close") is True and visit.state != VisitState.DONE:
        visit = close(visit_id, actor)
    return visit


@transaction.atomic
def close(visit_id: int, actor: Actor, seen: int | None = None) -> Visit:
    """`answers.close`, and the record of it made. Raises the same."""
    visit = answers.close(visit_id, actor, seen)
    records.make(visit_id, actor)
    return visit


def _answers(visit: Visit, given: Any, actor: Actor) -> list[Given]:
    if not isinstance(given, list) or len(given) > MOST or not all(isinstance(one, Mapping) for one in given):
        raise _broken()
    return [
        Given(
            _whole(one.get("item")),
            _text(one.get("question")),
            _text(one.get("value")),
            _moment(one.get("made_at")),
            _text(one.get("note")),
            photos.claim(visit, _list(one.get("photos")), actor),
        )
        for one in given
    ]


def _signature(visit: Visit, given: Mapping[str, Any], actor: Actor) -> GivenSignature:
    pictures = photos.claim(visit, _list(given.get("picture"))[:1], actor)
    return GivenSignature(
        _whole(given.get("inspector")) or None,
        given.get("shown") or [],
        _moment(given.get("made_at")),
        _text(given.get("capacity")),
        _text(given.get("reason")),
        pictures[0] if pictures else None,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return str(value if value is not None else "").replace("\x00", "")[:4000]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    try:
        number = int(value)
    except ValueError:
        return 0
    return number if 0 <= number < 2**53 else 0


def _moment(value: Any) -> datetime:
    """A time of the phone. Raises VisitRefused for what is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise _broken() from None
    return found if found.tzinfo else timezone.make_aware(found)


def _broken() -> VisitRefused:
    return VisitRefused(_("手机送来的内容不完整，没有保存"))
