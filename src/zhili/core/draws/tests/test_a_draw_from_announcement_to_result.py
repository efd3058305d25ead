"""A draw is announced, its seed comes later, anyone gets the same result; whatever was altered is noticed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from zhili.base.draw import Candidate, DrawError
from zhili.core.draws import announcing, checking, kinds, running, seeds, telling
from zhili.core.draws.kinds import Kind
from zhili.core.draws.models import Draw, Outcome, SeedValue
from zhili.core.people.actors import CLOCK, Actor
from zhili.core.trail import sealing
from zhili.core.trail.models import Leaf

pytestmark = [pytest.mark.sql, pytest.mark.django_db(transaction=True)]
OFFICER = Actor("post", 1, 1, office_id=7, roles=frozenset({"auditor"}))
SCRIPT = Path(__file__).parents[5] / "docs" / "verify_draw.py"
LOTTERY = announcing.numbers("福彩双色球第2026135期", "中国福利彩票网")
ALL_AT_ONCE = timedelta(0)


class Pool:
    """A kind of draw whose list can be changed."""

    def __init__(self) -> None:
        self.names = [f"2600000{n:04}" for n in range(60)]
        self.drawn: list[str] = []

    def candidates(self, _scope: str) -> list[Candidate]:
        return [Candidate(name, f"33040{i % 3}") for i, name in enumerate(self.names)]

    def took(self, _draw: Draw, names: Any) -> None:
        self.drawn += names


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    kind = Kind("test", "测试抽签", made.candidates, made.took)
    monkeypatch.setattr(kinds, "_kinds", {"test": kind})
    return made


def announced(pool: Pool, sources: list[dict[str, Any]] | None = None, **more: Any) -> Draw:
    at = timezone.now() + timedelta(seconds=0.05)
    given = {
        "kind": "test", "scope": "2026-10", "purpose": "十月复查抽签", "candidates": pool.candidates(""),
        "count": 9, "draw_at": at, "actor": CLOCK,
    }  # fmt: skip
    given["sources"] = [announcing.head_after(at), LOTTERY] if sources is None else sources
    return announcing.announce(**{**given, **more})


def seed_comes(draw: Draw) -> None:
    """Time passes, the trail grows, the lottery is drawn."""
    while timezone.now() <= draw.draw_at:
        pass
    telling.write("something.else", CLOCK, timezone.now(), {"n": 1})
    sealing.seal_all(head_every=ALL_AT_ONCE)
    seeds.give(draw, 1, [3, 33, 11, 8, 20, 27, 5], "中国福利彩票网 2026135 期", OFFICER)


def finished(pool: Pool) -> Draw:
    draw = announced(pool)
    seed_comes(draw)
    assert running.run(draw) is not None
    return draw


def by_script(file: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "draw.json"
    path.write_text(json.dumps(file), "utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, check=False
    )


def test_a_draw_is_announced_first_and_the_trail_says_so(pool: Pool) -> None:
    draw = announced(pool)
    leaf = Leaf.objects.get(pk=draw.leaf_id)
    said = json.loads(bytes(leaf.body))["what"]
    assert said["record"] == "draw.announced"
    assert (said["list_sha256"], said["size"], said["count"]) == (draw.digest, 60, 9)
    assert said["sources"] == draw.sources
    assert running.run(draw) is None, "its time has not come"
    file = telling.as_json(draw)
    assert (file["state"], file["result"], file["key"]) == ("announced", None, None)
    assert checking.faults(file) == []


def test_it_waits_for_every_source(pool: Pool) -> None:
    draw = announced(pool)
    while timezone.now() <= draw.draw_at:
        pass
    assert running.run(draw) is None
    telling.write("something.else", CLOCK, timezone.now(), {})
    sealing.seal_all(head_every=ALL_AT_ONCE)
    assert running.run(draw) is None, "the lottery has no number yet"
    seeds.give(draw, 1, [1, 2], "公报", OFFICER)
    outcome = running.run(draw)
    assert outcome is not None
    assert len(outcome.drawn) == 9


def test_anyone_gets_the_same_result_by_either_way(pool: Pool, tmp_path: Path) -> None:
    draw = finished(pool)
    sealing.seal_all()
    file = json.loads(json.dumps(telling.as_json(draw)))
    assert file["state"] == "drawn"
    assert file["result"] == pool.drawn
    assert len(set(pool.drawn)) == 9
    assert checking.faults(file) == []
    assert file["announcement"]["index"] is not None
    ran = by_script(file, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " ".join(pool.drawn) in ran.stdout


def test_it_is_drawn_once_however_often_it_is_run(pool: Pool) -> None:
    draw = finished(pool)
    first = Outcome.objects.get(draw=draw)
    assert running.run(draw) == first
    assert running.run_due() == 0
    assert len(pool.drawn) == 9
    assert Leaf.objects.filter(pk=first.leaf_id).exists()


def test_the_worker_runs_what_is_ready(pool: Pool) -> None:
    draw = announced(pool)
    assert running.run_due() == 0
    seed_comes(draw)
    assert running.run_due() == 1
    assert Outcome.objects.get(draw=draw).void == ""


def test_a_list_that_changed_after_the_seed_voids_the_draw(pool: Pool, tmp_path: Path) -> None:
    draw = announced(pool)
    seed_comes(draw)
    pool.names[7] = "26000009999"
    outcome = running.run(draw)
    assert outcome is not None
    assert outcome.void == running.CHANGED
    assert (outcome.drawn, pool.drawn) == ([], [])
    file = telling.as_json(draw)
    assert (file["state"], file["void"]) == ("void", running.CHANGED)
    assert checking.faults(file) == []
    ran = by_script(file, tmp_path)
    assert ran.returncode == 0
    assert "void" in ran.stdout
    again = announced(pool)
    assert again.attempt == 2, "a new one is announced"


def test_what_is_stored_altered_behind_everybodys_back_voids_the_draw(pool: Pool) -> None:
    """By the owner of the database, with the triggers off: as far as anybody can go."""
    draw = announced(pool)
    other = b"".join(sorted(bytes(draw.frozen).splitlines(True))[1:])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE draws_draw SET frozen = %s, size = size - 1 WHERE id = %s", [other, draw.pk])
    draw.refresh_from_db()
    seed_comes(draw)
    outcome = running.run(draw)
    assert outcome is not None
    assert outcome.void == running.ALTERED
    assert pool.drawn == []


def test_a_second_draw_of_the_same_is_refused_while_the_first_stands(pool: Pool) -> None:
    announced(pool)
    with pytest.raises(DrawError):
        announced(pool)
    announced(pool, scope="2026-11")


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"count": 61}, "61"),
        ({"count": 0}, "0"),
        ({"sources": []}, "种子"),
        ({"sources": [{"kind": "dice"}]}, "种子"),
        ({"sources": [{"kind": "head", "after": "2020-01-01T00:00:00.000000Z"}]}, "以前"),
        ({"sources": [{"kind": "numbers", "name": " ", "where": "x"}]}, "名称"),
        ({"candidates": []}, "0"),
        ({"candidates": [Candidate("a")] * 12}, "重复"),
    ],
)
def test_what_could_not_be_drawn_fairly_is_refused(pool: Pool, more: dict[str, Any], word: str) -> None:
    with pytest.raises(DrawError, match=word):
        announced(pool, **more)
    assert Draw.objects.count() == Leaf.objects.count() == 0


def test_a_time_that_is_past_is_refused(pool: Pool) -> None:
    with pytest.raises(DrawError, match="晚于"):
        announced(pool, draw_at=timezone.now())


def test_numbers_are_typed_as_people_type_them() -> None:
    assert seeds.read_numbers(" 03 11，17、22; 5\n") == [3, 11, 17, 22, 5]
    for text in ("", "三", "1.5", "-4", "12e3", "9" * 40, "1 " * 51, "１２"):
        with pytest.raises(DrawError):
            seeds.read_numbers(text)


def test_a_number_is_given_once_and_only_in_its_time(pool: Pool) -> None:
    draw = announced(pool, draw_at=timezone.now() + timedelta(hours=1), sources=[LOTTERY])
    with pytest.raises(DrawError, match="时间"):
        seeds.give(draw, 0, [1], "公报", OFFICER)
    soon = announced(pool, scope="b")
    seed_comes(soon)
    with pytest.raises(DrawError, match="不能改动"):
        seeds.give(soon, 1, [9], "公报", OFFICER)
    for source in (0, 2, -1):
        with pytest.raises(DrawError, match="没有这个"):
            seeds.give(soon, source, [9], "公报", OFFICER)
    with pytest.raises(DrawError, match="出处"):
        seeds.give(soon, 1, [9], "  ", OFFICER)
    running.run(soon)
    with pytest.raises(DrawError, match="结束"):
        seeds.give(soon, 1, [9], "公报", OFFICER)
    assert SeedValue.objects.filter(draw=soon, source=1).get().value == [3, 5, 8, 11, 20, 27, 33]


def test_the_first_head_after_the_time_is_taken_and_no_later_one(pool: Pool) -> None:
    draw = announced(pool)
    seed_comes(draw)
    running.run(draw)
    taken = SeedValue.objects.get(draw=draw, source=0)
    telling.write("something.else", CLOCK, timezone.now(), {})
    sealing.seal_all(head_every=ALL_AT_ONCE)
    assert seeds.missing(draw) == []
    assert SeedValue.objects.get(draw=draw, source=0).value == taken.value


@pytest.mark.parametrize("table", ["draws_draw", "draws_seedvalue", "draws_outcome"])
def test_nothing_of_a_draw_can_be_changed_or_taken_back(pool: Pool, table: str) -> None:
    finished(pool)
    column = "draw_id" if table != "draws_draw" else "id"
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
            cursor.execute(change)


def test_the_database_itself_refuses_a_draw_announced_too_late(pool: Pool) -> None:
    draw = announced(pool)
    draw.pk, draw.scope, draw.leaf_id = 10**6, "other", 10**6
    draw.announced_at = draw.draw_at + timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="draw_after_announcement"):
        draw.save(force_insert=True)


def changed(file: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    other = copy.deepcopy(file)
    at: Any = other
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return other


def test_a_file_altered_anywhere_is_refused_by_both(pool: Pool, tmp_path: Path) -> None:
    draw = finished(pool)
    file = json.loads(json.dumps(telling.as_json(draw)))
    first, second = file["result"][:2]
    body = file["ending"]["body"]
    long_ago = "2020-01-01T00:00:00.000000Z"
    alterations: list[tuple[list[Any], Any]] = [
        (["list"], file["list"].replace(first, "26999999999", 1)),
        (["list"], file["list"] + "330409\tx\n"),
        (["list_sha256"], "0" * 64),
        (["count"], 10),
        (["size"], 61),
        (["purpose"], "别的"),
        (["draw_at"], long_ago),
        (["sources", 1, "name"], "别的彩票"),
        (["values", 1, "value"], [1, 2, 3]),
        (["values", 0, "value"], "ab" * 32),
        (["values", 0, "at"], long_ago),
        (["key"], file["key"] + "1./"),
        (["result"], [second, first, *file["result"][2:]]),
        (["result"], file["result"][:-1]),
        (["void"], "不想要"),
        (["announcement", "hash"], "0" * 64),
        (["ending", "body"], ("A" if body[0] != "A" else "B") + body[1:]),
        (["ending"], file["announcement"]),
    ]
    for path, value in alterations:
        other = changed(file, path, value)
        assert checking.faults(other) != [], path
        assert by_script(other, tmp_path).returncode in (1, 2), path


@pytest.mark.parametrize(
    "bad", [None, [], "x", {}, {"format": "zhili-draw/1"}, {"format": "zhili-draw/1", "list": 7}]
)
def test_a_file_that_is_none_is_refused_in_words(bad: Any, tmp_path: Path) -> None:
    assert len(checking.faults(bad)) == 1
    ran = by_script(bad, tmp_path)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_a_kind_that_proposes_is_announced_by_the_worker(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now() + timedelta(days=1)

    def due(_now: datetime) -> kinds.Proposal | None:
        done = Draw.objects.filter(scope="2026-12").exists()
        return None if done else kinds.Proposal("2026-12", "复查", 3, [announcing.head_after(at)], at)

    kind = Kind("test", "测试抽签", pool.candidates, due=due)
    monkeypatch.setattr(kinds, "_kinds", {"test": kind})
    assert running.run_due() == 1
    assert running.run_due() == 0
    assert Draw.objects.get().count == 3


def test_a_result_whose_effect_fails_is_not_kept(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = announced(pool)
    seed_comes(draw)

    def fail(_draw: Draw, _names: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(kinds, "_kinds", {"test": Kind("test", "测试", pool.candidates, fail)})
    with pytest.raises(RuntimeError):
        running.run(draw)
    assert not Outcome.objects.exists()


def test_one_draw_that_fails_does_not_hold_up_the_others(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = announced(pool), announced(pool, scope="b")
    seed_comes(bad)
    seed_comes(good)

    def fail(draw: Draw, _names: Any) -> None:
        if draw.pk == bad.pk:
            raise RuntimeError("no")

    monkeypatch.setattr(kinds, "_kinds", {"test": Kind("test", "测试", pool.candidates, fail)})
    assert running.run_due() == 1
    assert list(Outcome.objects.values_list("draw_id", flat=True)) == [good.pk]
