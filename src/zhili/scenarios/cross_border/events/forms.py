"""The forms of an event's security plan: posts, teams, office telephones and duties. Nobody is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhili.core.forms import Choice, Cleaned, DateTime, Form, Integer, LongText, MultiChoice, Place, Text
from zhili.scenarios.cross_border import persons
from zhili.scenarios.cross_border.events.models import SIDES
from zhili.scenarios.cross_border.patrols import choosing

MOBILE: Final = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
PHONE: Final = re.compile(r"[0-9+() \-]{3,32}")
NOBODY = "写单位和岗位，不写人名。"


class _Named(Form):
    """Base: text that seems to name a person is refused beside its field; the end lies after the start."""

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        found = persons.faults_in(cls, cleaned)
        starts, ends = cleaned.values.get("starts"), cleaned.values.get("ends")
        if starts and ends and datetime.fromisoformat(ends) <= datetime.fromisoformat(starts):
            found["ends"] = [_("结束应在开始之后，请改正")]
        return found


class Event(_Named):
    name = Text("活动名称", required=True, max_length=60)
    place = Place("在哪里", required=True)
    venue = Text("场地", required=True, max_length=100, help="例如：九龙山海滨广场。")
    starts = DateTime("开始", required=True)
    ends = DateTime("结束", required=True)
    expected = Integer("预计多少人", required=True, min=0, max=5_000_000, help="写人数，不要名单。")
    organiser = Text("主办单位", max_length=80)


class Post(_Named):
    name = Text("岗位", required=True, max_length=40, help="例如：一号入口、北停车场。")
    duties = Text("职责", required=True, max_length=300)
    people = Integer("需要几人", required=True, min=1, max=500, default=2)
    place = Place("在地图上的位置")


class Shift(_Named):
    post = Choice("岗位", required=True)
    side = Choice("哪一边", required=True, choices=SIDES)
    team = Text("单位和队伍", required=True, max_length=60, help=NOBODY)
    starts = DateTime("从", required=True)
    ends = DateTime("到", required=True)


class Contact(_Named):
    side = Choice("哪一边", required=True, choices=SIDES)
    office = Text("单位", required=True, max_length=60)
    role = Text("负责什么", required=True, max_length=40, help="例如：现场指挥、医疗救护、交通疏导。")
    phone = Text("值班电话", required=True, max_length=32, help="写值班室的电话，不写个人手机。")

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        values = dict(cleaned.values)
        phone = str(values.pop("phone", ""))
        found = persons.faults_in(cls, Cleaned(values))
        if not PHONE.fullmatch(phone):
            found["phone"] = [_("值班电话只用数字、空格、+、- 和括号")]
        elif MOBILE.fullmatch(re.sub(r"[^0-9+]", "", phone)):
            found["phone"] = [_("请填写值班室的电话，不填个人手机号")]
        return found


class Drill(_Named):
    held_at = DateTime("什么时候", required=True)
    what = Text("演练什么", required=True, max_length=200)
    findings = LongText("发现的问题", max_length=500, help="没有就不填。")
    mended = LongText("怎么改的", max_length=500)


class Mended(_Named):
    mended = LongText("怎么改的", required=True, max_length=500)


class Remark(_Named):
    remark = LongText("意见", max_length=1000)


class Reason(_Named):
    reason = LongText("理由", required=True, max_length=1000)


class Share(_Named):
    sites = MultiChoice("告诉哪些站点", choices=choosing.sites, help="一个都不选就是不再告诉。")


class Review(_Named):
    came = Integer("实际大约多少人", min=0, max=5_000_000)
    review = LongText("总结", required=True, max_length=4000, help="哪里做得好，哪里要改；" + NOBODY)


PARTS: Final[dict[str, type[Form]]] = {"post": Post, "shift": Shift, "contact": Contact, "drill": Drill}
TITLES: Final = {
    "post": gettext_lazy("岗位"),
    "shift": gettext_lazy("班次"),
    "contact": gettext_lazy("联络电话"),
    "drill": gettext_lazy("演练"),
}
