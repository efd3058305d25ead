"""A month of one worker on a building site, from the tap to the bank's answer, for the small site of the audit."""

from __future__ import annotations

import uuid

from django.utils import timezone

from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import Actor
from zhili.scenarios.wages import contracts, sitecode, tapping
from zhili.scenarios.wages.models import Engagement, Project, WageLine
from zhili.scenarios.wages.money import (
    accounts,
    adjusting,
    answering,
    checking,
    drafting,
    sending,
    signing,
    telling,
)
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST, worked


def waged(city: SmallCity) -> None:
    """Each table of wages that has leaves has a row."""
    site = Site(city)
    Project.objects.filter(pk=site.project.pk).update(minimum_wage_fen=0)
    site.project.refresh_from_db()
    one = site.join("李小木", 2, bank_account="6222020000000000001").engagement
    Engagement.objects.update(starts=LAST)
    now = timezone.now()
    told = tapping.Told(
        way="in", code=sitecode.code(site.project, now), device_at=now, sent_at=now, key=uuid.uuid4().hex
    )
    tapping.tap(site.leader, one, told)
    version = contracts.draft(site.clerk, one)
    for role in ("worker", "leader", "firm"):
        contracts.sign(site.clerk, version, role, "account")
    worked(site, one, LAST.replace(day=9))
    adjusting.adjust(site.clerk, one, LAST, "advance", 100, "预支")
    telling.tell(site.officer, site.project, "balance", 5_000_000)
    change = accounts.ask(site.clerk, one, "6222020000000000002")
    accounts.answer(Actor(kind="grant", id=1), change, "confirmed", "grant")
    (sheet,) = drafting.draft(site.clerk, site.project, LAST)
    checking.check(site.officer, sheet, sheet.digest)
    line = WageLine.objects.get(sheet=sheet)
    signing.sign(Actor(kind="grant", id=1), line, line.digest, "grant")
    made = sending.send(site.officer, site.project, LAST)
    row = made.raw.decode("utf-8-sig").splitlines()[1].split(",")
    answering.answer(site.officer, site.project, f"流水号,状态,金额（元）\n{row[1]},成功,{row[4]}\n".encode())
