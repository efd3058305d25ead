from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zhili.core.people import keys, secrets
from zhili.core.signals.models import SealedMeasurement
from zhili.core.signals.store import ending, keeping, rolling, rotating, storing
from zhili.core.signals.store.storing import Said
from zhili.core.signals.tests.conftest import RULE, Sender, send

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
EXPIRED = "SELECT name FROM signals_expired(%s)"


def tables(like: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE %s AND relkind = 'r' ORDER BY 1", [like]
        )
        return [name for (name,) in cursor.fetchall()]


def expired(at: datetime) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED, [at])
        return {name for (name,) in cursor.fetchall()}


def test_hours_and_days_are_counted_once_and_again_for_what_comes_late(sender: Sender) -> None:
    source, _key = sender(per_minute=0)
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    values = (0.2, 0.4, 0.9)
    send(source, *(Said("battery", hour + timedelta(minutes=5 * n), value) for n, value in enumerate(values)))
    send(source, Said("heart_rate", hour, 72.0))

    def roll() -> None:
        while rolling.roll_due(now):
            pass

    def figures(grain: str) -> list[tuple[int, float, float, float]]:
        span = (now - timedelta(days=3), now + timedelta(days=1))
        found = rolling.rolled(grain, "device", [source.pk], ["battery", "heart_rate"], *span)  # type: ignore[arg-type]
        return [(one.count, round(one.sum, 3), one.min, one.max) for one in found]

    roll()
    assert figures("hour") == [(3, 1.5, 0.2, 0.9)], "personal measures are never rolled up"
    first = figures("day")
    assert first in ([(3, 1.5, 0.2, 0.9)], []), "the day may not be over"
    send(
        source,
        Said("battery", hour + timedelta(minutes=59), 0.1),
        Said("battery", hour + timedelta(hours=1), 1.0),
    )
    roll()
    assert figures("hour") == [(4, 1.6, 0.1, 0.9), (1, 1.0, 1.0, 1.0)]
    assert rolling.roll_due(now) == 0
    now += timedelta(days=1, hours=1)
    roll()
    assert sum(one[0] for one in figures("day")) == 5
    assert sum(one[1] for one in figures("day")) == pytest.approx(2.6)


def test_tables_are_made_ahead_and_dropped_when_all_in_them_is_over(sender: Sender) -> None:
    keeping.prepare()
    assert keeping.prepare() == 0
    source, _key = sender()
    now = datetime.now(UTC)
    send(
        source,
        Said("accel", now, samples=b"x" * 16),
        Said("heart_rate", now, 72.0),
        Said("battery", now, 0.5),
    )
    today = f"{now:%Y%m%d}"
    accel, heart, battery = (
        f"signals_sealed_1_{now:%Y%m%d%H}",
        f"signals_sealed_30_{today}00",
        f"signals_measurement_400_{today}00",
    )
    assert {accel, heart, battery} <= {*tables("signals_sealed_%"), *tables("signals_measurement_%")}
    assert not expired(now)
    # gone after its days, and at most one table's width later
    assert accel not in expired(now + timedelta(days=1))
    assert accel in expired(now + timedelta(days=1, hours=1))
    assert heart not in expired(now + timedelta(days=30))
    assert heart in expired(now + timedelta(days=31))
    assert battery not in expired(now + timedelta(days=400))
    assert battery in expired(now + timedelta(days=401))
    assert ending.drop_due() == 0, "nothing is over today, whoever asks"
    with connection.cursor() as cursor:
        cursor.execute(  # one from the past, as if nobody had looked for a year
            "CREATE TABLE signals_sealed_30_2025010100 PARTITION OF signals_sealed"
            " FOR VALUES FROM (30, '2025-01-01 00:00+00') TO (30, '2025-01-02 00:00+00')"
        )
    assert ending.drop_due() == 1
    assert ending.drop_due() == 0
    assert "signals_sealed_30_2025010100" not in tables("signals_sealed_30_%")
    assert SealedMeasurement.objects.count() == 2


def test_personal_readings_are_sealed_to_their_place_and_a_rotation_reaches_them(sender: Sender) -> None:
    source, _key = sender()
    now = datetime.now(UTC)
    send(
        source, Said("heart_rate", now, 71.5), Said("position", now, 5.0, (120.123456, 30.0)), raw=b"hr=71.5"
    )
    send(source, Said("battery", now, 9.0), raw=b"hr=71.5 malformed")
    storing.undecoded("watch", b"hr=71.5 what", "?")
    with connection.cursor() as cursor:
        for table in ("signals_sealed", "signals_batch", "signals_refusal", "signals_frame"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            text = cursor.fetchone()[0]
            assert b"hr=71.5".hex() not in text
            assert "71.5" not in text
    former = keys.ring().current
    assert rotating.uses(former) == 5
    secrets.rotate()
    assert keys.ring().current != former
    assert rotating.uses(former) == 0
    assert rotating.uses(keys.ring().current) == 5
    span = (now - timedelta(hours=1), now + timedelta(hours=1))
    asked = {"actor": RULE, "purpose": "核对"}
    found = storing.history("device", [source.pk], ["heart_rate"], *span, **asked)
    assert [one.value for one in found] == [71.5]
    assert [one.value for one in storing.unjudged(1)[0].readings] == [71.5, 5.0]
    row = SealedMeasurement.objects.get(keeps=30, measure=keeping.numbers(["heart_rate"])["heart_rate"])
    SealedMeasurement.objects.filter(source_id=row.source_id, measure=row.measure).update(
        at=row.at + timedelta(seconds=1)
    )
    with pytest.raises(storing.packing.Unreadable):
        list(storing.history("device", [source.pk], ["heart_rate"], *span, **asked))
