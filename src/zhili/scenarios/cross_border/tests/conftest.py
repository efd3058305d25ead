"""A small city with a neighbour: the site beyond the border, its agreements, and short words for what passes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhili.base.exchange.agreement import parse_document
from zhili.core.cases import categories, doors, routing
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.handover import agreed
from zhili.core.exchange.models import RemoteSite, SiteAgreement, Topic
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account
from zhili.scenarios.cross_border.sharing import MATTER

TEN = sorted((Path(__file__).parents[1] / "data" / "agreements").glob("*.json"))
DRAWN = {
    "type": "Polygon",
    "coordinates": [[[119.9, 30.0], [120.0, 30.0], [120.0, 30.1], [119.9, 30.1], [119.9, 30.0]]],
}


class Border:
    """County A of the small city, west of it the neighbour ``jinshan.shanghai``."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        self.grid = city.actor("A.grid")
        self.seat, self.chief = city.actor("A", name="seat"), city.actor("A", name="chief")
        categories.load("cross_border")
        routing.forget()
        account = Account.objects.create(username="site.jinshan", kind="machine")
        self.site = RemoteSite.objects.create(
            site="jinshan.shanghai",
            title="上海·金山",
            url="https://jinshan.invalid",
            account=account,
            office=city.offices["A"],
        )
        agreed.forget()

    def there(self) -> Actor:
        """The neighbour, acting here."""
        account, office = self.site.account_id, self.site.office_id
        return Actor("site", self.site.pk, account_id=account, office_id=office, label=self.site.title)

    def agree(self, *numbers: int) -> list[SiteAgreement]:
        """The agreements of the ten with these numbers (all), as `zhili exchange agreement load` keeps them."""
        made = []
        for n, path in enumerate(TEN, 1):
            if numbers and n not in numbers:
                continue
            document = json.loads(path.read_text("utf-8"))
            text = parse_document(document)
            made.append(
                SiteAgreement.objects.create(
                    site=self.site,
                    code=text.code,
                    version=text.version,
                    digest=text.digest(),
                    document=document,
                    procedure=MATTER,
                    opening="receive",
                    valid_from=text.valid_from,
                    valid_to=text.valid_to,
                )
            )
        agreed.forget()
        return made

    def found(self, category: str = "grid", what: str = "界桩边有建筑垃圾", **more: Any) -> Case:
        data = {"what": what, "place": INSIDE, "category": category, **more}
        return Case.objects.get(pk=doors.open_case(MATTER, "find", self.grid, data).case_id)

    def told(self, name: str, document: Any) -> None:
        """The neighbour shared a document with us."""
        at = "2026-11-20T08:00:00Z"
        Topic.objects.update_or_create(
            site=self.site, name=name, defaults={"seq": 1, "document": document, "at": at}
        )

    def their_matter(self, **more: Any) -> dict[str, Any]:
        day = date(2026, 11, 18).isoformat()
        told = {"number": "31-7", "category": "waters", "state": "handling", "since": day, "due": None}
        return {**told, "cell": "31011600100101", "lon": 119.95, "lat": 30.05, **more}


@pytest.fixture
def border(small_city: SmallCity) -> Border:
    return Border(small_city)
