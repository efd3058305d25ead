from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from zhili.core.signals import sources
from zhili.core.signals.models import Batch, Measurement, SealedMeasurement, Source
from zhili.core.signals.store import storing
from zhili.core.signals.store.storing import Said
from zhili.core.signals.tests.conftest import RULE, Sender, message, send

pytestmark = pytest.mark.django_db


def test_what_is_accepted_is_kept_queued_for_the_judge_and_found_again(sender: Sender) -> None:
    now = datetime.now(UTC)
    source, _key = sender("w1", subject_kind="device")
    verdicts = storing.accept(
        [
            message(source, Said("heart_rate", now, 72.0), Said("battery", now, 0.5)),
            message(source, Said("position", now - timedelta(hours=2), 8.0, (120.1, 30.2))),
            message(source, Said("sos")),
            message(source, Said("accel", now, samples=b"1234" * 4)),
            message(source),
        ]
    )
    assert [one.accepted for one in verdicts] == [True] * 5
    source.refresh_from_db()
    assert source.battery == 0.5
    assert source.last_seen_at >= now
    assert (Measurement.objects.count(), SealedMeasurement.objects.count()) == (2, 3)
    (batch,) = storing.unjudged(10)
    assert [(one.measure, one.value) for one in batch.readings] == [
        ("heart_rate", 72.0),
        ("battery", 0.5),
        ("position", 8.0),
        ("sos", 1.0),
        ("accel", None),
    ]
    assert batch.readings[2].point == (120.1, 30.2)
    assert batch.readings[2].at == now - timedelta(hours=2)
    assert batch.readings[4].samples == b"1234" * 4
    storing.judged([batch.id])
    assert storing.unjudged(10) == []
    day = (now - timedelta(days=1), now + timedelta(minutes=1))
    names = ["heart_rate", "battery", "position"]
    with pytest.raises(storing.PersonalNotOpened):
        storing.history("device", [source.pk], names, *day)
    found = list(storing.history("device", [source.pk], names, *day, actor=RULE, purpose="核对告警"))
    assert {one.measure: one.value for one in found} == {"position": 8.0, "heart_rate": 72.0, "battery": 0.5}
    assert [one.at for one in found] == sorted(one.at for one in found)
    opened = storing.openings("device", source.pk)
    assert {(measure, one.purpose) for measure, one in opened} == {
        ("position", "核对告警"),
        ("heart_rate", "核对告警"),
    }
    assert all(one.leaf_id for _measure, one in opened)
    assert list(storing.history("wearer", [8], ["battery"], *day)) == []


def test_a_wristband_handed_on_leaves_its_past_behind(sender: Sender) -> None:
    source, _key = sender("w1", subject_kind="wearer", subject_id=7)
    now = datetime.now(UTC)
    send(source, Said("battery", now, 0.5))
    sources.bind(source, "wearer", 8, RULE)
    late = datetime.now(UTC)
    send(source, Said("battery", late, 0.4), Said("battery", now - timedelta(hours=1), 0.6))
    day = (now - timedelta(days=1), now + timedelta(minutes=1))
    assert [one.value for one in storing.history("wearer", None, ["battery"], *day)] == [0.5, 0.4]
    assert [one.value for one in storing.history("wearer", [8], ["battery"], *day)] == [0.4]


def test_the_same_reading_delivered_again_is_known_and_judged_once(sender: Sender) -> None:
    now = datetime.now(UTC)
    source, _key = sender()
    one = message(source, Said("heart_rate", now, 72.0), Said("battery", now, 0.5))
    assert [v.why for v in storing.accept([one, one])] == ["", "replayed"]
    assert [v.why for v in storing.accept([one])] == ["replayed"]
    more = message(source, Said("heart_rate", now, 72.0), Said("steps", now, 100.0))
    assert storing.accept([more])[0].accepted
    assert [r.measure for batch in storing.unjudged(9) for r in batch.readings] == [
        "heart_rate",
        "battery",
        "steps",
    ]


def test_a_batch_is_there_once_its_transaction_is_whatever_number_it_drew(sender: Sender) -> None:
    source, _key = sender()
    send(source, Said("online"))
    (batch,) = storing.unjudged(1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('signals_batch_id_seq')")
    assert Batch.objects.count() == 1
    storing.judged([batch.id])
    assert not Batch.objects.exists()


def test_the_platform_feeds_its_own_readings(db: None) -> None:
    storing.feed("division", 12, "online")
    storing.feed("division", 12, "battery", value=0.25)
    assert Source.objects.get().subject_id == 12
    with pytest.raises(ValueError, match="malformed"):
        storing.feed("division", 12, "battery", value=7.0)
