"""Places and hazards, not persons: what looks like a person is refused in words, before anything is kept.

A computer cannot know every name. What it can know it refuses: numbers that belong to people (``base.text.redact``),
words for people under watch, and an entry whose name is a name. What slips through is read by whoever renews it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.forms import Cleaned, Form

WATCHED: Final = (
    "重点人员", "重点人", "重点对象", "管控对象", "布控", "在逃", "嫌疑人",
    "前科", "刑满释放", "刑释", "社区矫正", "矫正对象", "吸毒", "涉毒人员",
    "精神病人", "精神障碍患者", "肇事肇祸", "上访人", "信访人", "缠访", "邪教人员",
    "失信人", "流动人口", "户主", "身份证", "姓名", "人脸", "车牌",
)  # fmt: skip
"""Words by which a list of places becomes one of people."""
PLACES: Final = (
    "路街巷弄桥港河浜湖塘江溪湾口站场库店厂院楼园区村镇乡市坝闸泵井塔"
    "坡坑洞沟渠渡码头隧涵公司仓学校医院集场馆点段岸堤线"
)
"""A name ends so when it is a place's."""
_SURNAME: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤俞屠计费钮闻施凌褚倪盛章"
)
_NAME = re.compile(rf"[{_SURNAME}](?:某{{1,2}}|[一-龥]{{1,2}})")
_CALLED = re.compile(rf"[{_SURNAME}](?:[一-龥]{{0,2}})(?:先生|女士|小姐|师傅|本人|其人|夫妻|父子|家中)")
_LATIN = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")


def found_in(text: str) -> str:
    """Why this text seems to be about a person, in words; "" when nothing in it does."""
    if redact(text) != text:
        return _("这里有电话、证件号码或能认出人的内容")
    for word in WATCHED:
        if word in text:
            return _("“%(word)s”说的是人") % {"word": word}
    if _CALLED.search(text):
        return _("这里有人的称呼")
    return ""


def named_like_a_person(name: str) -> str:
    """The same of the name of an entry, which must be a place's or a thing's: two or three characters of a name."""
    why = found_in(name)
    bare = re.sub(r"[\s·•]", "", name)
    if why:
        return why
    if _NAME.fullmatch(bare) and bare[-1] not in PLACES:
        return _("“%(name)s”像是人的姓名") % {"name": name.strip()}
    if _LATIN.fullmatch(name.strip()):
        return _("“%(name)s”像是人的姓名") % {"name": name.strip()}
    return ""


def faults_in(form: type[Form], cleaned: Cleaned, names: Collection[str] = ()) -> dict[str, list[str]]:
    """By field what a form's free text says of a person; ``names``: fields that hold the name of an entry."""
    found: dict[str, list[str]] = {}
    for one in form.fields():
        text = cleaned.values.get(one.name)
        if one.type not in ("text", "longtext") or not isinstance(text, str):
            continue
        why = named_like_a_person(text) if one.name in names else found_in(text)
        if why:
            found[one.name] = [_("这里写的是地方、事情和单位，不写人：%(why)s") % {"why": why}]
    return found
