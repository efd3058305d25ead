"""A change in words: what was done to what, and each value before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from zhili.base.calendar import Duration
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Role
from zhili.core.people.offices import tree
from zhili.core.trail.models import Change
from zhili.core.web import words

SUBJECTS: dict[str, Any] = {
    "file": gettext_lazy("文件"),
    "post": gettext_lazy("岗位"),
    "account": gettext_lazy("账号"),
    "deputy": gettext_lazy("代理"),
    "duty": gettext_lazy("职责清单"),
    "parameter": gettext_lazy("参数"),
    "table": gettext_lazy("判定表"),
    "calendar": gettext_lazy("工作日历"),
    "machine": gettext_lazy("接入系统"),
    "device": gettext_lazy("设备"),
    "sender": gettext_lazy("感知设备"),
    "webhook": gettext_lazy("事件推送"),
    "inspection_item": gettext_lazy("检查清单"),
    "inspection_scene": gettext_lazy("检查场景"),
    "visit_item": gettext_lazy("检查事项"),
    "visit_apart": gettext_lazy("不并行的单位"),
    "visit_inspector": gettext_lazy("检查人员名录"),
    "visit_conflict": gettext_lazy("检查人员回避"),
    "visit_plan": gettext_lazy("检查计划"),
    "visit": gettext_lazy("上门检查"),
    "exchange.site": gettext_lazy("外地站点"),
    "exchange.key": gettext_lazy("外地站点密钥"),
    "exchange.agreement": gettext_lazy("协同协议"),
}
DONE: dict[tuple[str, str], Any] = {
    ("file", "masked"): gettext_lazy("打码"),
    ("file", "checked"): gettext_lazy("看过，可以公开"),
    ("file", "hidden"): gettext_lazy("不公开"),
    ("file", "withdrawn"): gettext_lazy("停止查看"),
    ("file", "given_back"): gettext_lazy("恢复查看"),
    ("post", "added"): gettext_lazy("新设岗位"),
    ("post", "changed"): gettext_lazy("修改岗位"),
    ("post", "ended"): gettext_lazy("停用岗位"),
    ("post", "reopened"): gettext_lazy("恢复岗位"),
    ("post", "given"): gettext_lazy("任职"),
    ("post", "taken_back"): gettext_lazy("结束任职"),
    ("account", "added"): gettext_lazy("新建账号"),
    ("account", "link_given"): gettext_lazy("发一次性登录链接"),
    ("account", "second_factor_reset"): gettext_lazy("重置两步验证"),
    ("account", "sessions_ended"): gettext_lazy("退出所有登录"),
    ("account", "switched_off"): gettext_lazy("停用账号"),
    ("account", "switched_on"): gettext_lazy("启用账号"),
    ("deputy", "named"): gettext_lazy("登记代理"),
    ("deputy", "ended"): gettext_lazy("结束代理"),
    ("duty", "added"): gettext_lazy("新增一行"),
    ("duty", "changed"): gettext_lazy("改由别的单位负责"),
    ("duty", "ended"): gettext_lazy("结束一行"),
    ("duty", "withdrawn"): gettext_lazy("撤回未生效的变更"),
    ("parameter", "proposed"): gettext_lazy("提议修改"),
    ("parameter", "approved"): gettext_lazy("同意修改"),
    ("parameter", "refused"): gettext_lazy("不同意修改"),
    ("parameter", "withdrawn"): gettext_lazy("撤回提议"),
    ("table", "drafted"): gettext_lazy("拟定一版"),
    ("table", "looked through"): gettext_lazy("核对导入的草稿"),
    ("table", "confirmed"): gettext_lazy("确认一版"),
    ("table", "ended"): gettext_lazy("由新的一版接替"),
    ("table", "goes on"): gettext_lazy("继续有效"),
    ("table", "withdrawn"): gettext_lazy("撤回一版"),
    ("calendar", "added"): gettext_lazy("调整一天"),
    ("calendar", "changed"): gettext_lazy("再次调整"),
    ("calendar", "ended"): gettext_lazy("恢复公布的安排"),
    ("machine", "machine_added"): gettext_lazy("新建接入系统"),
    ("machine", "token_added"): gettext_lazy("发令牌"),
    ("machine", "token_revoked"): gettext_lazy("吊销令牌"),
    ("device", "added"): gettext_lazy("登记设备"),
    ("device", "changed"): gettext_lazy("修改设备登记"),
    ("device", "ended"): gettext_lazy("停用设备"),
    ("sender", "added"): gettext_lazy("登记感知设备"),
    ("sender", "rekeyed"): gettext_lazy("换密钥"),
    ("sender", "bound"): gettext_lazy("换对象"),
    ("sender", "retired"): gettext_lazy("停用感知设备"),
    ("webhook", "added"): gettext_lazy("新建推送"),
    ("webhook", "changed"): gettext_lazy("修改推送"),
    ("webhook", "paused"): gettext_lazy("停止推送"),
    ("webhook", "resumed"): gettext_lazy("恢复推送"),
    ("webhook", "deleted"): gettext_lazy("删除推送"),
    ("webhook", "replayed"): gettext_lazy("补发未送达的事件"),
    ("exchange.site", "added"): gettext_lazy("添加外地站点"),
    ("exchange.site", "changed"): gettext_lazy("修改外地站点"),
    ("exchange.site", "switched_off"): gettext_lazy("停用站点"),
    ("exchange.site", "switched_on"): gettext_lazy("重新启用站点"),
    ("exchange.key", "added"): gettext_lazy("登记公钥"),
    ("exchange.key", "revoked"): gettext_lazy("吊销公钥"),
    ("exchange.agreement", "loaded"): gettext_lazy("载入协议"),
    ("exchange.agreement", "ended"): gettext_lazy("停用协议"),
}
FIELDS: dict[str, Any] = {
    "count": gettext_lazy("打码（处）"),
    "title": gettext_lazy("名称"),
    "roles": gettext_lazy("职责"),
    "to": gettext_lazy("停用日期"),
    "from": gettext_lazy("起始日期"),
    "account": gettext_lazy("人员"),
    "successor": gettext_lazy("接任"),
    "active": gettext_lazy("启用"),
    "office_name": gettext_lazy("责任单位"),
    "direct": gettext_lazy("直达"),
    "source": gettext_lazy("依据"),
    "value": gettext_lazy("取值"),
    "working": gettext_lazy("上班"),
    "note": gettext_lazy("依据的文件"),
    "label": gettext_lazy("用途"),
    "scopes": gettext_lazy("权限范围"),
    "days": gettext_lazy("有效天数"),
    "factors": gettext_lazy("验证方式（项）"),
    "purpose": gettext_lazy("用途"),
    "records": gettext_lazy("记录什么"),
    "ground": gettext_lazy("依据"),
    "place": gettext_lazy("位置"),
    "keeps_days": gettext_lazy("数据保存天数"),
    "valid_from": gettext_lazy("启用日期"),
    "valid_to": gettext_lazy("最后一天"),
    "protocol": gettext_lazy("接入方式"),
    "per_minute": gettext_lazy("每分钟最多几条报文"),
    "url": gettext_lazy("接收地址"),
    "types": gettext_lazy("推送哪些事件"),
    "procedures": gettext_lazy("只推送这些流程"),
    "categories": gettext_lazy("只推送这些分类"),
    "divisions": gettext_lazy("只推送这些区划"),
    "offices": gettext_lazy("只推送这些单位手上的"),
    "mode": gettext_lazy("发送方式"),
    "rate": gettext_lazy("每分钟最多请求"),
    "letters": gettext_lazy("补发（条）"),
}
"""What is shown of a change; other facts serve the program."""


@dataclass(frozen=True)
class Line:
    """One change, ready to be read."""

    id: int
    at: datetime
    subject: str
    done: str
    name: str
    who: str
    since: date | None
    reason: str
    parts: list[tuple[str, str, str]]
    """(field, before, after); the two are equal in none."""
    undo: bool


def lines(rows: Iterable[Change], actor: Actor | None) -> list[Line]:
    """Changes in words. Names of persons are read for whoever keeps their account, else the account is not named."""
    rows = list(rows)
    names = _names(rows, actor)
    return [_line(one, names) for one in rows]


def roles(found: Iterable[str]) -> str:
    known = dict(Role.choices)
    return "、".join(str(known.get(one, one)) for one in found)


def value_in_words(text: str) -> str:
    """A parameter's value as a clerk says it: 5 个工作日."""
    try:
        return words.duration(Duration.parse(text))
    except ValueError:
        return text


