"""Every page of wages, asked by the people of a filled site, by offices, and by those who have no part in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents import aside
from zhili.core.people.actors import Actor
from zhili.portal.tests.authorisation.conftest import printed_once
from zhili.portal.tests.authorisation.people import Visitor
from zhili.portal.tests.authorisation.walking import PLACEHOLDER, asked, refused
from zhili.portal.tests.building import Built, built_in
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import registering
from zhili.scenarios.wages.models import Crew, Project, Seat, Worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
Roles = frozenset[str]


def names(words: str) -> Roles:
    return frozenset(words.split())


NEIGHBOURS: Final = names("neighbour_clerk neighbour_worker former_clerk resident")
"""Of another project, of this one until yesterday, of none. They never see anything of this one."""
OFFICES: Final = names("department auditor")
"""Posts over the ground that work with projects; a grid worker, and whoever is elsewhere, are none of them."""
ACCOUNTS: Final = NEIGHBOURS | names("officer clerk other_clerk leader worker")
ALL: Final = ACCOUNTS | OFFICES | names("grid elsewhere anonymous")
SITE: Final = names("officer clerk other_clerk leader")
"""Who answers for something on the project. ``other_clerk``: of another firm there."""
CREW: Final = names("officer clerk leader")
MONEY: Final = names("officer clerk")
WORKERS: Final = names("leader worker neighbour_worker")
"""Who is registered somewhere and has an account: each sees their own page."""
KEY: Final = ALL
"""The address is the key: whoever has the worker's own link."""

WHO: Final[dict[str, dict[str, Roles]]] = {
    "desk/wages": {"GET": ACCOUNTS | OFFICES},
    "desk/wages/<str:number>": {"GET": SITE | OFFICES},
    "desk/wages/<str:number>/appoint": {"POST": names("officer")},
    "desk/wages/crews/<int:pk>": {"GET": CREW | OFFICES, "POST": CREW},
    "desk/wages/crews/<int:pk>/link/<int:engagement>": {"POST": CREW},
    "desk/wages/crews/<int:pk>/leave": {"POST": MONEY},
    "desk/wages/crews/<int:pk>/leave/<int:engagement>": {"POST": MONEY},
    "desk/wages/crews/<int:pk>/photo/<int:engagement>": {
        "GET": MONEY | names("department"),
        "POST": MONEY | names("department"),
    },
    "desk/wages/crews/<int:pk>/<str:day>": {"GET": CREW | OFFICES, "POST": frozenset()},
    "desk/wages/contracts/<int:pk>": {"GET": CREW | OFFICES, "POST": frozenset()},
    "desk/wages/contracts/<int:pk>.pdf": {"GET": CREW | OFFICES},
    "wages/me": {"GET": WORKERS, "POST": WORKERS},
    "wages/me/contract/<int:pk>": {"GET": names("worker"), "POST": names("worker")},
    "wages/me/<str:code>": {"GET": KEY, "POST": KEY},
    "wages/me/<str:code>/contract/<int:pk>": {"GET": KEY, "POST": KEY},
    "wages/<str:number>": {"GET": ALL},
    "wages/<str:number>/screen": {"GET": SITE},
    "wages/<str:number>/tap": {"GET": ALL},
    "desk/wages/sheets": {"GET": ALL - names("anonymous")},
    "desk/wages/cockpit": {"GET": ALL - names("anonymous")},
    "desk/wages/sheets/<int:sheet>": {"GET": MONEY | OFFICES, "POST": frozenset()},
    "desk/wages/lines/<int:line>": {"GET": MONEY | OFFICES},
    "desk/wages/pay/<str:number>": {"GET": MONEY | names("other_clerk") | OFFICES, "POST": frozenset()},
    "desk/wages/files/<int:file>.csv": {"GET": names("officer")},
    "wages/pay": {"GET": ALL - names("anonymous"), "POST": ALL - names("anonymous")},
    "wages/pay/<str:code>": {"GET": KEY, "POST": KEY},
}
"""Who is let in. A POST without a word of what is to be done is refused to everybody where the word decides who may."""


