"""Fixed words of the village screens: what must be disclosed, who decides what, and the kinds a loop shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

LAW = "中华人民共和国村民委员会组织法"


@dataclass(frozen=True)
class Duty:
    """Something a village committee has to publish, and how often: ``quarter``, ``month``, or ``once`` it happens."""

    key: str
    title: str
    every: str
    article: str
    """Empty: our own reading of what villagers ask about, not a line of the law."""


DUTIES: tuple[Duty, ...] = (
    Duty("decided", _("村民会议、村民代表会议决定的事项和实施情况"), "quarter", "第三十条第一款第一项"),
    Duty("family", _("国家计划生育政策的落实方案"), "quarter", "第三十条第一款第二项"),
    Duty("relief", _("救灾救助、补贴补助资金和物资的管理使用"), "quarter", "第三十条第一款第三项"),
    Duty("assisting", _("协助人民政府开展工作的情况"), "quarter", "第三十条第一款第四项"),
    Duty("concern", _("涉及本村村民利益、普遍关心的其他事项"), "quarter", "第三十条第一款第五项"),
    Duty("finance", _("财务收支情况"), "month", "第三十条第二款"),
    Duty("major", _("涉及村民利益的重大事项"), "once", "第三十条第二款"),
)
"""Article 30 of the law on villagers' committees. ``finance``: monthly where transactions are many, else quarterly."""
ITEMS = tuple((one.key, one.title) for one in DUTIES)

TILES = (("road", _("道路")), ("field", _("农田")), ("estate", _("小区")))

NOTICE, DISCLOSURE, MOTION, TILE, WASTE = "notice", "disclosure", "motion", "tiles", "waste"
LOOP = ((NOTICE, 20), (TILE, 15), (DISCLOSURE, 20), (MOTION, 20), (WASTE, 15))
"""Kinds of pages in the order they are shown, and for how many seconds each; a village alters both."""
TITLES = {
    NOTICE: _("通知公告"),
    DISCLOSURE: _("村务公开"),
    MOTION: _("议事决策"),
    TILE: _("路、田、小区"),
    WASTE: _("垃圾分类"),
}
SHORTEST, LONGEST = 5, 120
"""Seconds a page may stand."""
