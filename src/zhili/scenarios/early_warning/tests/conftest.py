"""The small city with sensors of the console's own rules, a few warnings of theirs, and who looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from zhili.base.signals.measures import Reading
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import SESSION_POST, Actor
from zhili.core.people.models import Account
from zhili.core.signals import sources
from zhili.core.signals.judge import judging_run
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.store import keeping, past, storing
from zhili.core.signals.store.storing import Message, Said

RULE = Actor(kind="rule", label="测试")


@dataclass
class Desk:
    """``gauge`` stands in the southern cell of village A."""

    city: SmallCity
    gauge: Source = field(init=False)

    def __post_init__(self) -> None:
        self.gauge = self.sensor("river-1", "长水塘水位计")

    def sensor(self, number: str, title: str, village: str = "A.village", cell: str = "A.grid") -> Source:
        where = {
            "division_id": self.city.divisions[village].pk,
            "cell_id": self.city.cells[cell].pk,
        }
        made, _key = sources.register(
            number, "internal", "sensor", actor=RULE, office_id=None, title=title, per_minute=0, **where
        )
        return made

    def rises(self, source: Source | None = None, by: float = 0.5, ago: int = 0) -> Warning:
        """Water that rises within half an hour, ``ago`` minutes before now; the warning of it."""
        gauge = source or self.gauge
        end = datetime.now(UTC) - timedelta(minutes=ago)
        levels = [(40, 1.0), (30, 1.05), (20, 1.1), (1, 1.0 + by)]
        said = tuple(Said("river_stage", end - timedelta(minutes=m), value) for m, value in levels)
        storing.accept([Message(gauge.number, "internal", said, b"", datetime.now(UTC))])
        while judging_run.run_once():
            pass
        return Warning.objects.filter(source=gauge.pk).latest("pk")

    def past(self, days: int = 3, every: int = 10, rises: tuple[int, ...] = (30, 50)) -> None:
        """Readings of the last days; at so many hours ago the water rose by 0.45 m."""
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        rows = []
        for n in range(days * 24 * 60 // every):
            at = now - timedelta(minutes=n * every + every)
            hours = [ago - (now - at) / timedelta(hours=1) for ago in rises]
            value = 1.0 + sum(0.45 for since in hours if 0 <= since < 6)
            rows.append(Reading(self.gauge.pk, "river_stage", at, value))
        past.load(rows)

    def client(self, office: str, *roles: str) -> Client:
        """Signed in as somebody of that office."""
        actor = self.city.actor(office, *roles)
        client = Client()
        client.force_login(Account.objects.get(pk=actor.account_id))
        session = client.session
        session[SESSION_POST] = actor.id
        session.save()
        return client


@pytest.fixture
def desk(small_city: SmallCity) -> Iterator[Desk]:
    forget()
    yield Desk(small_city)
    forget()


def forget() -> None:
    """What this process remembers of another test's database."""
    judging_run._judge.memory.forget()
    judging_run._judge.planner.forget()
    keeping.forget()
