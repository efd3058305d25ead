"""Which files of a case somebody may see, and in which form: one answer for pages and API."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from zhili.core.cases import present
from zhili.core.cases.models import Case, Step
from zhili.core.files import decisions, limits, serving
from zhili.core.files.decisions import NOTHING, Standing
from zhili.core.files.models import Attachment, File
from zhili.core.people.actors import Actor
from zhili.core.people.secrets import OPENED
from zhili.core.streams import emit
from zhili.core.trail.access import record_access

FROM_OUTSIDE = ("account", "grant", "anonymous")


def shown(case: Case, actor: Actor, *, own: bool) -> list[Attachment]:
    """The attachments that stand in the actor's timeline of the case; for strangers only pictures fit for everybody."""
    named = {file for entry in present.timeline(case, actor) for file in entry.files}
    if not named:
        return []
    rows = Attachment.objects.select_related("file").filter(case_id=case.pk, file_id__in=named)
    found = list(rows.order_by("step_seq", "pk"))
    if own:
        return found
    public = [one for one in found if one.public]
    fit = for_everybody((one.file for one in public), case.scenario)
    return [one for one in public if one.file in fit]


def for_everybody(files: Iterable[File], scenario: str) -> set[File]:
    """Those of the files that may be shown to everybody now, as masked copies. One query at most."""
    pictures = [one for one in files if one.is_image and one.scan != "waits"]
    if not pictures:
        return set()
    held = decisions.standings(one.sha256 for one in pictures)
    checked = limits.checked_first(scenario)
    return {one for one in pictures if fit(held.get(one.sha256, NOTHING), checked)}


def fit(standing: Standing, checked_first: bool) -> bool:
    if standing.withdrawn or standing.checked is False:
        return False
    return standing.checked is True or not checked_first


def to_check(files: Iterable[File], case: Case) -> dict[str, Standing]:
    """Of the pictures everybody would see, those that wait until an office looked: file id → what holds."""
    pictures = {one.pk: one.sha256 for one in files if one.is_image and one.scan != "waits"}
    if not pictures or not limits.checked_first(case.scenario):
        return {}
    rows = Attachment.objects.filter(case_id=case.pk, file_id__in=pictures, public=True)
    ids = set(rows.values_list("file_id", flat=True))
    held = decisions.standings(pictures[one] for one in ids) if ids else {}
    found = {one: held.get(pictures[one], NOTHING) for one in ids}
    return {str(one): now for one, now in found.items() if now.checked is None and not now.withdrawn}


def may_have_original(one: Attachment, case: Case, actor: Actor, *, own: bool) -> bool:
    """An original says where and with what it was taken: it is for offices, and for whoever sent it."""
    if not own:
        return False
    if actor.kind == "post" or not one.file.is_image:
        return True
    return Step.objects.filter(case=case, seq=one.step_seq, actor_kind__in=FROM_OUTSIDE).exists()


def handed_out(
    file: File, case: Case, actor: Actor, variant: str, request: HttpRequest, *, own: bool
) -> HttpResponseBase:
    """The file in that form. An office that opens an original which says where or whose is recorded first, like whoever
    opens a personal value: what cannot be recorded is not handed out."""
    told = variant == "original" and bool(file.tells) and actor.kind == "post"
    if told:
        with transaction.atomic():
            record_access(
                [file.pk],
                actor_kind=actor.kind,
                actor_id=actor.id,
                office_id=actor.office_id,
                account_id=actor.account_id,
                purpose=gettext("打开照片原件（里面有拍摄地点或机主），办理 %(number)s")
                % {"number": case.number},
                case_id=case.pk,
            )
            emit(
                OPENED,
                case.pk,
                {"files": [str(file.pk)], "office": actor.office_id, "account": actor.account_id},
            )
    return serving.response(file, variant, request, public=not own, once=told)
