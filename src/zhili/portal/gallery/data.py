"""Something to show: made up, and asking no database."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from zhili.core.forms import Bool, Choice, Date, Form, LongText, Personal, Place, Rating, Text
from zhili.portal.rows import Row


class Sheet(Form):
    what = LongText("发生了什么", required=True, max_length=200, help="在哪里，什么样，多久了。")
    kind = Choice("哪一类", choices=[("a", "路灯"), ("b", "井盖"), ("c", "垃圾")])
    since = Date("从哪天起")
    place = Place("在哪里")
    rating = Rating("满意吗")
    urgent = Bool("今晚就有危险")
    contact = Text("补充说明", max_length=40)
    name = Personal("姓名", kind="name", seen_by="承办单位的经办人看得到，公开页面上没有。")


def rows() -> dict[str, Row]:
    """A matter in every state a list shows."""
    now = timezone.now()

    def row(title: str, stage: str, due: timedelta | None, **more: Any) -> Row:
        given: dict[str, Any] = {
            "number": "26000000173",
            "title": title,
            "stage": stage,
            "final": False,
            "good": True,
            "place": "建国街道 · 百福弄社区",
            "category": "井盖",
            "kind": "",
            "office": "南湖区综合行政执法局",
            "due_at": now + due if due is not None else None,
            "closed_at": None,
            "opened_at": now - timedelta(hours=3),
            "waiting": False,
            "url": "#rows",
            **more,
        }
        return Row(**given)

    return {
        "fine": row("中山路口的路灯不亮", "办理中", timedelta(days=3, hours=2)),
        "soon": row("人行道上的窨井盖翘起，晚上没有灯，学生多次差点摔倒", "待受理", timedelta(hours=2), next_title="受理", next_url="#rows"),
        "over": row("小区门口垃圾成堆", "待审签", -timedelta(days=1, hours=3)),
        "wait": row("河边护栏断了一截", "等报事人补充", timedelta(days=2), waiting=True),
        "done": row("垃圾桶满溢", "已办结", None, final=True, closed_at=now),
        "declined": row("邻居装修吵", "不予受理", None, final=True, good=False, closed_at=now),
    }  # fmt: skip


def timeline() -> SimpleNamespace:
    now = timezone.now()

    def entry(seq: int, title: str, hours: int, who: str, **more: Any) -> SimpleNamespace:
        given: dict[str, Any] = {
            "corrected": [],
            "fields": [],
            "personal": [],
            "files": [],
            "why": [],
            **more,
        }
        return SimpleNamespace(seq=seq, title=title, at=now - timedelta(hours=hours), who=who, **given)

    return SimpleNamespace(
        final=False,
        entries=[
            entry(1, "已收到", 26, "", fields=[("发生了什么", "路口的路灯不亮")]),
            entry(2, "已受理", 25, "百福弄社区居委会 01网格", why=["事发地在本网格", "这一类由网格先办"]),
            entry(3, "上报街道", 20, "百福弄社区居委会 01网格", fields=[("原因", "要登高车")], corrected=[4]),
            entry(4, "正在办", 2, "建设街道办事处"),
        ],
    )


def things() -> dict[str, Any]:
    """The context of every sample."""
    now = timezone.now()
    return {
        "row": rows(),
        "page": timeline(),
        "soon": now + timedelta(hours=2),
        "later": now + timedelta(days=3, hours=1),
        "past": now - timedelta(days=1, hours=2),
        "now_at": now,
        "bound": Sheet.bind({"kind": "b"}, prefix="sample"),
        "wrong": Sheet.bind({"what": "", "kind": "a"}, {"what": ["请填写“发生了什么”"]}, prefix="wrong"),
        "facts": [
            ("上报时间", "2026年11月21日 15:04"),
            ("来源", "手机网页"),
            ("满意度", "5 分（满分 5 分）"),
        ],
        "tabs": [
            {"url": "#tabs", "title": "待办", "count": 12, "current": True},
            {"url": "#tabs", "title": "本单位在办", "count": 40, "current": False},
            {"url": "#tabs", "title": "办过的", "count": None, "current": False},
        ],
        "options": [("all", "全部类别", 52), ("a", "路灯", 31), ("b", "井盖", 21)],
        "errors": [("sample-what", "请填写“发生了什么”"), ("", "这一页打开太久，请再提交一次")],
        "why": ["事发地在本网格", "这一类由网格先办"],
    }
