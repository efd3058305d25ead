"""Several offices on one matter: the lead office asks, each of the others has a case and clocks of its own."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused

ASSISTANCE = "referrals.assistance"
LONGEST = "referrals.longest"
MOST = "referrals.most_offices"


def ask(change: Change) -> None:
    """One child for each office asked, in one step."""
    offices: list[int] = change.values["offices"]
    if change.case.office_id in offices:
        raise Refused("own_office", _("不能请本单位协办；本单位就是主办"))
    most = int(params.get(MOST).text)
    if len(offices) > most:
        words = ngettext("一次最多请%(most)d个单位协办", "一次最多请%(most)d个单位协办", most)
        raise Refused("too_many", words % {"most": most})
    limit = _limit(change.values.get("days"))
    for office in offices:
        change.refer(ASSISTANCE, {"office": office, "what": change.values["what"]}, limit=limit)


def _limit(days: int | None) -> Duration | None:
    if days is None:
        return None
    longest, value = params.duration(LONGEST)
    if days > longest.amount:
        words = _("协办时限最长%(longest)s，依据：%(source)s")
        raise Refused("too_long", words % {"longest": longest.words, "source": _(value.source)})
    return Duration(days, "wd")
