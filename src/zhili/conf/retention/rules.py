"""What may go, and when. A rule takes one short batch at a time and says where it stopped."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import holds
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.scenarios import Forgetting, ScenarioConfig
from zhili.core.exchange.webhooks import keeping as webhooks
from zhili.core.notices.models import Notice, State
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.streams import keeping

BATCH = 500
After = list[Any] | None
"""Where the last batch stopped, as JSON; None at the start and at the end."""


def before(param: str, now: datetime | None = None) -> datetime:
    """The moment before which this parameter lets things go."""
    return (now or timezone.now()) - timedelta(days=params.duration(param)[0].amount)


# ---- personal values


def _expired() -> QuerySet[Secret]:
    return Secret.objects.filter(erased_at=None, expires_at__lte=timezone.now()).order_by("expires_at", "pk")


def kept_for_a_case(ids: list[UUID], *, lock: bool = False) -> set[UUID]:
    """Those that a case still needs: it is under way, or held by law. Few queries for any number.

    ``lock``: the cases stay as they are until the transaction ends; what somebody is changing now counts as needed.
    """
    rows = list(CaseSecret.objects.filter(secret_id__in=ids).values_list("secret_id", "case_id"))
    cases = {case for _, case in rows}
    closed = Case.objects.filter(pk__in=cases).exclude(closed_at=None)
    if lock:
        closed = closed.select_for_update(skip_locked=True, of=("self",))
    needed = cases - {case.pk for case in closed.only("pk")} | holds.held(cases)
    return {secret for secret, case in rows if case in needed}


def _personal_due() -> tuple[int, int]:
    ids = list(_expired().values_list("pk", flat=True))
    kept = sum(len(kept_for_a_case(ids[i : i + BATCH])) for i in range(0, len(ids), BATCH))
    return len(ids) - kept, kept


def _personal(after: After) -> tuple[int, After]:
    rows = _expired()
    if after:
        at = datetime.fromisoformat(after[0])
        rows = rows.filter(Q(expires_at__gt=at) | Q(expires_at=at, pk__gt=UUID(after[1])))
    found = list(rows.select_for_update(skip_locked=True)[:BATCH])
    kept = kept_for_a_case([one.pk for one in found], lock=True)
    ids = [one.pk for one in found if one.pk not in kept]
    gone = secrets.erase(ids, under=RULES[0].ground()) if ids else 0
    assert not found or found[-1].expires_at is not None
    last = found[-1] if len(found) == BATCH else None
    return gone, [last.expires_at.isoformat(), str(last.pk)] if last and last.expires_at else None


# ---- texts of messages


def _told() -> QuerySet[Notice]:
    done = (State.SENT, State.READ, State.FAILED)
    old = Notice.objects.filter(state__in=done, created_at__lt=before("notices.text_days"))
    return old.exclude(body="").order_by("pk")


def _texts_due() -> tuple[int, int]:
    ids = [case for case in _told().values_list("case_id", flat=True).distinct() if case]
    held = holds.held(ids)
    counts = _told().aggregate(kept=Count("pk", filter=Q(case_id__in=held)), all=Count("pk"))
    return counts["all"] - counts["kept"], counts["kept"]


def _texts(after: After) -> tuple[int, After]:
    rows = _told().filter(pk__gt=after[0]) if after else _told()
    found = list(rows.values_list("pk", "case_id")[:BATCH])
    held = holds.held({case for _, case in found if case})
    gone = Notice.objects.filter(pk__in=[pk for pk, case in found if case not in held]).update(body="")
    return gone, [found[-1][0]] if len(found) == BATCH else None


# ---- events of the outbox


def _days() -> int:
    return int(params.duration("streams.keep_days")[0].amount)


def _events_due() -> tuple[int, int]:
    return keeping.prunable(_days()), 0


def _events(after: After) -> tuple[int, After]:
    gone = keeping.prune_some(_days())
    return gone, [0] if gone else None


# ---- what was told to other programs


def _told_others(after: After) -> tuple[int, After]:
    gone = webhooks.batch()
    return gone, [0] if gone else None


RULES = (
    Forgetting("personal", "到期的个人信息 personal values", "cases.personal_days", _personal_due, _personal),
    Forgetting("texts", "已送达消息的正文 texts of messages", "notices.text_days", _texts_due, _texts),
    Forgetting(
        "events",
        "各方已处理的内部事件 events of the outbox",
        "streams.keep_days",
        lambda: (keeping.prunable(_days()), 0),
        _events,
    ),
    Forgetting(
        "webhooks",
        "已了结的事件推送记录 deliveries of webhooks",
        webhooks.KEEP,
        lambda: (webhooks.due(), 0),
        _told_others,
    ),
    *(
        one
        for config in apps.get_app_configs()
        if isinstance(config, ScenarioConfig)
        for one in config.forgets()
    ),
)
