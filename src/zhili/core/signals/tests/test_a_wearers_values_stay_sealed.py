"""What a wearer's device measured is read by nobody but who says why; without their consent it is not judged at all."""

from __future__ import annotations

import json
import struct

import pytest

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE
from zhili.core.notices.models import Notice
from zhili.core.people.models import Secret
from zhili.core.signals.judge import states
from zhili.core.signals.models import SubjectState, Warning, WarningStep
from zhili.core.signals.rules import quality
from zhili.core.signals.store import forgetting
from zhili.core.signals.tests.judged import Court, Gauge
from zhili.core.signals.warnings import handling, telling, wording
from zhili.core.streams.models import StreamEvent
from zhili.core.trail.models import Access, Leaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def wearing(court: Court) -> Case:
    """An open case that stands for the consent (a report: the kernel knows none of its own)."""
    data = {"what": "佩戴手环", "place": INSIDE, "category": "201001"}
    opened = doors.open_case("citizen_reports.report", "report", court.city.resident(), data)
    return Case.objects.get(pk=opened.case_id)


@pytest.fixture
def wrist(court: Court, wearing: Case) -> Gauge:
    return court.wrist(wearing.pk)


def test_a_heart_beats_too_fast(court: Court, wrist: Gauge, wearing: Case) -> None:
    wrist.says(heart_rate=171.5)  # a number no digest spells by chance
    court.judge()
    one = court.warning()
    assert (one.rule, one.subject_kind, one.subject_id) == ("test.heart", "wearer", wearing.pk)
    assert one.value is None
    assert one.secret_id is not None
    assert set(one.facts) <= {"limit", "limit_name", "high"}
    everything = json.dumps(
        [
            list(Notice.objects.values_list("subject", "body")),
            list(StreamEvent.objects.values_list("payload", flat=True)),
            list(WarningStep.objects.values_list("facts", "words")),
            [bytes(body).decode() for body in Leaf.objects.values_list("body", flat=True)],
            list(Warning.objects.values_list("facts", "tuning", "why")),
        ],
        ensure_ascii=False,
    )
    assert "171.5" not in everything
    assert wording.explain(one).reason == "心率＊＊次/分，高于120"

    post = court.city.actor("A.grid")
    with pytest.raises(ValueError, match="用途"):
        wording.open_facts([one], post, "")
    opened = wording.open_facts([one], post, "上门前了解情况")[one.pk]
    assert wording.explain(one, opened).reason == "心率171.5次/分，高于120"
    looked = Access.objects.get(secret_id=one.secret_id)
    assert (looked.purpose, looked.office_id) == ("上门前了解情况", post.office_id)
    kept = Secret.objects.get(pk=one.secret_id).expires_at
    assert kept is not None
    assert (kept - one.raised_at).days == 30
    row = SubjectState.objects.get(kind="wearer")
    with pytest.raises((struct.error, AssertionError)):  # sealed: no plain state
        assert states.unpack(bytes(row.body), None).rules == states.read([("wearer", wearing.pk)])
    assert states.read([("wearer", wearing.pk)])["wearer", wearing.pk].rules
    assert forgetting.forget("wearer", wearing.pk) == 1
    assert wording.open_facts([one], post, "上门前了解情况") == {}
    assert not SubjectState.objects.filter(kind="wearer").exists()
    assert telling.SCREEN_TOPIC
    assert quality.suggested("test.heart") is None


def test_consent_withdrawn_is_the_end_of_judging(court: Court, wrist: Gauge, wearing: Case) -> None:
    wrist.says(heart_rate=90.0)
    court.judge()
    assert SubjectState.objects.filter(kind="wearer").exists()
    doors.act(wearing.pk, "withdraw", court.city.resident())
    wrist.says(heart_rate=190.0, sos=1.0)
    court.judge()
    assert not Warning.objects.exists()


def test_an_sos_is_red_and_told_at_once_whatever_the_hour(court: Court, wrist: Gauge) -> None:
    wrist.says(sos=1.0)
    court.judge()
    one = court.warning()
    assert (one.rule, one.level) == ("test.sos", "red")
    assert one.told_at is not None
    closed = handling.close(one, court.city.actor("A.grid"), "drill", "每月演练")
    assert closed.feedback == "drill"
