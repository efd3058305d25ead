import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from zhili.core.cases.tests.city import SmallCity
from zhili.core.documents import aside, printing
from zhili.core.web import errors
from zhili.portal.tests.authorisation.people import World


def undrawn(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A refusal without its page: drawing it thousands of times was a third of the walk, and others look at it."""
    return HttpResponse(status=status)


def printed_once() -> Callable[..., dict[str, Any]]:
    """The first sheet of a kind for every other: a press is a process of a second, and others look at its sheets."""
    really, kept = aside.run, {}

    def run(module: str, job: dict[str, Any], seconds: int) -> dict[str, Any]:
        key = module, str(job.get("marks"))
        if module != printing.PRESS:
            return really(module, job, seconds)
        if key not in kept:
            kept[key] = really(module, job, seconds)
        return kept[key]

    return run


@pytest.fixture
def world(
    small_city: SmallCity, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Everybody and everything the table speaks of; files in a folder of their own, nobody too hasty."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("ZHILI_RATE_LIMIT", "0")
    logging.disable(
        logging.WARNING
    )  # thousands of refusals are the point here, and writing them down takes long
    monkeypatch.setattr(errors, "render", undrawn)
    monkeypatch.setattr(aside, "run", printed_once())
    yield World(small_city)
    logging.disable(logging.NOTSET)
