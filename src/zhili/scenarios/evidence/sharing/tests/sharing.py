"""Links given, followed and opened as browsers do it, for the tests of sharing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.files.models import Attachment
from zhili.portal.tests.pages_client import send
from zhili.scenarios.evidence.sharing.actions import word_of
from zhili.scenarios.evidence.sharing.models import Share
from zhili.scenarios.evidence.tests.keeping import Keeping

LOOK = {"stated": "嘉城市人民检察院", "purpose": "审查起诉", "agreed": "true"}


def give(keeping: Keeping, case: Case, **more: Any) -> Share:
    """A link to the whole item, for an office elsewhere, to look at twice within a week."""
    files = Attachment.objects.filter(case_id=case.pk).values_list("file_id", flat=True)
    data = {
        "receiver": "other", "name": "嘉城市人民检察院", "purpose": "审查起诉", "shown": [str(one) for one in files],
        "custody": True, "way": "view", "views": 2, "days": 7, **more,
    }  # fmt: skip
    acted = doors.act(case.pk, "share", keeping.custodian, {k: v for k, v in data.items() if v is not None})
    return Share.objects.select_related("grant").get(case=case, step_seq=acted.seq)


def follow(share: Share, browser: Client | None = None) -> tuple[Client, HttpResponse]:
    """A browser after the link was clicked, and what it shows."""
    browser = browser or Client()
    return browser, browser.get("/share", {"k": word_of(share)}, follow=True)


def opened(share: Share, browser: Client | None = None, **more: str) -> tuple[Client, HttpResponse]:
    """A browser in which the link was opened, and what came of it."""
    browser, _shown = follow(share, browser)
    answer = send(browser, f"/share/{share.pk}", {**LOOK, **more})
    if answer.status_code == 302:
        answer = browser.get(answer["Location"])
    return browser, answer
