"""The forms of a joint patrol: offices and teams, never persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.forms import Bool, Choice, Cleaned, DateTime, Form, Integer, LongText, Office, Place, Text
from zhili.core.web import words
from zhili.scenarios.cross_border import persons
from zhili.scenarios.cross_border.patrols import choosing

TEAM_HELP = "写队名或几组，例如：界河巡防一组。不写人名。"


class _NoPersons(Form):
    """Base: text that seems to name a person is refused beside its field."""

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        return persons.faults_in(cls, cleaned)


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


class Plan(_NoPersons):
    title = Text("巡防名称", required=True, max_length=60, help="例如：界河夜间联合巡防。")
    route = Choice("走哪条路线", required=True, choices=choosing.routes)
    starts = DateTime("开始", required=True)
    ends = DateTime("结束", required=True)
    team_office = Office("我方派出单位", choices=choosing.offices, help="不选就是本单位。")
    team = Text("我方队名", required=True, max_length=40, help=TEAM_HELP)
    partner = Choice("和哪个站点一起", choices=choosing.sites, help="不选就只是我方自己巡防。")
    their_team = Text("对方队伍", max_length=80, help="写单位和队名，知道的话。")
    window = Integer(
        "会合点两边相差几分钟以内算一起到",
        required=True,
        min=1,
        max=240,
        default=15,
    )

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        """A route that takes longer than the patrol is refused beside its end, with both times."""
        found = dict(super().check(cleaned))
        values = cleaned.values
        last = choosing.minutes_of(values.get("route"))
        if last is None or not values.get("starts") or not values.get("ends"):
            return found
        starts, ends = (_moment(values[name]) for name in ("starts", "ends"))
        if starts < ends < starts + timedelta(minutes=last):
            needed = starts + timedelta(minutes=last)
            told = {"minutes": last, "needed": words.moment(needed), "ends": words.moment(ends)}
            found["ends"] = [
                *found.get("ends", []),
                _(
                    "这条路线走到最后一个点位要 %(minutes)d 分钟，到 %(needed)s；巡防 %(ends)s 就结束了。"
                    "请把结束改到那以后，或者换一条路线"
                )
                % told,
            ]
        return found


class Join(_NoPersons):
    own_page = "/cross-border/patrols"

    theirs = Text("对方的巡防", required=True, max_length=120)
    team_office = Office("我方派出单位", choices=choosing.offices)
    team = Text("我方队名", required=True, max_length=40, help=TEAM_HELP)


class AddTeam(_NoPersons):
    team_office = Office("派出单位", required=True, choices=choosing.offices)
    team = Text("队名", required=True, max_length=40, help=TEAM_HELP)


class Remark(_NoPersons):
    remark = LongText("说明", max_length=500)


class Reason(_NoPersons):
    reason = LongText("理由", required=True, max_length=500)


class Point(_NoPersons):
    """A checkpoint, on the page of checkpoints; its place is picked on the map."""

    name = Text("点位名称", required=True, max_length=40, help="例如：枫泾塘桥东。写地方，不写门牌和人名。")
    place = Place("在哪里", required=True, point_required=True)
    radius = Integer(
        "多少米以内算在现场",
        required=True,
        min=0,
        max=2000,
        default=100,
        help="只在打卡那一刻由手机自己比一次，只记“在”或“不在”，不记位置。填 0 就不比。",
    )


class RouteForm(_NoPersons):
    title = Text("路线名称", required=True, max_length=60)


class RouteStopForm(Form):
    checkpoint = Choice("点位", required=True, choices=choosing.points)
    after_minutes = Integer("开始后几分钟到", required=True, min=0, max=1440, default=0)
    meeting = Bool("两边在这里会合", default=False)


class CodeChange(_NoPersons):
    reason = Text("为什么换", max_length=100, help="例如：二维码被撕、被拍照传开。")
