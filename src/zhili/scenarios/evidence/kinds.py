"""The words an item is described with: kinds of matter and their zone, grounds of custody, ways it leaves."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

MATTERS: Final = (
    ("administrative", _("行政案件")),
    ("criminal", _("刑事案件")),
    ("found", _("拾得或移交，未立案")),
)
ZONES: Final = {"criminal": "justice"}
"""The zone of an item by the kind of its matter; the others are the government's."""

PRESERVED: Final = "preserved"
GROUNDS: Final = (
    ("seized", _("扣押")),
    (PRESERVED, _("先行登记保存")),
    ("submitted", _("当事人提交")),
    ("handed", _("其他单位移交")),
    ("found", _("拾得")),
    ("drawn", _("抽样或复制取得")),
)

RETURN, TRANSFER = "return", "transfer"
DISPOSALS: Final = (
    (RETURN, _("发还")),
    (TRANSFER, _("随案移送")),
    ("confiscate", _("上缴国库")),
    ("sell", _("变卖、拍卖")),
    ("destroy", _("销毁")),
)

CONDITIONS: Final = (
    ("same", _("与借出时一致")),
    ("changed", _("有变化，见说明")),
    ("damaged", _("有损坏，见说明")),
)


def zone_of(matter_kind: str) -> str:
    """The zone an item belongs to."""
    return ZONES.get(matter_kind, "government")


def title_of(known: tuple[tuple[str, str], ...], value: str) -> str:
    """The Chinese title of a value; the value itself when it is not known."""
    return dict(known).get(value, value)
