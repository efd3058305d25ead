"""What an outlet checks of itself, what may be wrong there, on which basis, and which sensor rule tells of it.

``checked``: whether somebody here compared the basis with the text. What was not is shown as 待确认.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

LAW: Final = "嘉兴市餐饮业油烟管理办法"
"""Read in full: 2020-03-26 approved, in force since 2020-07-01."""
ARTICLE: Final = "第八条第二款"
QUOTE: Final = (
    "餐饮业经营者应当及时清洗维护油烟净化设施、烟道，保持正常使用，"
    "如实记录清洗维护信息，信息保存期限不少于两年。"
)


@dataclass(frozen=True)
class Item:
    """One thing the owner looks after. ``every``: days within which it is due again."""

    code: str
    title: str
    every: int
    column: str
    needs: str = ""
    """Facility without which it is not asked for: ``smoky`` or ``trap``."""


ITEMS: Final = (
    Item("purifier", _("油烟净化器开着"), 1, "purifier_on", "smoky"),
    Item("filter", _("净化器、烟道清洗了"), 60, "cleaned_on", "smoky"),
    Item("trap", _("隔油池清掏了"), 30, "trap_on", "trap"),
    Item("waste", _("餐厨垃圾交给收运单位"), 1, "waste_on"),
    Item("licence", _("许可证挂在看得见的地方"), 30, "licence_on"),
)
"""The rhythms are our own design; 60 days for the filter is the usual two months, to be confirmed."""
CLEANED: Final = "filter"


@dataclass(frozen=True)
class Kind:
    """What may be wrong. ``basis``: law and article; ``item``: the check that answers to it."""

    title: str
    basis: str
    checked: bool
    item: str = ""


KINDS: Final[dict[str, Kind]] = {
    "fume": Kind(_("油烟排放超标"), f"《{LAW}》第八条第一款；排放限值 GB 18483（待确认）", checked=False),
    "purifier": Kind(_("油烟净化器没有使用"), f"《{LAW}》第八条", checked=True, item="purifier"),
    "cleaning": Kind(_("没有按时清洗或没有记录"), f"《{LAW}》{ARTICLE}", checked=True, item="filter"),
    "grease": Kind(
        _("隔油池满溢或没有清掏"), "《城镇排水与污水处理条例》（条款待确认）", checked=False, item="trap"
    ),
    "waste": Kind(
        _("餐厨垃圾没有交运"), "《浙江省生活垃圾管理条例》（条款待确认）", checked=False, item="waste"
    ),
    "licence": Kind(
        _("许可证到期或没有公示"), "《食品安全法》第三十五条（未核对原文）", checked=False, item="licence"
    ),
    "other": Kind(_("其他环境卫生问题"), "由检查人员写明", checked=False),
}
BY_ITEM: Final = {kind.item: code for code, kind in KINDS.items() if kind.item}
BY_RULE: Final = {
    "catering.fume": "fume",
    "catering.purifier_off": "purifier",
    "catering.grease": "grease",
    "catering.waste": "waste",
}
WAYS: Final = {
    "sensor": _("传感器发现"),
    "self_check": _("自查发现"),
    "inspection": _("检查发现"),
    "resident": _("群众反映"),
    "licence": _("许可证到期提醒"),
}
FORMS: Final = {
    "snack": _("小吃面馆"),
    "meals": _("中餐馆"),
    "hotpot": _("火锅店"),
    "barbecue": _("烧烤店"),
    "fast": _("快餐店"),
    "drinks": _("饮品、烘焙店"),
    "canteen": _("食堂"),
    "other": _("其他餐饮"),
}
