"""An audit of a site where nothing was altered finds nothing, whichever way it is asked."""

import random

import pytest

from zhili.conf.auditing.tests.site import live
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.audited import Stored
from zhili.core.trail.audit import running

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_of_it_is_looked_at_and_sound(small_city: SmallCity) -> None:
    live(small_city)
    report = running.whole([Stored()])
    assert [one.words() for one in report.faults] == []
    assert all(report.seen.values()), f"something was not there to be looked at: {report.seen}"
    assert running.since(3).faults == running.sample(5, random.Random(1)).faults == []
