"""A plan follows from its seed and its city alone, and looks like a city."""

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest

from zhili.simulate import lives, proportions, wording
from zhili.simulate.chance import Chance
from zhili.simulate.plan import Matter, Options, digest, plan
from zhili.simulate.tests.paper_city import city

WEEK = Options(seed="tests", hours=24 * 7, begin=0)
CITY = city()


@pytest.fixture(scope="module")
def matters() -> list[Matter]:
    return list(plan(CITY, WEEK))


def test_every_decision_is_the_same_again(matters: list[Matter]) -> None:
    random.seed(7)  # nobody else's chance comes into it
    assert digest(iter(matters)) == digest(plan(city(), WEEK))


def test_another_seed_is_another_city(matters: list[Matter]) -> None:
    assert digest(iter(matters)) != digest(plan(CITY, replace(WEEK, seed="other")))


def test_played_longer_it_begins_the_same(matters: list[Matter]) -> None:
    day = list(plan(CITY, replace(WEEK, hours=24)))
    assert day == matters[: len(day)]


def test_limits_shortened_on_the_site_are_another_plan() -> None:
    short = replace(CITY, scaled=60.0, minutes=dict.fromkeys(CITY.limits, 5))
    assert digest(plan(short.at_speed(60), WEEK)) != digest(plan(CITY, WEEK))
    assert digest(plan(short.at_speed(30), WEEK)) == digest(
        plan(CITY, WEEK)
    )  # not what they were shortened for


def test_each_request_has_a_key_of_its_own_and_a_copy_has_others(matters: list[Matter]) -> None:
    few = matters[:500]
    keys = {one.key(WEEK, step) for one in few for step in ("open", *range(len(one.moves)))}
    assert len(keys) == sum(1 + len(one.moves) for one in few)
    assert not keys & {one.key(replace(WEEK, copy="2")) for one in few}


def test_they_come_in_the_order_of_time(matters: list[Matter]) -> None:
    assert all(a.at <= b.at for a, b in itertools.pairwise(matters))


def test_shares_are_the_seeds(matters: list[Matter]) -> None:
    def part(of: list[Matter], fits: object) -> float:
        return sum(map(fits, of)) / len(of)  # type: ignore[call-overload]

    assert len(matters) == pytest.approx(proportions.REPORTS_A_DAY * (5 + 2 * proportions.REST_DAY), rel=0.03)
    assert part(matters, lambda m: not m.outside) == pytest.approx(proportions.LOCATED, abs=0.006)
    assert part(matters, lambda m: m.kind != "never") == pytest.approx(proportions.HANDLED, abs=0.0015)
    ended = [m for m in matters if not m.outside and m.kind not in ("never", "withdrawn", "merged")]
    by_grid = part(ended, lambda m: m.kind in ("handled", "fixed"))
    assert by_grid == pytest.approx(proportions.ENDED_BY_GRID, abs=0.006)


def test_mornings_and_evenings_are_busy_nights_quiet_weekends_slower(matters: list[Matter]) -> None:
    hours = Counter(int(m.at % 24) for m in matters)
    assert min(hours[8], hours[18]) > 1.3 * hours[12] > 5 * hours[3]
    days = Counter(int(m.at // 24) for m in matters)  # the first is a Monday
    assert max(days[5], days[6]) < 0.85 * min(days[n] for n in range(5))


def test_offices_rest_at_night_unless_the_limit_presses(matters: list[Matter]) -> None:
    accepted = [move for m in matters for move in m.moves[:1] if move.action == "accept" and not move.late]
    assert sum(7 <= move.at % 24 < 21 for move in accepted) > 0.9 * len(accepted)


def test_nobody_acts_before_what_they_act_on(matters: list[Matter]) -> None:
    for one in matters:
        for way in ("grid", "office"):
            walked = [m.at for m in one.moves if not {"grid", "office"} & set(m.when) or way in m.when]
            assert one.at <= min(walked, default=one.at)
            if one.kind == "handled" and way == "grid":
                assert walked == sorted(walked), one


def test_what_is_repeated_is_near_and_while_the_first_is_open(matters: list[Matter]) -> None:
    named = {m.name: m for m in matters}
    repeats = [m for m in matters if m.echoes]
    assert len(repeats) > 0.02 * len(matters)
    for one in repeats:
        first = named[one.echoes or ""]
        assert first.at < one.at < (first.answered or 0)
        assert abs(one.body["place"]["lon"] - first.body["place"]["lon"]) < 1e-4
        assert one.body["what"] != first.body["what"]


def test_texts_vary_and_hold_no_gaps(matters: list[Matter]) -> None:
    texts = Counter(m.body["what"] for m in matters)
    assert len(texts) > 0.5 * len(matters)
    assert not [t for t in texts if "{" in t or len(t) < 8]
    assert 0.01 < sum("1380573" in t for t in texts) / len(texts) < 0.06


def test_every_kind_of_step_the_seed_names_is_played(matters: list[Matter]) -> None:
    taken = {f"{m.child}.{m.action}" if m.child else m.action for one in matters for m in one.moves}
    assert {
        "accept", "finish", "draft", "issue", "redraft", "progress", "pass_up", "hand_over", "send_back", "ask_ruling",
        "rule", "decline", "contest", "ask_reporter", "supply", "withdraw", "reopen", "reopen_after_call", "rate",
        "call_back", "add", "merge_into", "supervise", "ask_extension", "ask_assistance",
        "referrals.assistance.reply", "referrals.assistance.refuse", "referrals.supervision.release",
        "referrals.extension.approve",
    } <= taken  # fmt: skip


def test_categories_of_the_table_are_weighted() -> None:
    drawn = Counter(wording.category(Chance("c", n)) for n in range(20_000))
    table = wording.categories()
    total = sum(one.weight for one in table.values())
    for code, one in table.items():
        assert drawn[code] / 20_000 == pytest.approx(one.weight / total, abs=0.006)


def test_only_whoever_reported_is_asked_to_rate(matters: list[Matter]) -> None:
    without = [m for m in matters if m.channel in ("patrol", "fixed")]
    assert without
    assert not [m for m in without for move in m.moves if move.who == lives.REPORTER]
