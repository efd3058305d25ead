"""The names and telephones of those who answered a posting are destroyed once their answer is over and kept long
enough (``wages.replies_kept``). The answers themselves stand, without persons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import holds, scenarios
from zhili.core.cases.models import CaseSecret
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.scenarios.wages.models import Reply

KEPT: Final = "wages.replies_kept"
BATCH: Final = 500


def rule() -> scenarios.Forgetting:
    return scenarios.Forgetting(
        "wages replies", "应聘和报名的人的信息 values of those who answered a posting", KEPT, counts, batch
    )


def counts() -> tuple[int, int]:
    """How many answers would lose their person now, and how many are held by law though due."""
    ids = list(_due().values_list("pk", flat=True))
    kept = len(holds.held(ids))
    return len(ids) - kept, kept


def batch(after: list[Any] | None) -> tuple[int, list[Any] | None]:
    """One short batch, in the running transaction: how many went, and where it stopped."""
    rows = _due().filter(pk__gt=after[0]) if after else _due()
    locked = rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    found = list(locked.values_list("pk", flat=True)[:BATCH])
    free = sorted(set(found) - holds.held(found))
    values = CaseSecret.objects.filter(case_id__in=free).values_list("secret_id", flat=True)
    secrets.erase(list(values), under=rule().ground())
    gone = Reply.objects.filter(pk__in=free).update(mark=None, account=None)
    return gone, [found[-1]] if len(found) == BATCH else None


def _due() -> QuerySet[Reply]:
    before = timezone.now() - timedelta(days=params.duration(KEPT)[0].amount)
    there = Secret.objects.filter(erased_at=None).values("pk")
    personal = CaseSecret.objects.filter(case=OuterRef("pk"), secret_id__in=there)
    return Reply.objects.filter(case__closed_at__lt=before).filter(~Q(mark=None) | Exists(personal))
