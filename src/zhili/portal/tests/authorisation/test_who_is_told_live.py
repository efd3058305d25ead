"""`/live` lets in the posts the table names, and tells each of the cases it sees and of no other."""

from __future__ import annotations

import json
from io import BytesIO
from urllib.parse import urlencode

from django.core.handlers.asgi import ASGIRequest

from zhili.core.streams.live import telling
from zhili.portal.live.admitting import Admitted, Refusal, let_in
from zhili.portal.live.tests.test_who_hears_what import everything_told
from zhili.portal.tests.authorisation import roles, table
from zhili.portal.tests.authorisation.people import Visitor, World


def asks(visitor: Visitor) -> Admitted | Refusal:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.client.cookies.items())
    headers = {"Host": "127.0.0.1", "Cookie": cookies, **visitor.headers}
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "query_string": urlencode({"topics": "matters"}).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    return let_in(ASGIRequest(scope, BytesIO()))


def test_posts_are_let_in_and_told_what_they_see(world: World) -> None:
    told: dict[str, list[telling.Told]] = {}
    for one in everything_told():
        told.setdefault(json.loads(one.data["zh-hans"])["number"], []).append(one)
    wrong = []
    for role in sorted(roles.ALL):
        for name, thing in world.things.items():
            answer = asks(world.visitor(role, thing))
            if isinstance(answer, Refusal) == table.LIVE.may(role, roles.CASES[name]):
                wrong.append(f"{role}: {answer}")
            if isinstance(answer, Refusal):
                continue
            heard = {answer.listener.hears(one) for one in told[thing.case.number]}
            if heard != {role in roles.CASES[name].sees}:
                wrong.append(f"{role} is told of {name}: {heard}")
    assert wrong == [], "\n".join(wrong)
