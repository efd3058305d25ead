"""How long deliveries are kept: the bodies of events go with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from zhili.core import params
from zhili.core.exchange.models import Delivery, PublicEvent
from zhili.core.params import Param

KEEP: Final = "webhooks.keep_days"
PARAM: Final = Param(KEEP, "30d", title="事件推送记录保留多久", source="平台约定，城市可改")
ORPHANED: Final = timedelta(hours=1)
BATCH: Final = 2_000


def due() -> int:
    """How many would go now."""
    return _old().count()


def batch() -> int:
    """Delete some that are settled (taken or given up) and old enough, and events nobody waits for; how many."""
    ids = list(_old().order_by("sent_at").values_list("pk", flat=True)[:BATCH])
    gone, _ = Delivery.objects.filter(pk__in=ids).delete()
    told = Delivery.objects.filter(event=OuterRef("pk"))
    idle = PublicEvent.objects.filter(~Exists(told), made_at__lt=timezone.now() - ORPHANED).order_by(
        "made_at"
    )
    PublicEvent.objects.filter(pk__in=list(idle.values_list("pk", flat=True)[:BATCH])).delete()
    return gone


def _old() -> QuerySet[Delivery]:
    days = params.duration(KEEP)[0].amount
    return Delivery.objects.filter(sent_at__lt=timezone.now() - timedelta(days=days))
