"""How a link stands now, and why it opens nothing; in one place for the page, the step and the list."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.scenarios.evidence.sharing.models import Share

OPEN: Final = "open"
EARLY, OVER, USED_UP, TAKEN_BACK = "early", "over", "used_up", "taken_back"
ALTERED, UNKNOWN = "altered", "unknown"

TITLES: Final = {
    OPEN: gettext_noop("可以打开"),
    EARLY: gettext_noop("还没到时间"),
    OVER: gettext_noop("已过期"),
    USED_UP: gettext_noop("次数已用完"),
    TAKEN_BACK: gettext_noop("已收回"),
}
ICONS: Final = {
    OPEN: "circle-check",
    EARLY: "clock",
    OVER: "clock",
    USED_UP: "circle-check",
    TAKEN_BACK: "ban",
}


def of(share: Share, at: datetime) -> str:
    """What is first in the way, or OPEN. What its giver decided comes before what time decided."""
    grant = share.grant
    if grant.revoked_at is not None:
        return TAKEN_BACK
    if grant.expires_at is not None and grant.expires_at <= at:
        return OVER
    if share.opens_at is not None and share.opens_at > at:
        return EARLY
    return USED_UP if share.views >= share.most_views else OPEN


def reason(state: str) -> tuple[str, str]:
    """(what is the matter, what to do) for whoever followed the link."""
    again = _("需要的话，请向发给您链接的单位另要一个。")
    return {
        ALTERED: (
            _("这个链接不完整或被改动过"),
            _("复制时可能漏了或改了字。请从原来的消息里把整个链接再复制一次；还不行，就请发链接的单位重发。"),
        ),
        UNKNOWN: (_("没有这个链接"), _("它不是本站出具的，或早已清除。请向发给您链接的单位核实。")),
        TAKEN_BACK: (_("这个链接已被收回"), _("出具链接的单位收回了它，不能再打开。") + again),
        OVER: (_("这个链接已过期"), again),
        USED_UP: (_("这个链接可打开的次数已用完"), again),
        EARLY: (_("还没到可以打开的时间"), _("请到时间再打开，链接不变。")),
    }[state]
