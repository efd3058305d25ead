"""Every page and endpoint, asked in every role, does what the table says and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from zhili.portal.tests.authorisation import roles, table, table_of_openings
from zhili.portal.tests.authorisation.people import World
from zhili.portal.tests.authorisation.roles import Who
from zhili.portal.tests.authorisation.walking import addresses, asked, filled, has_case, refused

pytestmark = pytest.mark.slow

DECLARED = {**table.PAGES, **table.API, **table.OPEN311, **table.SIGN_IN}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FEW = ("anonymous", "owner", "grid", "machine")
"""Enough where nobody is told apart but by having a session: sign-in pages, and what everybody may see."""


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    found = {one for one in addresses() if not one.startswith(table.ADMIN_PREFIX)}
    assert found - set(DECLARED) - set(table_of_openings.OPENING) == set(), (
        "decide in table*.py who may use these"
    )
    assert set(DECLARED) | set(table_of_openings.OPENING) == found, "gone from the site"


def questions(known: dict[str, roles.Methods]) -> Iterator[tuple[str, str, Who, str]]:
    """(address, method, who may, name of the case) for all there is to ask."""
    for address, methods in known.items():
        for method, who in methods.items():
            for name in roles.CASES if has_case(address) else ("public",):
                yield address, method, who, name


@pytest.mark.parametrize(
    "known",
    [table.PAGES, table.API, table.OPEN311, table.SIGN_IN],
    ids=["pages", "api", "open311", "sign-in"],
)
def test_each_role_gets_in_where_the_table_says_and_nowhere_else(
    world: World, known: dict[str, roles.Methods]
) -> None:
    wrong = []
    for address, method, who, name in questions(known):
        thing = world.things[name]
        path = filled(address, world, thing)
        for role in FEW if known is table.SIGN_IN or who is roles.EVERYBODY else sorted(roles.ALL):
            answer = asked(world.visitor(role, thing), method, path)
            if answer.status_code >= 500 or refused(answer) == who.may(role, roles.CASES[name]):
                wrong.append(f"{role}: {method} {address} ({name}) answered {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_each_role_begins_only_what_the_table_says(world: World) -> None:
    thing = world.things["public"]
    page, endpoint = table_of_openings.OPENING
    wrong = []
    for opening, allowed in table_of_openings.OPENINGS.items():
        procedure, _slash, name = opening.partition("/")
        for address, method in ((page, "GET"), (page, "POST"), (endpoint, "POST")):
            path = filled(address, world, thing, procedure=procedure, opening=name)
            for role in sorted(roles.ALL):
                expected = role in allowed and (method == "GET" or role not in roles.MACHINE)
                answer = asked(world.visitor(role, thing), method, path)
                if answer.status_code >= 500 or refused(answer) == expected:
                    wrong.append(f"{role}: {method} {path} answered {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_a_method_that_is_not_declared_is_not_offered(world: World) -> None:
    """By the API never; a page may show itself, but changes nothing for it."""
    thing = world.things["public"]
    before, wrong = thing.case.seq, []
    for address, methods in {**table.PAGES, **table.API, **table.OPEN311}.items():
        path = filled(address, world, thing)
        for method in METHODS:
            if method in methods:
                continue
            for role in ("anonymous", "owner", "grid", "engineer"):
                status = asked(world.visitor(role, thing), method, path).status_code
                closed = status in (404, 405) or (status == 403 and method != "GET")
                if status >= 500 or ((address in table.API or address in table.OPEN311) and not closed):
                    wrong.append(f"{role}: {method} {address} answered {status}")
    thing.case.refresh_from_db()
    assert wrong == [], "\n".join(wrong)
    assert thing.case.seq == before


def test_djangos_admin_is_for_engineers_and_offices_for_their_administrator(
    world: World, settings: Any
) -> None:
    settings.ROOT_URLCONF = "zhili.portal.tests.authorisation.with_admin"
    thing = world.things["public"]
    asked_for = [one for one in addresses() if one.startswith(table.ADMIN_PREFIX) and _is_page(one)]
    assert "admin/people/secret/" in asked_for
    wrong = []
    for address in asked_for:
        path = filled(address, world, thing, object_id="1", id="1")
        own = any(address.startswith(f"admin/people/{one}/") for one in table.ADMIN_OF_OFFICES)
        for role in (*FEW, "town", "admin", "engineer"):
            answer = asked(world.visitor(role, thing), "GET", path)
            inside = role == "engineer" or (role == "admin" and (own or address in table.ADMIN_HALL))
            if answer.status_code >= 500 or (not inside and not _turned_back(answer)):
                wrong.append(f"{role}: {address} answered {answer.status_code}")
            if inside and address.endswith(("office/", "account/")) and answer.status_code != 200:
                wrong.append(f"{role}: {address} answered {answer.status_code}, but it is theirs")
    assert wrong == [], "\n".join(wrong)


def _is_page(address: str) -> bool:
    """Not the ways in and out, nor redirects and helpers that check for themselves."""
    elsewhere = "(?P" in address or "/r/<" in address or address.endswith("<path:object_id>/")
    return address not in table.ADMIN_OPEN and not elsewhere


def _turned_back(answer: Any) -> bool:
    """Refused, or sent to sign in, or (an object that is not there) to the front page of the admin."""
    location = answer.headers.get("Location", "")
    return refused(answer) or "/login/" in location or location == "/admin/"
