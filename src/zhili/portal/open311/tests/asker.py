"""Another city's program talking to our Open311 server, every answer looked over."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from defusedxml.ElementTree import fromstring
from django.test import Client
from django.test.client import ClientHandler

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people import tokens
from zhili.core.people.models import Account

ROOT = "/open311/v2"
FORM = "application/x-www-form-urlencoded"
XML = "text/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
HANDLER = ClientHandler(enforce_csrf_checks=True)


class Asker:
    """A client with a key or without. Cross-site checks are on, as for real visitors."""

    def __init__(self, key: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.handler = HANDLER
        self.key = key

    @classmethod
    def with_key(cls, name: str = "app", *scopes: str) -> Asker:
        """With a key of a machine account of this name."""
        account, _made = Account.objects.get_or_create(username=name, defaults={"kind": "machine"})
        text, _row = tokens.issue(account, "test", scopes or (tokens.OPEN311,))
        return cls(text)

    def get(self, path: str, **query: Any) -> Any:
        if self.key:
            query["api_key"] = self.key
        return looked_over(self.client.get(at(path), query))

    def post(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> Any:
        if self.key:
            form["api_key"] = self.key
        body = urlencode(form, doseq=True)
        return looked_over(self.client.generic("POST", at(path), body, FORM, headers=headers or {}))

    def send(self, method: str, path: str, raw: bytes = b"", kind: str = FORM, **extra: Any) -> Any:
        return looked_over(self.client.generic(method, at(path), raw, kind, **extra))

    def report(self, headers: dict[str, str] | None = None, **form: Any) -> Any:
        """POST requests.json with what is needed, unless the test gives other."""
        given = {
            "service_code": "201001",
            "lat": INSIDE["lat"],
            "long": INSIDE["lon"],
            "description": "垃圾成堆",
        }
        return self.post("requests.json", headers, **{**given, **form})

    def reported(self, **form: Any) -> str:
        """The number of a report taken in."""
        response = self.report(**form)
        assert response.status_code == 201, response.content.decode()
        return str(response.json()[0]["service_request_id"])


def at(path: str) -> str:
    return path if path.startswith("/") else f"{ROOT}/{path}"


def looked_over(response: Any) -> Any:
    """No 500; exact content types; every refusal a list of errors whose code is the status."""
    assert response.status_code < 500, response.content.decode()
    if response.status_code in (204, 301):
        return response
    assert response["Content-Type"] in (XML, JSON), response["Content-Type"]
    if response.status_code >= 400:
        found = errors(response)
        assert found
        assert all(int(code) == response.status_code and words for code, words in found)
    return response


def errors(response: Any) -> list[tuple[str, str]]:
    """(code, description) of each error, either format."""
    if response["Content-Type"] == JSON:
        return [(str(one["code"]), one["description"]) for one in response.json()]
    top = fromstring(response.content)
    assert top.tag == "errors"
    return [(one.findtext("code") or "", one.findtext("description") or "") for one in top]


def said(response: Any) -> str:
    """All complaints as one text."""
    return " ".join(words for _code, words in errors(response))


def xml(response: Any) -> Any:
    """The root element, after a look at the declaration."""
    assert response["Content-Type"] == XML
    assert response.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return fromstring(response.content)


def accept(city: SmallCity, number: str, **data: Any) -> Case:
    """The office that has it accepts it: from then on everybody may see it."""
    case = Case.objects.get(number=number)
    short = next(name for name, office in city.offices.items() if office.pk == case.office_id)
    doors.act(case, "accept", city.actor(short), data)
    case.refresh_from_db()
    return case


def answer(city: SmallCity, number: str, words: str = "已清运") -> Case:
    """Its office answers it."""
    case = Case.objects.get(number=number)
    short = next(name for name, office in city.offices.items() if office.pk == case.office_id)
    doors.act(case, "finish", city.actor(short), {"answer": words})
    case.refresh_from_db()
    return case
