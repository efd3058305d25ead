"""A file altered on disk, and a row of one that names other bytes than its step, are both named by the audit."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from zhili.conf.auditing.tests.site import report
from zhili.core.cases.covered import Cases
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files import blobs
from zhili.core.files.audited import Stored
from zhili.core.files.models import File

pytestmark = pytest.mark.django_db


def test_bytes_altered_on_disk_are_named_even_when_the_row_says_it_may_go(small_city: SmallCity) -> None:
    file = File.objects.get(attachments__case_id=report(small_city).pk)
    assert Stored().batch(None).faults == []
    Path(default_storage.path(blobs.original(file.sha256))).write_bytes(b"another picture")
    File.objects.filter(pk=file.pk).update(expires_at=timezone.now())
    (fault,) = Stored().batch(None).faults
    assert (fault.what, fault.table, fault.key) == ("file", "files_file", str(file.pk))


def test_a_row_that_names_other_bytes_than_its_step_is_named(small_city: SmallCity) -> None:
    file = File.objects.get(attachments__case_id=report(small_city).pk)
    assert Cases().batch(None).faults == []
    File.objects.filter(pk=file.pk).update(sha256="0" * 64)
    (fault,) = Cases().batch(None).faults
    assert (fault.table, fault.key, fault.column) == ("files_file", str(file.pk), "sha256")
    assert fault.expected == file.sha256
