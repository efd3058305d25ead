"""Who asks the API of wages: an account or a post, or a worker by the link that was sent to them."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.portal.api.asking import account_of, actor_of
from zhili.portal.api.problems import Problem, needs_account
from zhili.scenarios.wages import asked, who
from zhili.scenarios.wages.models import Worker

LONGEST = 62
"""Days asked for at once."""


def builder(request: HttpRequest) -> Actor:
    """Whoever works with projects. Raises 401 for strangers, 403 for posts that have nothing to do with it."""
    actor = account_of(request)
    if actor.kind == "grant":
        raise needs_account()
    if actor.kind == "post" and not asked.works(actor):
        raise Refused("forbidden", _("这一步不由您办理"), 403)
    return actor


def worker(request: HttpRequest) -> tuple[Worker, Actor, str]:
    """The worker who asks, as whom they act, and how (kinds.HOW). Raises 401, 404."""
    if code := request.headers.get("X-Grant"):
        actor_of(request)  # strangers are counted
        found = who.behind(code)
        if found is None:
            raise Refused("no_link", _("这个链接不对，或已到期。请向班组长再要一个。"), 404)
        return *found, "grant"
    actor = account_of(request)
    mine = who.worker_of(actor)
    if mine is None:
        words = _("您的账号没有对应的工人登记。请用登记时的手机号登录，或打开短信里的链接。")
        raise Refused("no_worker", words, 404)
    return mine, actor, "account"


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(404, "no_day", _("应当是日期，例如 2026-03-01。")) from None


def month_of(text: str) -> date:
    """The first day of a month written as 2026-10, which its form has looked at."""
    return date.fromisoformat(f"{text}-01")
