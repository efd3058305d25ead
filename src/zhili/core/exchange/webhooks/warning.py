"""Undelivered events warn: the office of the machine gets a message, and the rule of the register its number.

The rule is about an office's webhooks, not about whoever set them up; it reads one number and tells that office.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.rules import AutomatedRule
from zhili.base.signals.conditions import Threshold, Tuned
from zhili.base.signals.measures import Measure
from zhili.base.signals.rules import SignalRule
from zhili.core.exchange.models import Subscription
from zhili.core.exchange.webhooks.standing import Health, all_healths
from zhili.core.notices.models import Channel, Notice
from zhili.core.notices.models import State as NoticeState
from zhili.core.people import machines
from zhili.core.signals.store import storing

UNDELIVERED: Final = "webhook_undelivered"
MEASURE: Final = Measure(UNDELIVERED, gettext_noop("未送达的推送事件"), "", low=0, high=10_000_000)
RULE: Final = SignalRule(
    AutomatedRule(
        "exchange.webhook_undelivered",
        gettext_noop("推送给其他系统的事件没有送达"),
        purpose=gettext_noop("别的系统等着的事件没有送到，要有人知道，不能各自以为没有事。"),
        subject="office",
        reads=gettext_noop("各单位接入系统未送达和久等未送的事件条数；不看事件内容。"),
        does=gettext_noop("给接入系统所在单位的一条预警。"),
        decides=gettext_noop("单位管理员查接收方，修好后补发；预警本身不改变任何事项。"),
        ground="平台约定，城市可改",
    ),
    Threshold(
        UNDELIVERED,
        above=Tuned("many", 0, gettext_noop("超过几条"), "", low=0, high=1_000_000),
        fresh=2 * 3600,
    ),
    level="yellow",
    reason=gettext_noop("推送给其他系统的事件有%(value)s条没有送达，超过%(limit)s条。"),
    quiet="20:00-07:00",
    merge=6 * 3600,
    fuse=(1.0, 3600),
)
TOLD: Final = ("gone", "refused", "failing", "late")


def warn_due() -> int:
    """Look at all, tell what is new; how many messages. Every few minutes, by the worker."""
    found = all_healths()
    if not found:
        return 0
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        offices = {one.row.account_id: machines.office_of(one.row.account) for one in found}
        told = [one for one in found if _tell(one, offices[one.row.account_id])]
        _feed(found, offices)
    return len(told)


def _tell(one: Health, office: int | None) -> bool:
    """One message when it begins to fail, ends, or has more dead letters than the office was told of."""
    row = one.row
    now = one.state if one.state in TOLD else ""
    news = (now and now != row.warned) or one.dead > row.warned_dead
    if now != row.warned or one.dead != row.warned_dead:
        Subscription.objects.filter(pk=row.pk).update(warned=now, warned_dead=one.dead)
    if not news or office is None:
        return False
    at = timezone.now()
    Notice.objects.create(
        office_id=office,
        kind="webhooks.undelivered",
        channel=Channel.APP,
        subject=_("推送“%(name)s”的事件没有送达") % {"name": row.name},
        body=_body(one),
        key=f"webhook/{row.pk}/{at.isoformat()}",
        state=NoticeState.SENT,
        sent_at=at,
    )
    return True


def _body(one: Health) -> str:
    words = {
        "gone": _("接收方表示不再接收（410），已停止推送。"),
        "refused": _("接收方一直没有同意接收。"),
        "failing": _("接收方一直没有收下。"),
        "late": _("有事件久等未送。"),
    }
    counts = _("等待%(waiting)s条，未送达%(dead)s条。") % {"waiting": one.waiting, "dead": one.dead}
    return " ".join(
        part
        for part in (words.get(one.state, ""), counts, _("单位管理员请到“单位设置—事件推送”查看和补发。"))
        if part
    )


def _feed(found: Iterable[Health], offices: dict[int, int | None]) -> None:
    sums: dict[int, int] = {}
    for one in found:
        office = offices[one.row.account_id]
        if office is not None and one.row.active:
            sums[office] = sums.get(office, 0) + one.undelivered
    now = timezone.now()
    storing.feed_many([("office", office, UNDELIVERED, now, float(count)) for office, count in sums.items()])
