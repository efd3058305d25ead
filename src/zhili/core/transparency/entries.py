"""One line of the register, whatever it is about; and all of them, as pages and files show them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from zhili.base.rules import AutomatedRule
from zhili.core import params
from zhili.core.params.rules import last_day, rules
from zhili.core.people.offices import tree
from zhili.core.registers.models import Device, DeviceKind
from zhili.core.transparency import elements

RULE, ELEMENT, CAMERA, SENSOR = "rule", "element", "camera", "sensor"
KINDS: Final[dict[str, Any]] = {
    RULE: gettext_lazy("自动规则"),
    ELEMENT: gettext_lazy("个人信息"),
    CAMERA: gettext_lazy("摄像头"),
    SENSOR: gettext_lazy("传感器"),
}
IN_FORCE, COMING, REVIEW, ENDED = "in_force", "coming", "review", "ended"
STATES: Final[dict[str, Any]] = {
    IN_FORCE: gettext_lazy("在用"),
    COMING: gettext_lazy("未启用"),
    REVIEW: gettext_lazy("待续期复核"),
    ENDED: gettext_lazy("已停"),
}

SUBJECTS: Final[dict[str, Any]] = {
    "matter": gettext_lazy("事项"),
    "place": gettext_lazy("地点"),
    "premises": gettext_lazy("场所"),
    "thing": gettext_lazy("物品、设施"),
    "device": gettext_lazy("设备"),
    "category": gettext_lazy("一类事项"),
    "office": gettext_lazy("单位"),
    "project": gettext_lazy("项目"),
    "firm": gettext_lazy("企业"),
    "deadline": gettext_lazy("时限"),
    "file": gettext_lazy("文件"),
    "data": gettext_lazy("到期的数据"),
    "wearer": gettext_lazy("本人同意的佩戴者"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """``key``: unique within its kind. ``until``: its last day, or how long it is kept. ``facts``: (what, how)."""

    kind: str
    key: str
    title: str
    purpose: str
    owner: str
    until: str
    state: str
    facts: tuple[tuple[str, str], ...]

    @property
    def state_title(self) -> str:
        return str(STATES[self.state])

    def as_json(self) -> dict[str, Any]:
        """As exported; ``facts`` as an object."""
        return asdict(self) | {"facts": dict(self.facts)}

    def matches(self, words: str) -> bool:
        """Whether all of these words stand in it somewhere."""
        text = " ".join((self.title, self.purpose, self.owner, *(value for _n, value in self.facts))).lower()
        return all(word in text for word in words.lower().split())


def of_kind(kind: str, words: str = "") -> list[Entry]:
    """The lines of one kind, in order. At most two queries. Raises KeyError for no kind."""
    found = {RULE: _rules, ELEMENT: _elements, CAMERA: _cameras, SENSOR: _sensors}[kind]()
    return [one for one in found if one.matches(words)]


def everything() -> dict[str, list[Entry]]:
    """All lines by kind."""
    return {kind: of_kind(kind) for kind in KINDS}


def owner() -> str:
    """Who answers for rules and data of the whole site."""
    return gettext(params.get("register.owner").text)


def _rules() -> list[Entry]:
    today = timezone.localdate()
    return [_of_rule(rule, today) for rule in rules().values()]


def _of_rule(rule: AutomatedRule, today: date) -> Entry:
    until = last_day(rule.name)
    over = today > until
    state = IN_FORCE if not over else ENDED if rule.stops else REVIEW
    named = [params.get(key) for key in rule.params]
    facts = [
        (gettext("针对"), str(SUBJECTS[rule.subject])),
        (gettext("看哪些数据"), gettext(rule.reads)),
        (gettext("会自动做什么"), gettext(rule.does)),
        (gettext("谁说了算"), gettext(rule.decides)),
        (gettext("依据"), gettext(rule.ground)),
    ]
    if named:
        titles = [
            f"{gettext(params.declared()[one.key].title)} {one.text}"
            for one in named
            if one.key in params.declared()
        ]
        facts.append((gettext("用到的参数"), gettext("；").join(titles)))
    return Entry(
        RULE,
        rule.name,
        gettext(rule.title),
        gettext(rule.purpose),
        owner(),
        until.isoformat(),
        state,
        tuple(facts),
    )


def _elements() -> list[Entry]:
    return [
        Entry(
            ELEMENT,
            one.key,
            gettext(one.title),
            one.purpose,
            owner(),
            one.kept,
            IN_FORCE,
            (
                (gettext("在哪里填"), one.where),
                (gettext("谁会看到"), one.seen_by),
                (gettext("是否必填"), one.required),
                (gettext("怎样保存"), one.how),
            ),
        )
        for one in elements.all_of_them()
    ]


def _cameras() -> list[Entry]:
    return _devices(DeviceKind.CAMERA)


def _sensors() -> list[Entry]:
    return _devices(DeviceKind.SENSOR)


def _devices(kind: str) -> list[Entry]:
    today = timezone.localdate()
    rows = Device.objects.filter(kind=kind).order_by("office_id", "name", "id")
    return [_of_device(one, today) for one in rows]


def _of_device(one: Device, today: date) -> Entry:
    office = tree().nodes.get(one.office_id)
    state = ENDED if one.valid_to < today else COMING if one.valid_from > today else IN_FORCE
    keeps = gettext("%(n)d天") % {"n": one.keeps_days} if one.keeps_days else gettext("不保存")
    facts = (
        (gettext("位置"), one.place),
        (gettext("记录什么"), one.records),
        (gettext("会拍到、录到人"), gettext("会，现场有提示标识") if one.people else gettext("不会")),
        (gettext("数据保存"), keeps),
        (gettext("依据"), one.ground),
        (gettext("启用日期"), one.valid_from.isoformat()),
    )
    name = office.name if office else ""
    return Entry(one.kind, str(one.pk), one.name, one.purpose, name, one.valid_to.isoformat(), state, facts)
