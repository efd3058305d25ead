from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhili.core.signals import sources
from zhili.core.signals.models import Frame, Measurement, Refusal, Source, Tally
from zhili.core.signals.store import ending, packing, refusing, storing
from zhili.core.signals.store.storing import Message, Said
from zhili.core.signals.tests.conftest import RULE, Sender, message, send

pytestmark = pytest.mark.django_db


def refused() -> dict[tuple[str, str], int]:
    return {(one.number, one.reason): one.count for one in Refusal.objects.all()}


def test_strangers_wrong_keys_and_retired_devices_are_refused_and_kept_sealed(sender: Sender) -> None:
    web, key = sender("web1", "http")
    watch, nothing = sender("watch1", "watch")
    broker, other = sender("mqtt1", "mqtt")
    assert nothing == ""
    battery = Said("battery", value=0.5)
    assert send("nobody", battery).why == "unknown"
    assert send(web, battery, key="guess").why == "wrong_key"
    assert send(web, battery).why == "wrong_key", "without any key"
    assert send(broker, battery, channel="watch").why == "wrong_key", "by a door that asks for no key"
    assert send(broker, battery, key=key).why == "wrong_key", "another device's"
    assert send(web, battery, key=key).accepted
    assert send(broker, battery).accepted, "the broker has asked for the key"
    assert send(watch, battery).accepted
    assert storing.admits("mqtt1", other)
    assert not storing.admits("mqtt1", key)
    assert not storing.admits("watch1", "")
    new = sources.rekey(web, RULE)
    assert send(web, battery, key=key, raw=b"1").why == "wrong_key"
    assert send(web, battery, key=new, raw=b"2").accepted
    sources.retire(web, RULE, "坏了")
    assert send(web, battery, key=new, raw=b"a last word").why == "retired"
    assert not storing.admits("web1", new)
    assert refused() == {
        ("nobody", "unknown"): 1,
        ("web1", "wrong_key"): 3,
        ("mqtt1", "wrong_key"): 2,
        ("web1", "retired"): 1,
    }
    row = Refusal.objects.get(reason="retired")
    assert b"last" not in bytes(row.sealed or b"")
    assert packing.unseal(row.key, bytes(row.sealed or b""), packing.IN_REFUSAL) == b"a last word"
    minutes = storing.statistics(5)
    assert [
        sum(part) for part in zip(*((m.messages, m.readings, m.refused) for m in minutes), strict=True)
    ] == [4, 4, 7]


def test_a_clock_may_be_wrong_by_so_much_and_a_gap_of_a_day_is_caught_up(sender: Sender) -> None:
    now = datetime.now(UTC)
    source, _key = sender(per_minute=0)
    hours = [Said("battery", now - timedelta(hours=hour), 0.5) for hour in range(23, -1, -1)]
    assert send(source, *hours).accepted, "a day's gap in one message"
    ahead = now + timedelta(minutes=4)
    assert send(source, Said("battery", ahead, 0.4)).accepted
    kept = Measurement.objects.get(value=0.4)
    assert kept.at == ahead, "its own time"
    assert kept.received_at < ahead
    assert send(source, Said("battery", now + timedelta(minutes=6), 0.4)).why == "ahead"
    assert send(source, Said("battery", now - timedelta(hours=25), 0.4)).why == "too_old"
    assert send(source, Said("sos", now - timedelta(hours=25))).why == "too_old"
    # a call for help from a device that has lost its clock counts from when it came
    for wrong in (datetime(2000, 1, 1, tzinfo=UTC), now + timedelta(days=400)):
        assert send(source, Said("sos", wrong)).accepted
    received = Measurement.objects.filter(value=1.0).values_list("at", "received_at")
    assert [at == there for at, there in received] == [True, True]
    mixed = send(source, Said("battery", now - timedelta(days=2), 0.1), Said("battery", None, 0.3))
    assert mixed.accepted, "what is sound is kept"
    assert refused() == {("w1", "ahead"): 1, ("w1", "too_old"): 3}
    assert sum(len(one.readings) for one in storing.unjudged(99)) == 24 + 1 + 2 + 1


@pytest.mark.parametrize(
    "said",
    [
        Said("no_such_measure", value=1.0),
        Said("battery", value=1.5),
        Said("battery", value=float("nan")),
        Said("heart_rate"),
        Said("sos", value=2.0),
        Said("position", value=5.0),
        Said("position", point=(200.0, 30.0)),
        Said("position", point=(float("nan"), 30.0)),
        Said("accel", samples=b""),
        Said("battery", value=0.5, samples=b"x"),
        Said("heart_rate", value=10**400),  # type: ignore[arg-type]
        Said("heart_rate", value="72"),  # type: ignore[arg-type]
        Said("battery", datetime(2026, 11, 22), 0.5),
    ],
    ids=str,
)
def test_what_cannot_be_is_malformed_and_never_a_crash(sender: Sender, said: Said) -> None:
    source, _key = sender()
    assert send(source, said).why == "malformed"
    good = send(source, said, Said("battery", value=0.5))
    assert good.accepted, "the rest of the message is good"
    assert refused() == {("w1", "malformed"): 2}