def _line(one: Change, names: Mapping[int, str]) -> Line:
    before, after = dict(one.before), dict(one.after)
    parts = []
    for field in FIELDS:
        was, now = _said(field, before.get(field), names), _said(field, after.get(field), names)
        if was != now:
            parts.append((str(FIELDS[field]), was, now))
    return Line(
        one.pk,
        one.at,
        str(SUBJECTS.get(one.subject, one.subject)),
        str(DONE.get((one.subject, one.done), one.done)),
        gettext(one.name) if one.subject == "parameter" and one.name else one.name,
        one.actor_label,
        one.since,
        one.reason,
        parts,
        one.subject == "duty" and one.done in ("changed", "ended"),
    )


def _said(field: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if field in ("account", "successor"):
        return names.get(value, gettext("账号%(id)s") % {"id": value})
    if field == "roles":
        return roles(value)
    if field in ("from", "to"):
        return words.day(date.fromisoformat(value))  # type: ignore[arg-type]
    if field == "value":
        return value_in_words(str(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _names(rows: list[Change], actor: Actor | None) -> dict[int, str]:
    wanted = {
        facts.get(f) for one in rows for facts in (one.before, one.after) for f in ("account", "successor")
    }
    ids = {one for one in wanted if isinstance(one, int)}
    if not ids or actor is None or not (managing.administered(actor) or actor.roles):
        return {}
    below = set(tree().under(actor.office_id or 0))
    found = Account.objects.filter(pk__in=ids).prefetch_related("holdings__post")
    return {
        one.pk: one.get_short_name()
        for one in found
        if any(held.post.office_id in below for held in one.holdings.all())
    }
