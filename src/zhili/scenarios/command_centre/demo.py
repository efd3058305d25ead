"""The command centre's share of the demo city: some instructions at different points, and a duty register."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office, Post
from zhili.scenarios.command_centre import duty, instructing
from zhili.scenarios.command_centre.actions import INSTRUCTION
from zhili.scenarios.command_centre.models import DutyEntry, DutyTurn

LEVELS = ("city", "county", "town")
DAYS = 14
LOG = (
    "早交接班：夜间收到来电 6 个，均已派单，无遗留。",
    "接市气象台电话提醒傍晚有短时强降雨，已转各镇街值班室。",
    "沿河两处积水点已到人查看，排水口通畅。",
)


def load() -> dict[str, int]:
    """Make them once. Returns how many there are of each."""
    commander = _acting("commander", "总指挥")
    if commander is not None:
        if not DutyTurn.objects.exists():
            _put_on_duty(commander)
        if not DutyEntry.objects.exists():
            for line in LOG:
                duty.write(commander, line)
        if not Case.objects.filter(procedure=INSTRUCTION).exists():
            _instruct(commander)
    return {
        "duty turns": DutyTurn.objects.count(),
        "duty log": DutyEntry.objects.count(),
        "instructions": Case.objects.filter(procedure=INSTRUCTION).count(),
    }


def _put_on_duty(commander: Actor) -> None:
    """Every general office from the towns up, two weeks long."""
    today = timezone.localdate()
    offices = Office.objects.filter(kind="general", level__in=LEVELS, valid_to=None).order_by("id")
    watch = dict(Post.objects.filter(office__in=offices, title="值班长").values_list("office_id", "id"))
    for office in offices:
        until = today + timedelta(days=DAYS)
        phone = office.phone or "0573-8200 0000"
        duty.name(commander, office.pk, watch.get(office.pk), today, until, "all", phone, "")


def _instruct(commander: Actor) -> None:
    """One not receipted, one under way, one answered."""
    county, town = _acting("county", "值班长"), _acting("town", "值班长")
    if county is None or town is None:
        return
    _give(commander, county, "梳理近一周占道经营的反复点位，今天下班前报一张清单", "1d")
    under_way = _give(commander, town, "今晚有短时强降雨，把沿河低洼处的排水口清理一遍", "4h", urgent=True)
    doors.act(under_way, "receipt", town)
    doors.act(under_way, "progress", town, {"note": "已派两组共八人，三处已清完"})
    answered = _give(commander, county, "核实农贸市场门口占道摊点的安置去向", "3d")
    doors.act(answered, "receipt", county)
    doors.act(
        answered, "reply", county, {"result": "partly", "reply": "十二个摊点中九个已进场，三个月底前进场。"}
    )


def _give(commander: Actor, to: Actor, what: str, within: str, *, urgent: bool = False) -> str:
    data = {"offices": [to.office_id], "what": what, "within": within, "urgent": urgent}
    return instructing.give(commander, data, "", f"demo {what}")[0]


def _acting(username: str, title: str) -> Actor | None:
    account = Account.objects.filter(username=username).first()
    if account is None:
        return None
    post = Post.objects.filter(title=title, holdings__account=account).values_list("id", flat=True).first()
    return of_account(account, post) if post else None