class Town:
    """The site, its neighbours, and everybody's browser."""

    def __init__(self, city: SmallCity) -> None:
        self.one: Built = built_in(city)
        self.city = city
        project = Project.objects.get(case__number=self.one.number)
        firm = Crew.objects.get(pk=self.one.crew).firm
        self.people: dict[str, Actor] = dict(self.one.people)
        self._seat("other_clerk", project, project.developer)
        self._seat("former_clerk", project, firm, until=timezone.now() - timedelta(days=1))
        self._next_door(project, firm)
        self.people |= {
            "resident": city.resident("别人"),
            "department": city.actor("A.zhzf", "handler"),
            "auditor": city.actor("city", "auditor"),
            "grid": city.actor("A.grid"),
            "elsewhere": city.actor("B.grid2"),
        }
        self.visitors = {name: Visitor(reader(actor)) for name, actor in self.people.items()}
        self.visitors["anonymous"] = Visitor(Client())
        for one in self.visitors.values():
            one.client.raise_request_exception = False

    def _seat(self, name: str, project: Project, firm: Any, **more: Any) -> None:
        self.people[name] = self.city.resident(name)
        held = {"account_id": self.people[name].account_id, "kind": "clerk"}
        since = timezone.now() - timedelta(days=9)
        Seat.objects.create(project=project, firm=firm, since=since, **held, **more)

    def _next_door(self, project: Project, firm: Any) -> None:
        """A project of the same firms with other people: nothing of one is the other's."""
        officer = self.city.resident("neighbour_officer")
        door = Project.objects.get(pk=_filed_again(self.city, officer, project))
        self._seat("neighbour_clerk", door, firm)
        crew = Crew.objects.create(project=door, firm=firm, name="钢筋班")
        terms = registering.Terms("day", 30000, timezone.localdate())
        person = registering.Person("王铁柱", "11010519491231002X")
        joined = registering.register(self.people["neighbour_clerk"], crew, person, terms)
        worker = self.people["neighbour_worker"] = self.city.resident("neighbour_worker")
        Worker.objects.filter(pk=joined.worker.pk).update(account_id=worker.account_id)

    def path(self, address: str) -> str:
        one = self.one
        own = one.engagements[1 if "me/contract" in address else 2]
        values = {
            "number": one.number,
            "pk": one.crew if "crews" in address else own,
            "engagement": one.engagements[1],
            "day": timezone.localdate(),
            "code": one.links[2],
            "sheet": one.sheet,
            "line": one.lines[1],
            "file": one.file,
        }
        return "/" + PLACEHOLDER.sub(lambda part: str(values[part[1] or part[2]]), address)


def _filed_again(city: SmallCity, officer: Actor, project: Project) -> int:
    told = {
        "name": "隔壁项目", "site": {"lon": project.lon, "lat": project.lat}, "department": "项目部",
        "developer": project.developer.code, "contractor": project.contractor.code, "industry": "住建局",
        "industry_phone": "0573-82710000", "officer_name": "钱二", "officer_phone": "13800138000",
        "bank": "某银行", "account_number": "33001638747053000001", "deposit_kind": "guarantee",
        "payday": 15, "starts": timezone.localdate().isoformat(),
    }  # fmt: skip
    case = doors.open_case("wages.project", "file", officer, told)
    doors.act(case.case_id, "accept", city.actor("A.zhzf", "handler"), {})
    doors.act(case.case_id, "start", officer)
    return case.case_id


def questions() -> Iterator[tuple[str, str, Roles]]:
    for address, methods in WHO.items():
        for method, allowed in methods.items():
            yield address, method, allowed


def test_the_people_of_a_site_get_in_where_the_table_says_and_nobody_else(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "run", printed_once())
    town, wrong = Town(small_city), []
    assert set(town.visitors) == ALL
    for address, method, allowed in questions():
        path = town.path(address)
        for role, visitor in town.visitors.items():
            answer = asked(visitor, method, path)
            if answer.status_code >= 500 or refused(answer) == (role in allowed):
                wrong.append(f"{role}: {method} {address} answered {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    for role in NEIGHBOURS | names("grid elsewhere"):
        for address in ("desk/wages", "desk/wages/sheets", "desk/wages/cockpit"):
            page = asked(town.visitors[role], "GET", f"/{address}").content.decode()
            assert "南湖公寓二期" not in page, (role, address)
