"""The words of the catalogue: classes of inspection scenarios, bodies, kinds of objects, how a basis was checked.

The six classes are our own design: the seed gives their number and not their names (README.md).
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

from zhili.core.registers.models import PremisesKind

CLASSES: Final = {
    "life": _("民生消费"),
    "safety": _("安全生产和消防"),
    "environment": _("生态环境和城市管理"),
    "building": _("工程建设和房屋"),
    "service": _("教育、文旅、卫生和养老"),
    "trade": _("交通物流、用工和农业"),
}
BODIES: Final = {
    "zhzf": _("综合行政执法"),
    "shichang": _("市场监管"),
    "huanjing": _("生态环境"),
    "zhujian": _("住房和城乡建设"),
    "jiaotong": _("交通运输"),
    "shuili": _("水利"),
    "gongan": _("公安"),
    "minzheng": _("民政"),
    "xiaofang": _("消防救援"),
    "yingji": _("应急管理"),
    "weijian": _("卫生健康"),
    "renshe": _("人力资源和社会保障"),
    "nongye": _("农业农村"),
    "wenlv": _("文化和旅游"),
    "jiaoyu": _("教育"),
    "youzheng": _("邮政管理"),
    "wangxin": _("网信"),
    "tiyu": _("体育"),
}
"""Kinds of bodies. Which office of a county it is stands in the office's code: ``330402000000-shichang``."""
OBJECTS: Final = {one.value: one.label for one in PremisesKind}
METHODS: Final = {"onsite": _("现场检查"), "offsite": _("非现场核查")}
TEXT, CLAUSE, HUMAN, UNCONFIRMED = "text", "clause", "human", "unconfirmed"
CHECKED: Final = {
    TEXT: _("已核对条文原文"),
    CLAUSE: _("已核对罚则摘录"),
    HUMAN: _("确认人已核对"),
    UNCONFIRMED: _("待人工确认"),
}
"""``clause``: only a penal clause that names the duty's article was at hand; the article itself was not read."""
CHECKED_WELL: Final = frozenset({TEXT, CLAUSE, HUMAN})