def test_without_a_time_a_repeat_is_known_by_its_number_or_by_its_bytes(sender: Sender) -> None:
    now = datetime.now(UTC)
    source, _key = sender()
    said = Said("heart_rate", value=72.0)

    def again(seconds: float, **other: Any) -> str:
        at = now + timedelta(seconds=seconds)
        return storing.accept([message(source, said, received_at=at, **other)])[0].why

    assert again(0, sequence=7) == ""
    assert again(60, sequence=7) == "replayed"
    assert again(61, sequence=6) == "replayed"
    assert again(62, sequence=8) == ""
    assert again(63, raw=b"x") == ""
    assert again(64, raw=b"x") == "replayed"
    assert again(64, raw=b"y") == ""
    assert again(90, raw=b"y") == "", "the same words half a minute later are news"
    source.sequence = 50_000
    source.save()
    assert again(120, sequence=1) == "", "a device that was restarted counts from the start"


def test_a_device_may_send_so_many_a_minute_and_a_call_for_help_overdraws(sender: Sender) -> None:
    now = datetime.now(UTC)
    source, _key = sender(per_minute=10)

    def burst(count: int, after: float, measure: str = "battery", value: float | None = 0.5) -> Counter[str]:
        at = [now + timedelta(seconds=after, milliseconds=n) for n in range(count)]
        sent = [message(source, Said(measure, one, value), received_at=one) for one in at]
        return Counter(one.why for one in storing.accept(sent))

    assert burst(25, 0) == {"": 10, "too_fast": 15}
    assert burst(3, 1, "sos", None) == {"": 3}
    assert burst(25, 61) == {"": 7, "too_fast": 18}, "a minute fills it again, less what was overdrawn"
    assert refused() == {("w1", "too_fast"): 33}


def test_strangers_without_end_share_one_row(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "STRANGERS_MOST", 3)
    now = datetime.now(UTC)

    def knock(*numbers: str) -> None:
        storing.accept([Message(one, "watch", (), b"x" * 9000, now) for one in numbers])

    knock("a", "b", "a" * 500)
    knock("c", "d", "a")
    assert refused() == {
        ("a", "unknown"): 2,
        ("b", "unknown"): 1,
        ("a" * 64, "unknown"): 1,
        ("", "unknown"): 2,
    }
    assert all(len(one.sealed or b"") < 2_200 for one in Refusal.objects.all())


def test_a_stranger_may_call_itself_anything(sender: Sender) -> None:
    source, _key = sender("w1", "watch")
    now = datetime.now(UTC)
    odd = ["\0", "a\nb", "\ud800", "号码", "' OR 1=1 --", "internal:case:1", ""]
    verdicts = storing.accept(
        [message(source, Said("battery", value=0.5)), *(Message(one, "mqtt", (), b"", now) for one in odd)]
    )
    assert [one.why for one in verdicts] == ["", *["unknown"] * 7]
    assert {one.number for one in Refusal.objects.all()} == {
        "\\x00", "a\\nb", "\\ud800", "号码", "' OR 1=1 --", "internal:case:1", "",
    }  # fmt: skip
    assert sorted(Tally.objects.values_list("channel", "messages", "readings", "refused")) == [
        ("mqtt", 0, 0, 7),
        ("watch", 1, 1, 0),
    ]
    assert not any(storing.admits(one, "") for one in odd)
    storing.undecoded("watch", b"\xff\x00", "no \0 end")


def test_frames_nobody_decodes_are_counted_and_the_newest_kept(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "FRAMES_AN_HOUR", 2)
    for one in range(4):
        storing.undecoded("watch", b"[XX*%d" % one, "no end of frame" * 20)
    assert Frame.objects.count() == 2
    assert sum(one.undecoded for one in storing.statistics(5)) == 4
    ending.tidy(datetime.now(UTC) + timedelta(minutes=10))
    assert Tally.objects.count() <= 2, "one row a minute"
    assert sum(one.undecoded for one in storing.statistics(15)) == 4
    ending.tidy(datetime.now(UTC) + timedelta(days=31))
    assert not Frame.objects.exists()


def test_nobody_but_its_offices_administrator_sets_a_device_up(sender: Sender) -> None:
    from django.core.exceptions import PermissionDenied

    from zhili.core.people.actors import Actor
    from zhili.core.people.managing import AdminRefused
    from zhili.core.trail.models import Change

    with pytest.raises(PermissionDenied):
        sources.register("x1", "mqtt", "x", actor=Actor("post", 1), office_id=1)
    source, key = sender()
    for number, protocol in (("w1", "mqtt"), ("new line\n", "mqtt"), ("x", "telnet")):
        with pytest.raises(AdminRefused):
            sender(number, protocol)
    sources.rekey(source, RULE)
    sources.bind(source, "wearer", 5, RULE)
    sources.retire(source, RULE)
    done = list(Change.objects.order_by("id").values_list("subject", "done", "key"))
    assert done == [("sender", word, str(source.pk)) for word in ("added", "rekeyed", "bound", "retired")]
    assert all(one.leaf_id for one in Change.objects.all())
    assert key.encode() not in bytes(Source.objects.get().key_sha256)
    with pytest.raises(AdminRefused):
        sources.bind(source, "wearer", 6, RULE)
