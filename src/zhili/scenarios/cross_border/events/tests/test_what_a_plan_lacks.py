"""The plan check names each gap; nothing is found where nothing lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zhili.scenarios.cross_border.events.checking import Drill, Gap, Plan, Post, Shift, gaps

START = datetime(2026, 12, 31, 10, tzinfo=UTC)
END = START + timedelta(hours=6)
GATE, STAGE = Post(1, "一号入口"), Post(2, "舞台东侧")
WHOLE = Plan(
    starts=START,
    ends=END,
    expected=5000,
    posts=[GATE, STAGE],
    shifts=[
        Shift(1, "ours", "一队", START, START + timedelta(hours=3)),
        Shift(1, "theirs", "一队", START + timedelta(hours=3), END),
        Shift(2, "ours", "二队", START - timedelta(hours=1), END),
    ],
    contacts=1,
    drills=[Drill(START - timedelta(days=3))],
    large=1000,
)


def found(plan: Plan) -> list[str]:
    return [one.kind for one in gaps(plan)]


def text(plan: Plan) -> str:
    return "；".join(one.text for one in gaps(plan))


def test_each_gap_is_named_plainly() -> None:
    assert gaps(WHOLE) == []
    assert found(replace(WHOLE, posts=[], shifts=[])) == ["no_posts"]

    third = Post(3, "北停车场")
    assert text(replace(WHOLE, posts=[*WHOLE.posts, third])) == "岗位“北停车场”没有排班"

    early = replace(WHOLE, shifts=[WHOLE.shifts[0], WHOLE.shifts[2]])
    assert found(early) == ["hole"]
    assert "13:00 到 16:00 没有人" in text(early)

    twice = Shift(2, "ours", "一队", START + timedelta(hours=2), START + timedelta(hours=4))
    doubled = replace(WHOLE, shifts=[*WHOLE.shifts, twice])
    assert found(doubled) == ["overlap"]
    assert "“一队”在 12-31 12:00 同时排在“一号入口”和“舞台东侧”" in text(doubled)
    # the other side's team of the same name is another team, and a shift may begin where one ends
    touching = replace(twice, side="theirs", starts=END - timedelta(hours=9), ends=START + timedelta(hours=3))
    assert gaps(replace(WHOLE, shifts=[*WHOLE.shifts, touching])) == []

    assert found(replace(WHOLE, contacts=0)) == ["no_contact"]
    after = [Drill(START + timedelta(hours=1))]
    assert "预计 5000 人，达到 1000 人，活动前没有演练" in text(replace(WHOLE, drills=after))
    assert found(replace(WHOLE, drills=[], expected=999)) == []
    assert found(replace(WHOLE, drills=[replace(WHOLE.drills[0], open=True)])) == ["open_finding"]


def test_gaps_are_facts_for_translation() -> None:
    gap: Gap = gaps(replace(WHOLE, contacts=0))[0]
    assert gap.facts == {}
