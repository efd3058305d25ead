"""A draw gives everyone the same result, and the RFC's own example its own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhili.base import draw
from zhili.base.draw import Candidate, DrawError
from zhili.base.tests.vectors import vectors


def test_the_example_of_rfc_3797_comes_out_as_printed_there() -> None:
    folder = vectors("rfc3797")
    seeds = [
        [int(n) for n in line.split()]
        for line in (folder / "ref.seeds").read_text().splitlines()
        if not line.startswith("#")
    ]
    names = (folder / "ref.names").read_text().split()
    key = draw.key_string(seeds)
    assert key == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    lines = re.findall(
        r"([0-9A-F]{32})\s+(\d+)\s+->\s*(\d+) <-[ ]?(\w*)", (folder / "ref.results").read_text()
    )
    assert len(lines) == 16
    picks = draw.select(key, len(names), len(lines), "md5")
    for pick, (digest, left, number, name) in zip(picks, lines, strict=True):
        assert (pick.digest.upper(), pick.left, pick.index + 1) == (digest, int(left), int(number))
        assert not name or names[pick.index] == name


def test_ours_differs_only_in_the_hash() -> None:
    """The digest was made with sha256sum: printf '\\0\\0007./\\0\\0' | sha256sum."""
    pick = draw.select("7./", 10, 1)[0]
    assert pick.digest == "8ff3f8cd9a327a9c22bbce8b1fba4e7c950509c2edb0a9d25b96907c0f1accc8"
    assert pick.index == int(pick.digest, 16) % 10


@given(st.integers(0, 60), st.text(max_size=30), st.data())
def test_nobody_is_picked_twice_and_more_picks_begin_with_the_fewer(size: int, key: str, data) -> None:
    count = data.draw(st.integers(0, size))
    picks = draw.select(key, size, count)
    assert len({p.index for p in picks}) == count
    assert [p.left for p in picks] == list(range(size, size - count, -1))
    assert draw.select(key, size, size)[:count] == picks


@pytest.mark.parametrize("sources", [[], [[]], [""], ["，。"], [[-1]], [[True]], [[1.0]]])
def test_a_source_that_says_nothing_is_refused(sources) -> None:
    with pytest.raises(DrawError):
        draw.key_string(sources)


def test_numbers_are_sorted_and_words_are_plain() -> None:
    assert draw.key_string([[45, 9, 100, 9], "ab-12 cd。"]) == "9.9.45.100./AB12CD./"


@pytest.mark.parametrize(("size", "count"), [(3, 4), (0, 1), (5, -1), (70_000, 65_537)])
def test_more_than_there_are_is_refused(size: int, count: int) -> None:
    with pytest.raises(DrawError):
        draw.select("k", size, count)


def test_another_hash_is_refused() -> None:
    with pytest.raises(DrawError):
        draw.select("k", 3, 1, "sha1")


def test_the_list_does_not_depend_on_the_order_it_was_given_in() -> None:
    a, b = Candidate("26000000017", "330402"), Candidate("26000000025", "330411")
    frozen = draw.canonical_list([b, a])
    assert frozen == draw.canonical_list([a, b]) == b"330402\t26000000017\n330411\t26000000025\n"
    assert draw.read_list(frozen) == [a, b]


@pytest.mark.parametrize(
    "names", [["a", "a"], [""], ["a\nb"], ["a\tb"]], ids=["twice", "empty", "line", "tab"]
)
def test_a_list_that_could_be_read_two_ways_is_refused(names: list[str]) -> None:
    with pytest.raises(DrawError):
        draw.canonical_list([Candidate(n) for n in names])


@pytest.mark.parametrize("frozen", [b"b\n", b"\tb\n\ta\n", b"\ta", b"\xff\ta\n", b"\ta\n\n", b"\ta\tb\n"])
def test_a_list_not_in_the_canonical_form_is_refused(frozen: bytes) -> None:
    with pytest.raises(DrawError):
        draw.read_list(frozen)


def test_each_stratum_gets_its_share() -> None:
    assert draw.shares({"甲": 50, "乙": 30, "丙": 20}, 10) == {"甲": 5, "乙": 3, "丙": 2}
    assert draw.shares({"a": 1, "b": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
    assert draw.shares({}, 0) == {}
    with pytest.raises(DrawError):
        draw.shares({"a": 2}, 3)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40), min_size=1), st.data())
def test_shares_add_up_and_never_exceed_a_stratum(sizes: dict[str, int], data) -> None:
    count = data.draw(st.integers(0, sum(sizes.values())))
    given_ = draw.shares(sizes, count)
    assert sum(given_.values()) == count
    assert all(
        0 <= given_[n] <= sizes[n] and abs(given_[n] - count * sizes[n] / sum(sizes.values())) < 1
        for n in sizes
    )


def test_strata_are_drawn_each_by_itself() -> None:
    frozen = draw.canonical_list([Candidate(f"{s}{i:02}", s) for s in "ab" for i in range(20)])
    picked = draw.run(frozen, 10, [[1, 2, 3]])
    assert [c.stratum for c in picked] == ["a"] * 5 + ["b"] * 5
    assert {c.name[1:] for c in picked[:5]} != {c.name[1:] for c in picked[5:]}, "strata share no picks"
    assert picked[:5] == [Candidate(f"a{p.index:02}", "a") for p in draw.select("1.2.3./a/", 20, 5)]


def test_one_changed_character_of_the_seed_changes_the_result() -> None:
    frozen = draw.canonical_list([Candidate(str(i)) for i in range(1000)])
    assert draw.run(frozen, 10, ["AB"]) != draw.run(frozen, 10, ["AC"])


def test_over_many_seeds_everyone_is_picked_about_as_often() -> None:
    times = [0] * 10
    for seed in range(2000):
        for pick in draw.select(draw.key_string([[seed]]), 10, 3):
            times[pick.index] += 1
    assert all(abs(t - 600) < 4 * (2000 * 0.3 * 0.7) ** 0.5 for t in times), times
