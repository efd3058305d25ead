"""Who reported what somebody else had reported before is told when it is merged and when it is answered."""

import pytest

from zhili.core.cases import merging
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.notices.models import Notice
from zhili.core.notices.telling import Notices
from zhili.core.streams.testing import deliver

pytestmark = pytest.mark.django_db


def test_told_when_merged_and_when_answered(small_city: SmallCity) -> None:
    lead = Lead(small_city)
    twins = [Lead(small_city, f"居民{n}") for n in range(3)]
    for twin in twins:
        twin.act("merge_into", {"lead": lead.number, "reason": "同一处井盖"})
    lead.answer()
    deliver(merging.Merging())
    deliver(Notices())
    for twin in twins:
        told = Notice.objects.filter(account_id=twin.resident.account_id, case_id=twin.case.pk)
        bodies = "".join(told.values_list("body", flat=True))
        assert "合并办理" in bodies
        assert "一并答复" in bodies
