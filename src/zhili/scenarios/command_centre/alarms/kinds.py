"""Every alarm there is, with its reason in words. None is about a person; who is late is an office.

Thresholds are parameters and our own design; what warns of things to come (rules, sensors) is another matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop

from zhili.base.rules import AutomatedRule
from zhili.core.params import Param
from zhili.core.web import words

OWN = "平台约定，城市可改"
RED, ORANGE = "red", "orange"
URGENT = "command_centre.urgent_categories"
OVERDUE = "command_centre.overdue_alarm"
RISE_LEAST = "command_centre.rise_least"
RISE_PERCENT = "command_centre.rise_percent"


@dataclass(frozen=True)
class Kind:
    """``text`` names facts; times among them are ISO moments."""

    name: str
    title: str
    level: str
    text: str
    rule: AutomatedRule

    def say(self, facts: Mapping[str, Any]) -> str:
        """The sentence, in the reader's language."""
        return gettext(self.text) % {name: _plain(value) for name, value in facts.items()}


DOES = "在指挥屏上给看得到这件事的人一条报警，附理由。"
DECIDES = "值班的人确认或处置；报警本身不改变任何事项。"
READS = gettext_noop("事项的分类、时限和步骤；不看任何个人信息。")


def _rule(
    name: str, title: str, purpose: str, subject: str, *params: str, reads: str = READS
) -> AutomatedRule:
    return AutomatedRule(f"command_centre.{name}", title, purpose, subject, reads, DOES, DECIDES, OWN, params)


UNRECEIPTED = Kind(
    "instruction_unreceipted",
    gettext_noop("指令未按时签收"),
    RED,
    gettext_noop("%(office)s没有在%(due)s前签收指令：%(title)s"),
    _rule("unreceipted", "指令未按时签收报警", "指令发出后没有人接，要有人知道。", "deadline"),
)
REPORTED = Kind(
    "urgent_reported",
    gettext_noop("紧急事项"),
    RED,
    gettext_noop("%(category)s（列为紧急的分类），现由%(office)s办理：%(title)s"),
    _rule("urgent", "紧急事项报警", "列为紧急的事一来就让值班的人看到。", "category", URGENT),
)
LATE = Kind(
    "overdue_long",
    gettext_noop("严重超时"),
    ORANGE,
    gettext_noop("%(office)s应在%(due)s前办完，已超过%(limit)s：%(title)s"),
    _rule("late", "严重超时报警", "超时太久的事不会无人过问。", "deadline", OVERDUE),
)
RISE = Kind(
    "sudden_rise",
    gettext_noop("数量突增"),
    ORANGE,
    gettext_noop("%(place)s今天收到“%(category)s”%(today)d件；前四周同一天最多%(before)d件"),
    _rule(
        "rise",
        "数量突增报警",
        "一类事突然增多时早一点知道。",
        "category",
        RISE_LEAST,
        RISE_PERCENT,
        reads="按县和分类统计的件数；不看单件事项。",
    ),
)
RULES = (UNRECEIPTED.rule, REPORTED.rule, LATE.rule, RISE.rule)
KINDS = {one.name: one for one in (UNRECEIPTED, REPORTED, LATE, RISE)}

PARAMS = (
    Param(
        URGENT,
        "citizen_reports/204001 citizen_reports/204003 citizen_reports/204005",
        title="列为紧急的分类（场景/分类代码，空格分开）",
        source=OWN,
        confirmed=False,
    ),
    Param(OVERDUE, "3d", title="超过时限多久报警", source=OWN, confirmed=False),
    Param(RISE_LEAST, "10", title="数量突增：当天至少几件", source=OWN, confirmed=False),
    Param(RISE_PERCENT, "200", title="数量突增：达到前四周同一天最多的百分之几", source=OWN, confirmed=False),
)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and len(value) >= 19 and (moment := parse_datetime(value)):
        return words.deadline(moment if timezone.is_aware(moment) else timezone.make_aware(moment))
    return value
