"""A reader with a browser but no scripts: follows links, sends forms with all their hidden fields."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from zhili.core.people.actors import Actor
from zhili.core.people.models import Account

REPORT = "/new/citizen_reports.report/report"


def reader(actor: Actor | None = None) -> Client:
    """Signed in as the actor's account; a stranger without one."""
    client = Client()
    if actor is not None:
        client.force_login(Account.objects.get(pk=actor.account_id))
    return client


def hidden(response: HttpResponse, action: str = "") -> dict[str, str]:
    """The hidden fields of the form with that address (of the first with a key when none is given)."""
    for form in re.findall(r"<form.*?</form>", response.content.decode(), re.S):
        address = re.search(r'action="([^"]*)"', form)
        if 'name="_key"' in form and (not action or (address and unescape(address[1]).startswith(action))):
            return dict(re.findall(r'<input type="hidden" name="(_\w+)" value="([^"]*)"', form))
    raise AssertionError(f"no form for {action}")


def unfolded(client: Client, page: str, action: str) -> HttpResponse:
    """The page with the form of that address: as it comes, or with the step unfolded that its link leads to."""
    shown: Any = client.get(page)
    _, of_a_step, name = action.partition("/act/")
    if (
        of_a_step
        and f'action="{action}"' not in shown.content.decode()
        and f"fill={name}#" in shown.content.decode()
    ):
        shown = client.get(page, {"fill": name})
    return shown  # type: ignore[no-any-return]


def send(client: Client, page: str, data: dict[str, Any], action: str = "") -> HttpResponse:
    """Open a page, fill in its form, send it."""
    shown = unfolded(client, page, action)
    assert shown.status_code == 200, shown.content.decode()[:500]
    return client.post(action or page, {**hidden(shown, action), **data})


def words_of(response: HttpResponse) -> str:
    """The page as read aloud: tags gone, spaces single."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
