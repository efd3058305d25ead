"""The names and telephones of those who answered a posting are destroyed once their answer is over and kept long
enough (``wages.replies_kept``). The answers themselves stand, without persons."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import holds
from zhili.core.cases.models import CaseSecret
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.scenarios.wages.models import Reply

KEPT: Final = "wages.replies_kept"
BATCH: Final = 500


def forget() -> int:
    """Destroy what is due; how many answers. What is held by law stays."""
    value = params.get(KEPT)
    before = timezone.now() - timedelta(days=params.duration(KEPT)[0].amount)
    there = Secret.objects.filter(erased_at=None).values("pk")
    personal = CaseSecret.objects.filter(case=OuterRef("pk"), secret_id__in=there)
    left = Reply.objects.filter(case__closed_at__lt=before).filter(~Q(mark=None) | Exists(personal))
    due = list(left.order_by("pk").values_list("pk", flat=True))
    free = sorted(set(due) - holds.held(due))[:BATCH]
    with transaction.atomic():
        rows = Reply.objects.filter(pk__in=free).select_for_update(of=("self",), skip_locked=True)
        ids = list(rows.values_list("pk", flat=True))
        values = CaseSecret.objects.filter(case_id__in=ids).values_list("secret_id", flat=True)
        ground = " ".join(part for part in (KEPT, value.text, value.source, value.article) if part)
        secrets.erase(list(values), under=ground)
        return Reply.objects.filter(pk__in=ids).update(mark=None, account=None)
