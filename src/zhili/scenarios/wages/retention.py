"""What of workers goes once it need not be kept: name, numbers, account and photo; days, wages and leaves stay.

Articles 15 and 28: ledgers are kept until the project is complete, everybody paid, and three years more. A project's
case is closed only when nothing is owed (``money.owing``), so the time runs from there; of a worker known on several
projects, from the last of them. While one is open, complained about, or held by law, nothing goes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import doors, holds, scenarios
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Grant, Secret
from zhili.scenarios.wages import who
from zhili.scenarios.wages.models import (
    AccountChange,
    ComplaintDetail,
    DeviceKey,
    DisputeDetail,
    DocumentPhoto,
    Engagement,
    WageLine,
    Worker,
)
from zhili.scenarios.wages.money.owing import UNPAID

PARAM: Final = "wages.kept"
RECORD: Final = "wages_values_gone"
BATCH: Final = 200
RULER: Final = Actor(kind="rule", label="按期清除")
VALUES: Final = ("name_id", "citizen_id_id", "phone_id", "bank_account_id")


def due() -> QuerySet[Worker]:
    """Workers whose last project was closed longer ago than ``wages.kept``, oldest first."""
    before = timezone.now() - timedelta(days=params.duration(PARAM)[0].amount)
    theirs = Engagement.objects.filter(worker=OuterRef("pk"))
    path = "crew__project__case__closed_at"
    needed = theirs.filter(Q(**{path: None}) | Q(**{f"{path}__gt": before}))
    lines = WageLine.objects.filter(engagement__worker=OuterRef("pk"), state__in=UNPAID)
    unpaid = lines.exclude(sheet__state="void")
    projects = Engagement.objects.filter(worker=OuterRef(OuterRef("pk"))).values("crew__project")
    disputes = DisputeDetail.objects.filter(project__in=projects)
    complaints = ComplaintDetail.objects.filter(project__in=projects)
    still = Q(case__closed_at=None) | Q(case__closed_at__gt=before)
    return (
        Worker.objects.filter(Exists(theirs), erased_at=None)
        .exclude(Exists(needed))
        .exclude(Exists(unpaid))
        .exclude(Exists(disputes.filter(still)))
        .exclude(Exists(complaints.filter(still)))
        .order_by("pk")
    )


def counts() -> tuple[int, int]:
    """How many would go now, and how many are kept though due."""
    ids = list(due().values_list("pk", flat=True))
    kept = len(_held(ids))
    return len(ids) - kept, kept


def batch(after: list[Any] | None) -> tuple[int, list[Any] | None]:
    """One short batch, in the running transaction: how many workers' values went, and where it stopped."""
    rows = due().filter(pk__gt=after[0]) if after else due()
    found = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    held = _held([one.pk for one in found])
    gone = [one for one in found if one.pk not in held]
    if gone:
        _destroy(gone)
    return len(gone), [found[-1].pk] if len(found) == BATCH else None


def rule() -> scenarios.Forgetting:
    return scenarios.Forgetting(
        "wages", "完工付清满三年的工人信息 values of building workers", PARAM, counts, batch
    )


def _held(workers: list[int]) -> set[int]:
    """Of these, whoever worked on a project that is held by law."""
    rows = list(
        Engagement.objects.filter(worker__in=workers).values_list("worker_id", "crew__project").distinct()
    )
    cases = {case for _worker, case in rows}
    kept = holds.held(cases)
    return {worker for worker, case in rows if case in kept}


def _destroy(workers: list[Worker]) -> None:
    now, ground = timezone.now(), rule().ground()
    ids: set[UUID] = {pk for one in workers for name in VALUES if (pk := getattr(one, name)) is not None}
    corrected = Secret.objects.filter(pk__in=ids).values_list("replaced_by", flat=True)
    ids |= {pk for pk in corrected if pk is not None}
    for pair in AccountChange.objects.filter(worker__in=workers).values_list("former_id", "bank_account_id"):
        ids |= {pk for pk in pair if pk is not None}
    secrets.erase(ids, now, ground)
    photos = DocumentPhoto.objects.filter(worker__in=workers, sealed__isnull=False)
    photos.update(sealed=None, erased_at=now)
    DeviceKey.objects.filter(worker__in=workers, retired_at=None).update(retired_at=now)
    parties = [f"{who.PARTY}{one.code}" for one in workers]
    Grant.objects.filter(party__in=parties, revoked_at=None).update(revoked_at=now)
    Worker.objects.filter(pk__in=[one.pk for one in workers]).update(erased_at=now, account=None, pin="")
    doors.record(
        RECORD, RULER, {"workers": len(workers), "under": ground}, {"ids": [one.pk for one in workers]}
    )
