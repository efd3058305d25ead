"""A small county to sit in, and a key ring that lives as long as one test."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.contrib import admin as contrib_admin
from django.utils import timezone

from zhili.core.people import keys, offices
from zhili.core.people.models import Account, Deputy, Office, Post, PostHolding
from zhili.core.places.models import Cell, Division

BEGIN = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def own_key_ring(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("ZHILI_KEYS", raising=False)
    settings.HOME = tmp_path
    keys.forget()
    offices.forget()
    yield tmp_path / "keys.json"
    keys.forget()
    offices.forget()


@pytest.fixture
def plain_pages(settings: Any) -> None:
    """Only the libraries' own templates: the site's frame links to pages that are not mounted here."""
    folders = [Path(module.__file__).parent / "templates" for module in (allauth, contrib_admin)]
    options = settings.TEMPLATES[0]["OPTIONS"]["context_processors"]
    django_own = [name for name in options if name.startswith("django.")]
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": folders,
            "OPTIONS": {"context_processors": django_own},
        }
    ]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def yesterday(today: date) -> date:
    return today - timedelta(days=1)


@pytest.fixture
def tomorrow(today: date) -> date:
    return today + timedelta(days=1)


class County:
    """南湖区 with one town, one village, one cell, and a general office at each level but the town's."""

    def __init__(self) -> None:
        self.city = self.division("330400000000", "嘉兴市", "city", None)
        self.county = self.division("330402000000", "南湖区", "county", self.city)
        self.town = self.division("330402001000", "建设街道", "town", self.county)
        self.village = self.division("330402001001", "百福弄社区", "village", self.town)
        self.cell = Cell.objects.create(
            code="33040200100101", number=1, name="第1网格", village=self.village, wkb=b"",
            lon=120.75, lat=30.76, valid_from=BEGIN,
        )  # fmt: skip
        self.city_office = self.office("C", "市社会治理中心", "city", self.city, None)
        self.county_office = self.office("Q", "南湖区社会治理中心", "county", self.county, self.city_office)
        self.village_office = self.office("S", "百福弄社区", "village", self.village, self.county_office)
        self.grid_office = self.office(
            "G", "百福弄第1网格", "grid", self.village, self.village_office, cell=self.cell
        )

    @property
    def line(self) -> list[int]:
        """Divisions of the village from the city down, as places.tree.ancestors gives them."""
        return [self.city.pk, self.county.pk, self.town.pk, self.village.pk]

    def division(self, code: str, name: str, level: str, parent: Division | None) -> Division:
        return Division.objects.create(
            code=code, name=name, level=level, parent=parent, valid_from=BEGIN, lon=120.75, lat=30.76
        )

    def office(
        self, code: str, name: str, level: str, division: Division, parent: Office | None, **more: Any
    ) -> Office:
        more.setdefault("valid_from", BEGIN)
        return Office.objects.create(
            code=code, name=name, level=level, division=division, parent=parent, **more
        )


@pytest.fixture
def county(db: None) -> County:
    return County()


@pytest.fixture
def account(db: None) -> Callable[..., Account]:
    def make(username: str = "zhang", kind: str = "staff", **more: Any) -> Account:
        return Account.objects.create(username=username, kind=kind, **more)

    return make


@pytest.fixture
def seat(db: None) -> Callable[..., Post]:
    """Give an account a post in an office, from a day until before another."""

    def give(
        account: Account,
        office: Office,
        title: str = "经办人",
        roles: tuple[str, ...] = ("handler",),
        since: date = BEGIN,
        until: date | None = None,
    ) -> Post:
        post, _ = Post.objects.get_or_create(office=office, title=title, defaults={"roles": list(roles)})
        PostHolding.objects.create(post=post, account=account, valid_from=since, valid_to=until)
        return post

    return give


@pytest.fixture
def stand_in(db: None) -> Callable[..., Deputy]:
    def give(account: Account, post: Post, since: date, until: date) -> Deputy:
        return Deputy.objects.create(
            post=post, account=account, valid_from=since, valid_to=until, reason="年休假"
        )

    return give
