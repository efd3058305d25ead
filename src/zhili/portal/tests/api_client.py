"""A program talking to the API in tests: JSON out, JSON in, every refusal looked over."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import tokens
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account

ROOT = "/api/v1"
REPORT = f"{ROOT}/cases/citizen_reports.report/report"
HANDLER = ClientHandler(enforce_csrf_checks=True)
"""One for all, since loading the middleware looks at every static file."""
TITLES = {"type", "title", "status", "detail", "instance"}


class Program:
    """A client with the headers of whoever it speaks for. Cross-site checks are on, as for real visitors."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.handler = HANDLER
        self.headers = headers

    @classmethod
    def of(cls, actor: Actor, *scopes: str) -> Program:
        """With a bearer token of the actor's account."""
        account = Account.objects.get(pk=actor.account_id)
        text, _row = tokens.issue(account, "test", scopes or ("read", "write"))
        return cls(Authorization=f"Bearer {text}")

    def get(self, path: str, **query: Any) -> Any:
        return looked_over(self.client.get(at(path), query, headers=self.headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Headers with underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return looked_over(
            self.client.post(
                at(path),
                json.dumps(body) if body is not None else b"",
                content_type="application/json",
                headers=self.headers | named,
            )
        )

    def send(self, path: str, raw: bytes, content_type: str = "application/json", **extra: Any) -> Any:
        return looked_over(
            self.client.generic("POST", at(path), raw, content_type, headers=self.headers, **extra)
        )


def accepted(city: SmallCity, number: str) -> str:
    """The number, once the office that holds it has read and accepted it: only then may everybody see it."""
    case = Case.objects.get(number=number)
    short = next(name for name, office in city.offices.items() if office.pk == case.office_id)
    doors.act(case, "accept", city.actor(short), {})
    return number


def at(path: str) -> str:
    return path if path.startswith("/api/") else ROOT + path


def looked_over(response: Any) -> Any:
    """No answer is a 500, and every refusal is problem details with an id for the log."""
    assert response.status_code < 500 or response.status_code == 503, response.content.decode()
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json", response.content[:200]
        body = response.json()
        assert body.keys() >= TITLES
        assert body["status"] == response.status_code
        assert body["detail"]
        assert body["instance"].startswith("urn:zhili:error:")
    return response


def fields(response: Any) -> set[str]:
    """Which fields a refusal names."""
    return {one["field"] for one in response.json().get("errors", [])}
