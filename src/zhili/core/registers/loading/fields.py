"""What a column may mean, by the headings cities use; and the words for kinds and states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from zhili.base.text import fold
from zhili.core.registers.models import FirmKind, FirmStatus, PremisesKind

WHAT: Final = {"both": _("市场主体和场所（一行一个）"), "firms": _("只有市场主体"), "premises": _("只有场所")}


@dataclass(frozen=True)
class Field:
    """One thing a row may tell. ``of``: the firm's, the premises', both."""

    name: str
    title: Any
    of: str
    needed: bool = False


FIELDS: Final = (
    Field("code", _("统一社会信用代码"), "both", needed=True),
    Field("name", _("名称"), "firms", needed=True),
    Field("kind", _("种类"), "firms"),
    Field("status", _("状态"), "firms"),
    Field("industry", _("行业代码"), "firms"),
    Field("operator", _("经营者"), "firms"),
    Field("identity", _("经营者证件号码"), "firms"),
    Field("phone", _("联系电话"), "firms"),
    Field("division", _("所在地"), "both"),
    Field("premises_code", _("场所编号"), "premises"),
    Field("premises_name", _("场所名称"), "premises"),
    Field("premises_kind", _("场所种类"), "premises"),
    Field("address", _("地址"), "premises"),
    Field("lon", _("经度"), "premises"),
    Field("lat", _("纬度"), "premises"),
    Field("licence_number", _("许可证号"), "premises"),
    Field("licence_until", _("许可证最后一天"), "premises"),
    Field("active", _("在用"), "premises"),
)
HEADS: Final = {
    "code": "统一社会信用代码 信用代码 社会信用代码 统一信用代码 uscc",
    "name": "名称 企业名称 市场主体名称 主体名称 单位名称 商户名称 字号名称",
    "kind": "种类 主体类型 市场主体类型 企业类型 经营主体类型 主体种类",
    "status": "状态 经营状态 登记状态 存续状态",
    "industry": "行业代码 国民经济行业代码",
    "operator": "经营者 经营者姓名 负责人 法定代表人 法人代表 法定代表人姓名",
    "identity": "经营者证件号码 身份证号 身份证号码 证件号码 公民身份号码",
    "phone": "联系电话 电话 手机 手机号 手机号码 联系方式",
    "division": "区划代码 所在地 所在区划 行政区划 行政区划代码 区划 所属街道 街道 乡镇街道",
    "premises_code": "场所编号 门店编号 场所代码",
    "premises_name": "场所名称 门店名称 店名 招牌名称 门店 招牌",
    "premises_kind": "场所种类 场所类型 业态 场所类别 经营业态",
    "address": "地址 经营地址 经营场所 场所地址 住所 详细地址",
    "lon": "经度 lon lng longitude x",
    "lat": "纬度 lat latitude y",
    "licence_number": "许可证号 许可证编号 食品经营许可证号 许可证",
    "licence_until": "许可证最后一天 许可证有效期至 有效期至 许可证到期日 到期日期 有效期止",
    "active": "在用 是否在用 是否营业",
}
"""Headings each is known by, folded."""
_FILLING: Final = re.compile(r"[\s（）()【】\[\]*：:]")
FIRM_KINDS: Final = {
    "公司": "firm", "有限公司": "firm", "有限责任公司": "firm", "股份有限公司": "firm", "农民专业合作社": "firm",
    "合伙企业": "firm", "个人独资企业": "firm", "分公司": "firm", "个体": "sole_trader", "个体户": "sole_trader",
    "事业单位": "institution", "社会组织": "institution", "机关": "institution",
}  # fmt: skip
STATUSES: Final = {
    "存续": "active",
    "开业": "active",
    "正常": "active",
    "营业": "active",
    "停业": "suspended",
}
PREMISES_KINDS: Final = {
    "餐饮": "restaurant", "饭店": "restaurant", "餐馆": "restaurant", "小吃店": "restaurant", "食堂": "restaurant",
    "商店": "outlet", "超市": "outlet", "门店": "outlet", "便利店": "outlet", "菜场": "market", "宾馆": "hotel",
    "酒店": "hotel", "民宿": "hotel", "网吧": "venue", "ktv": "venue", "影院": "venue", "幼儿园": "school",
    "学校": "school", "培训机构": "school", "诊所": "clinic", "药店": "clinic", "医院": "clinic", "工厂": "plant",
    "作坊": "plant", "企业厂房": "plant", "工地": "site", "加油站": "station", "充电站": "station", "办公": "office",
    "写字楼": "office",
}  # fmt: skip
_CHINESE: Final = {
    "商店门店": "outlet", "餐饮店": "restaurant", "农贸市场": "market", "旅馆": "hotel", "文化娱乐场所": "venue",
    "学校、培训机构": "school", "医疗机构、药店": "clinic", "工厂、作坊": "plant", "仓库": "warehouse",
    "建筑工地": "site", "加油站、充电站": "station", "办公场所": "office",
}  # fmt: skip
_BY_CODE: Final = {"92": "sole_trader", "91": "firm", "93": "firm"}
NO: Final = frozenset({"否", "0", "n", "no", "false", "停用", "关闭", "已关"})


def of(what: str) -> tuple[Field, ...]:
    """What a file of this sort may tell."""
    return tuple(one for one in FIELDS if what == "both" or one.of in ("both", what))


def guess(columns: Sequence[str], what: str) -> dict[str, str]:
    """field → the column that is called so."""
    by_head = {_FILLING.sub("", fold(column)): column for column in columns}
    found: dict[str, str] = {}
    for one in of(what):
        column = next((by_head[head] for head in HEADS[one.name].split() if head in by_head), None)
        if column is not None and column not in found.values():
            found[one.name] = column
    return found


def _words(choices: Any, more: dict[str, str]) -> dict[str, str]:
    known = {fold(str(key)): str(key) for key in choices.values}
    return known | {fold(word): key for word, key in more.items()}


def kinds() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Words for the firm's kind, its state and the premises' kind, folded, in the language of the reader too."""
    return tuple(
        _words(choices, more) | {fold(str(label)): str(key) for key, label in choices.choices}
        for choices, more in (
            (FirmKind, FIRM_KINDS | {"个体工商户": "sole_trader", "企业": "firm"}),
            (
                FirmStatus,
                STATUSES | {"在业": "active", "歇业": "suspended", "吊销": "revoked", "注销": "cancelled"},
            ),
            (PremisesKind, PREMISES_KINDS | _CHINESE),
        )
    )  # type: ignore[return-value]


def kind_of_code(code: str) -> str:
    """The first two characters of a unified social credit code say what its bearer is."""
    return _BY_CODE.get(code[:2], "institution")
