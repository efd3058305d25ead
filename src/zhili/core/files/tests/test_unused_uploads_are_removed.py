import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.files import attach, blobs, check_attachable, public_copy
from zhili.core.files.cleaning import clean
from zhili.core.files.models import File
from zhili.core.files.tests.samples import picture, send
from zhili.core.people.actors import ANONYMOUS

pytestmark = pytest.mark.django_db


def bytes_kept(media: Path) -> int:
    return len([path for path in media.rglob("*") if path.is_file()])


def let_a_day_pass() -> None:
    File.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_an_upload_nobody_attached_goes_after_a_day_with_its_copies(media: Path) -> None:
    kept = send(picture())
    public_copy(File.objects.get(pk=kept.id))
    assert clean() == 0
    assert bytes_kept(media) == 2
    let_a_day_pass()
    assert clean() == 1
    assert bytes_kept(media) == 0
    assert not File.objects.exists()


def test_what_was_attached_stays(media: Path) -> None:
    kept = send(picture())
    attach(check_attachable([kept.id], {str(kept.id): kept.token}, ANONYMOUS), 7, 1)
    let_a_day_pass()
    assert clean() == 0
    assert bytes_kept(media) == 1


def test_bytes_stay_while_another_file_has_the_same(media: Path) -> None:
    first = send(picture())
    send(picture())
    attach(check_attachable([first.id], {str(first.id): first.token}, ANONYMOUS), 7, 1)
    let_a_day_pass()
    assert clean() == 1
    assert bytes_kept(media) == 1


def test_cleaning_goes_in_batches() -> None:
    for n in range(3):
        send(picture(size=(10 + n, 10)))
    let_a_day_pass()
    assert [clean(limit=2), clean(limit=2), clean(limit=2)] == [2, 1, 0]


def test_a_row_whose_bytes_went_before_a_crash_is_still_cleared(media: Path) -> None:
    send(picture())
    for path in media.rglob("*"):
        if path.is_file():
            path.unlink()
    let_a_day_pass()
    assert clean() == 1


def test_whatever_a_killed_upload_leaves_goes_with_its_row(media: Path, monkeypatch: Any) -> None:
    class Killed(BaseException):
        pass

    def killed(place: str) -> None:
        raise Killed

    monkeypatch.setattr(blobs, "settle", killed)  # after the bytes were placed, before all was done
    with pytest.raises(Killed):
        send(picture())
    assert bytes_kept(media) == 1
    let_a_day_pass()
    assert clean() == 1
    assert bytes_kept(media) == 0


def test_the_same_photo_can_come_again_after_it_was_removed(media: Path) -> None:
    send(picture())
    let_a_day_pass()
    clean()
    send(picture())
    assert bytes_kept(media) == 1


def test_leftovers_of_a_killed_process_go_and_running_uploads_stay(media: Path) -> None:
    send(picture())
    old, new = media / ".incoming/up-old", media / ".incoming/up-new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 86400,) * 2)
    assert clean() == 1
    assert not old.exists()
    assert new.exists()
