"""A worker's own days and wages, for an app on their phone: by account, or by the link sent (header `X-Grant`)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.api.asking import body_of, shaped
from zhili.scenarios.wages import days
from zhili.scenarios.wages.api import shapes
from zhili.scenarios.wages.api.asking import worker
from zhili.scenarios.wages.api.days import line_facts
from zhili.scenarios.wages.api.router import router
from zhili.scenarios.wages.models import DaySheet, WageLine, Worker
from zhili.scenarios.wages.money import signing
from zhili.scenarios.wages.money.pages import worker as wages_page
from zhili.scenarios.wages.pages import me
from zhili.scenarios.wages.pages.sheet import said_of


@router.get(
    "/wages/mine", response=shapes.Mine, summary="A worker's own days and wages", operation_id="own_wages"
)
def mine(request: HttpRequest) -> shapes.Mine:
    """Of whoever asks, and of nobody else."""
    who_asks, _actor, _how = worker(request)
    return _told(who_asks)


@router.post(
    "/wages/mine/days",
    response=shapes.Mine,
    summary="Say yes or no to one's own days",
    operation_id="confirm_own_days",
)
def say(request: HttpRequest) -> shapes.Mine:
    """Each line with a yes, or a no and what is wrong; a no becomes a case that somebody looks into."""
    who_asks, actor, how = worker(request)
    told = shaped(shapes.OwnWordsIn, body_of(request))
    _say(who_asks, actor, how, told.said)
    return _told(who_asks)


@router.post(
    "/wages/mine/wages/{int:line}",
    response=shapes.Mine,
    summary="Sign one's own wage, or say what is wrong",
    operation_id="say_of_own_wage",
)
def sign(request: HttpRequest, line: int) -> shapes.Mine:
    """`digest` is of the wage that was looked at: one that changed since is not signed (409)."""
    who_asks, actor, how = worker(request)
    told = shaped(shapes.SignIn, body_of(request))
    found = wages_page.lines_of(who_asks).filter(pk=line).first()
    if found is None:
        raise Refused("not_yours", _("没有找到这一笔工资，请刷新页面"), 404)
    if told.do == "object":
        signing.objects(actor, found, told.digest, told.words, how)
    else:
        signing.sign(actor, found, told.digest, how)
    return _told(who_asks)


def _say(who_asks: Worker, actor: Actor, how: str, said: list[shapes.SaidIn]) -> None:
    own = {one.pk: one for one in me.lines_of(who_asks)}
    if any(one.line not in own for one in said):
        raise Refused("stale_line", _("这一天的记录刚才改过，请看过新的记录再确认"), 409)
    by_sheet: dict[DaySheet, list[days.Said]] = {}
    for one in said:
        what = days.Said(one.line, "worker", one.verdict, one.said, how)
        by_sheet.setdefault(own[one.line].sheet, []).append(what)
    for sheet, several in by_sheet.items():
        days.confirm(actor, sheet, several)


def _told(who_asks: Worker) -> shapes.Mine:
    lines = me.lines_of(who_asks)
    said = said_of(lines)
    return shapes.Mine(
        worker=who_asks.code,
        days=[
            shapes.OwnDay(
                **line_facts(one, said.get(one.pk, {})),
                date=one.sheet.date,
                project=one.sheet.crew.project.name,
                crew=one.sheet.crew.name,
            )
            for one in lines
        ],
        wages=[_wage(one) for one in wages_page.lines_of(who_asks)[: wages_page.SHOWN]],
    )


def _wage(one: WageLine) -> shapes.OwnWage:
    return shapes.OwnWage(
        id=one.pk,
        month=f"{one.sheet.month:%Y-%m}",
        project=one.sheet.project.case.number,
        crew=one.sheet.crew.name,
        state=one.state,
        gross_fen=one.gross_fen,
        withheld_fen=one.withheld_fen,
        net_fen=one.net_fen,
        digest=one.digest,
        items=one.facts["items"],
    )
