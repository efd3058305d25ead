"""Personal values, texts and events go when their time is up, never sooner, never those the law holds."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.conf.models import Round
from zhili.conf.retention import rules, schedule
from zhili.core.cases import doors
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.notices.models import Notice
from zhili.core.people import secrets
from zhili.core.people.actors import ANONYMOUS
from zhili.core.people.models import Account, Secret
from zhili.core.streams import emit
from zhili.core.streams.models import Position, StreamEvent
from zhili.core.trail.models import Leaf

pytestmark = [pytest.mark.sql, pytest.mark.django_db]


def named_case(city: SmallCity, *, closed: bool = True) -> Case:
    """A report with a name and a telephone number whose time is up."""
    data = {"what": "路灯不亮", "place": {"lon": 120.05, "lat": 30.05}, "category": "201001", "anonymous": False,
            "name": "王芳", "phone": "13812345678"}  # fmt: skip
    opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    past = timezone.now() - timedelta(days=1)
    Secret.objects.update(expires_at=past)
    Case.objects.filter(pk=opened.case_id).update(closed_at=past if closed else None)
    return Case.objects.get(pk=opened.case_id)


def whole(case: Case) -> int:
    ids = CaseSecret.objects.filter(case=case).values_list("secret_id", flat=True)
    return Secret.objects.filter(pk__in=list(ids), erased_at=None).count()


def test_expired_values_go_and_the_proof_stays(small_city: SmallCity) -> None:
    case = named_case(small_city)
    step = Step.objects.get(case=case)
    before = list(Leaf.objects.values_list("hash", flat=True))
    assert whole(case) >= 2
    assert schedule.whole_round()["personal"] >= 2
    assert whole(case) == 0
    stones = Secret.objects.all()
    assert all(one.erased_at and one.erased_under.startswith("cases.personal_days 1095d") for one in stones)
    step.refresh_from_db()
    assert {one.hash for one in stones} >= {step.data["name"]["hash"], step.data["phone"]["hash"]}
    assert list(Leaf.objects.order_by("id").values_list("hash", flat=True))[: len(before)] == before


def test_a_value_is_kept_while_its_case_is_under_way_or_held(small_city: SmallCity) -> None:
    under_way, held, done = (
        named_case(small_city, closed=False),
        named_case(small_city),
        named_case(small_city),
    )
    Case.objects.filter(pk=held.pk).update(held=True)
    going, kept = rules.RULES[0].due()
    assert (going, kept) == (whole(done), whole(under_way) + whole(held))
    schedule.whole_round()
    assert whole(done) == 0
    assert whole(under_way)
    assert whole(held)
    Case.objects.filter(pk=held.pk).update(held=False)
    schedule.whole_round()
    assert whole(held) == 0


def test_a_hundred_kept_values_do_not_hide_those_behind_them(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 2)
    waiting = [named_case(small_city, closed=False) for _ in range(3)]
    done = named_case(small_city)
    schedule.whole_round()
    assert whole(done) == 0
    assert all(whole(case) for case in waiting)


def test_values_not_yet_due_stay(small_city: SmallCity) -> None:
    case = named_case(small_city)
    Secret.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    schedule.whole_round()
    assert whole(case) >= 2


def notice(account: Account, key: str, days: int, **more: object) -> Notice:
    one = Notice.objects.create(
        account=account,
        kind="x",
        channel="app",
        subject="您的事有进展",
        body="网格员已到现场",
        key=key,
        **more,
    )
    Notice.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(days=days))
    return one


def test_texts_of_old_messages_go_and_what_waits_to_be_sent_stays(small_city: SmallCity) -> None:
    held = named_case(small_city)
    Case.objects.filter(pk=held.pk).update(held=True)
    reader = Account.objects.create(username="reader")
    old = notice(reader, "old", 366, state="read")
    young = notice(reader, "young", 364, state="sent")
    queued = notice(reader, "queued", 900, state="queued", next_at=timezone.now())
    of_held = notice(reader, "held", 900, state="sent", case_id=held.pk)
    assert rules.RULES[1].due() == (1, 1)
    assert schedule.whole_round()["texts"] == 1
    for one in (old, young, queued, of_held):
        one.refresh_from_db()
    assert [bool(one.body) for one in (old, young, queued, of_held)] == [False, True, True, True]
    assert old.subject


def test_events_wait_for_the_slowest_consumer(small_city: SmallCity) -> None:
    from zhili.core.streams import consumers, run_until_idle

    emit("record.x", None, {})
    StreamEvent.objects.update(at=timezone.now() - timedelta(days=31))
    assert schedule.whole_round()["events"] == 0, "nobody has read it yet"
    for name in consumers():
        Position.objects.update_or_create(name=name, defaults={"xid": 2**40, "event_id": 2**40})
    run_until_idle()
    assert rules.RULES[2].due() == (1, 0)
    assert schedule.whole_round()["events"] == 1


def test_each_round_leaves_a_leaf_with_numbers_and_no_names(small_city: SmallCity) -> None:
    named_case(small_city)
    counts = schedule.whole_round()
    said = json.loads(bytes(Leaf.objects.latest("id").body))
    assert said["what"]["record"] == "retention"
    assert said["what"]["gone"] == counts
    assert "个人信息保护法" in said["what"]["under"]["personal"]
    assert "王芳" not in json.dumps(said, ensure_ascii=False)


def test_the_worker_goes_a_batch_at_a_time_and_once_a_night(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 1)
    case = named_case(small_city)
    number = whole(case)
    turns = 1
    while schedule.turn():
        turns += 1
        assert whole(case) >= number - turns
        assert turns < 20
    assert turns > number
    assert whole(case) == 0
    told = Leaf.objects.filter(kind="record").count()
    assert schedule.turn() == 0
    assert Leaf.objects.filter(kind="record").count() == told == 1


@pytest.mark.parametrize(
    ("hours", "hour", "begins"), [(19, 3, False), (21, 12, False), (21, 3, True), (37, 12, True)]
)
def test_a_round_begins_at_night_or_when_it_is_long_overdue(
    hours: int, hour: int, begins: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = timezone.localtime().replace(hour=hour)
    monkeypatch.setattr(schedule.timezone, "localtime", lambda: night)
    Round.objects.create(name=schedule.NAME, ended_at=timezone.now() - timedelta(hours=hours))
    assert (schedule.turn() > 0) is begins


def test_a_value_without_a_case_goes_too(db: None) -> None:
    row = secrets.prepare("phone", "13812345678", expires=timezone.now() - timedelta(days=1))
    secrets.save([row])
    assert schedule.whole_round()["personal"] == 1
