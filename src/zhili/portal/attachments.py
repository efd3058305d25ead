"""Which files of a case somebody may see, and in which form: one answer for pages and API."""

from __future__ import annotations

from zhili.core.cases import present
from zhili.core.cases.models import Case, Step
from zhili.core.files.models import Attachment
from zhili.core.people.actors import Actor

FROM_OUTSIDE = ("account", "grant", "anonymous")


def shown(case: Case, actor: Actor, *, own: bool) -> list[Attachment]:
    """The attachments that stand in the actor's timeline of the case; of pictures only, for strangers."""
    named = {file for entry in present.timeline(case, actor) for file in entry.files}
    if not named:
        return []
    rows = Attachment.objects.select_related("file").filter(case_id=case.pk, file_id__in=named)
    found = rows.order_by("step_seq", "pk")
    return list(found) if own else [one for one in found if one.public and one.file.is_image]


def may_have_original(one: Attachment, case: Case, actor: Actor, *, own: bool) -> bool:
    """An original says where and with what it was taken: it is for offices, and for whoever sent it."""
    if not own:
        return False
    if actor.kind == "post" or not one.file.is_image:
        return True
    return Step.objects.filter(case=case, seq=one.step_seq, actor_kind__in=FROM_OUTSIDE).exists()
