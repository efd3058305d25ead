"""/verify takes a whole bag too: it holds, and an altered one says where it does not."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhili.core.cases.models import Case
from zhili.portal.tests.pages_client import words_of
from zhili.scenarios.evidence.bag.tests.test_a_bag_is_checked_by_a_stranger import (
    a_trail_of_its_own,
    exported,
    item,
)
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["a_trail_of_its_own", "item"]


def sent(zipped: bytes) -> tuple[int, str]:
    upload = SimpleUploadedFile("bag.zip", zipped, "application/zip")
    answer: Any = Client().post("/verify", {"file": upload})
    return answer.status_code, words_of(answer)


def rewritten(zipped: bytes, ending: str) -> bytes:
    """The same ZIP with one byte of one file altered."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(zipped)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            content = old.read(one)
            new.writestr(one.filename, content[:-1] + b"\0" if one.filename.endswith(ending) else content)
    return out.getvalue()


def test_a_whole_bag_holds_and_an_altered_one_is_told(keeping: Keeping, item: Case) -> None:
    zipped = exported(keeping, item)
    status, words = sent(zipped)
    assert (status, "有效：每一项都成立" in words) == (200, True)
    _status, words = sent(rewritten(zipped, "photo.jpg"))
    assert "不成立" in words
    assert "photo.jpg 被改动" in words
