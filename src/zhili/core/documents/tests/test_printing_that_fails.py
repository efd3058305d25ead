"""A document that cannot be printed is tried again, then set aside with its reason; its number and text stand."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.cases.models import Step
from zhili.core.documents import aside, printing, rendering, seal_keys
from zhili.core.documents.models import Rendering
from zhili.core.documents.printing import Printed
from zhili.core.documents.tests.desk import Desk, queue
from zhili.core.streams.models import StreamEvent


def due_now() -> None:
    Rendering.objects.exclude(next_at=None).update(next_at=timezone.now() - timedelta(seconds=1))


def failing(error: Exception) -> Any:
    def print_sheet(*_: Any) -> Printed:
        raise error

    return print_sheet


def whole(*_: Any) -> Printed:
    return Printed(b"%PDF-1.7 as if", 1, None)


def test_a_fault_is_tried_again_later_and_parked_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = desk.issued()
    queue()
    monkeypatch.setattr(printing, "print_sheet", failing(aside.Failed("glyph 7")))
    for n in range(1, rendering.TRIES + 1):
        due_now()
        assert rendering.render_due() == 1
        row = Rendering.objects.get(document=document)
        assert row.attempts == n
        assert "glyph 7" in row.error
    assert (row.state, row.next_at) == ("parked", None)
    assert rendering.render_due() == 0
    document.refresh_from_db()
    assert document.number.endswith("1号")
    monkeypatch.setattr(printing, "print_sheet", whole)
    monkeypatch.setenv("ZHILI_SEALER", "none")
    rendering.sealing.sealer.cache_clear()
    assert rendering.again() == 1
    assert rendering.render_due() == 1
    rendering.sealing.sealer.cache_clear()
    assert Rendering.objects.get(document=document).state == "ready"


def test_a_machine_that_cannot_print_waits_without_counting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = desk.issued()
    queue()
    monkeypatch.setattr(printing, "print_sheet", failing(aside.Lacking("cannot load libpango-1.0-0")))
    for _ in range(rendering.TRIES + 2):
        due_now()
        rendering.render_due()
    row = Rendering.objects.get(document=document)
    assert (row.state, row.attempts) == ("waiting", 0)
    assert row.next_at is not None
    assert "libpango" in row.error


def test_a_worker_killed_while_printing_is_replaced_and_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = desk.issued()
    queue()
    assert rendering.claim() is not None
    assert rendering.claim() is None, "somebody is at it"
    for _ in range(rendering.TRIES - 1):
        due_now()
        assert rendering.claim() is not None
    due_now()
    assert rendering.claim() is None
    assert Rendering.objects.get(document=document).state == "parked"


def test_an_issue_told_twice_is_queued_once(desk: Desk) -> None:
    desk.issued()
    queue()
    queue()
    assert Rendering.objects.count() == 1
    assert (
        StreamEvent.objects.filter(payload__action="issue", payload__procedure="documents.outgoing").count()
        == 1
    )


def test_a_result_that_cannot_be_kept_leaves_nothing_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between file and step: the file is attached to nothing and goes; the document is made at the next try."""
    from zhili.core import files

    seal_keys.make(desk.office)
    document = desk.issued()
    queue()
    monkeypatch.setattr(printing, "print_sheet", whole)
    monkeypatch.setenv("ZHILI_SEALER", "none")
    rendering.sealing.sealer.cache_clear()
    kept = files.attach
    monkeypatch.setattr(rendering.files, "attach", failing(RuntimeError("killed")))
    rendering.render_due()
    assert not Step.objects.filter(case=document.case, action="made").exists()
    assert Rendering.objects.get(document=document).file is None
    monkeypatch.setattr(rendering.files, "attach", kept)
    due_now()
    rendering.render_due()
    rendering.sealing.sealer.cache_clear()
    assert Step.objects.filter(case=document.case, action="made").count() == 1
