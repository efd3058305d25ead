"""How a plan comes to be in tests: drawn, merged, approved; officers by lot."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from unittest import mock

from django.utils import timezone
from PIL import Image

from zhili.core.cases.tests.city import SmallCity
from zhili.core.draws import announcing, running, seeds
from zhili.core.draws.models import Draw
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account
from zhili.core.visits import drawing, officers, planning
from zhili.core.visits.models import Plan, Visit
from zhili.core.visits.tests.town import Town

LOTTERY = announcing.numbers("福彩双色球第2026135期", "中国福利彩票网")


def drawn(draw: Draw, actor: Actor, *, change: Any = None) -> Any:
    """The numbers come a day later; ``change`` happens before the draw is run."""
    later = draw.draw_at + timedelta(hours=1)
    with mock.patch("django.utils.timezone.now", return_value=later):
        seeds.give(draw, 0, [3, 11, 17], "中国福利彩票网", actor)
        if change is not None:
            change()
        outcome = running.run(draw)
    assert outcome is not None
    return outcome


def due_dates() -> tuple[date, date]:
    """A week that lies in one year."""
    today = timezone.localdate()
    first = today if today.month < 12 else date(today.year + 1, 1, 5)
    return first, first + timedelta(days=13)


def planned(town: Town) -> tuple[Draw, Plan]:
    """Two of the shops drawn, both items each; the plan that follows, approved."""
    tomorrow = timezone.now() + timedelta(days=1)
    first, last = due_dates()
    draw = drawing.announce("一季度抽查", town.items, (first, last), [LOTTERY], tomorrow, town.admin, count=2)
    drawn(draw, town.admin)
    proposed = planning.propose(first, last)
    plan = planning.keep(proposed, "一季度", last, town.admin)
    return draw, planning.approve(plan.pk, town.admin)


def officer(account: int) -> Actor:
    return of_account(Account.objects.get(pk=account))


def visited(city: SmallCity) -> tuple[Town, Visit, list[Actor]]:
    """A visit of two bodies today, and its four officers."""
    town = Town(city)
    for office in ("A.zhzf", "B"):
        for n in range(2):
            town.inspector(office, n)
    _draw, plan = planned(town)
    drawn(officers.announce(plan, [LOTTERY], timezone.now() + timedelta(days=1), town.admin), town.admin)
    visit = Visit.objects.filter(plan=plan).earliest("date", "pk")
    Visit.objects.filter(pk=visit.pk).update(date=timezone.localdate())
    visit.refresh_from_db()
    team = visit.officers.order_by("body", "pk").values_list("inspector__account", flat=True)
    return town, visit, [officer(account) for account in team]


def picture(colour: str = "red") -> bytes:
    """A small PNG that can be drawn."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()
