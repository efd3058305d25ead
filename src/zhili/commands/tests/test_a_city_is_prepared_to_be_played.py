"""`zhili simulate prepare`: people for every office of a demo city, and for no other city."""

import json
import stat
from pathlib import Path

import pytest
import shapely

from zhili.commands import simulating
from zhili.commands.simulating import NotForPlaying, forget, prepare
from zhili.core import params
from zhili.core.people import demo, offices, tokens
from zhili.core.people.actors import of_account
from zhili.core.people.models import Account, ApiToken, PostHolding
from zhili.core.places.models import Boundary, Cell, Division
from zhili.simulate.city import City, NoCity, read

pytestmark = pytest.mark.django_db
GROUND = shapely.box(120.7, 30.7, 120.8, 30.8)


@pytest.fixture
def demo_city() -> None:
    """The demo's offices and accounts over one county with one village of two cells."""
    above = None
    for code, name, level in (
        ("330400000000", "嘉兴市", "city"),
        ("330402000000", "南湖区", "county"),
        ("330402100000", "凤桥镇", "town"),
        ("330402100201", "联丰村", "village"),
    ):
        above = Division.objects.create(
            code=code, name=name, level=level, parent=above, valid_from="2020-01-01", lon=120.75, lat=30.75
        )
        Boundary.objects.create(division=above, wkb=shapely.to_wkb(GROUND), valid_from="2020-01-01")
    for number, south in ((1, 30.7), (2, 30.75)):
        Cell.objects.create(
            code=f"33040210020{1}{number:02d}", number=number, name=f"{number:02d}网格", village=above,
            wkb=shapely.to_wkb(shapely.box(120.7, south, 120.8, south + 0.05)), lon=120.75, lat=south + 0.02,
            valid_from="2020-01-01",
        )  # fmt: skip
    demo.load()
    params.sync()
    offices.forget()


def prepared(tmp_path: Path, speed: float | None = None) -> City:
    prepare(tmp_path / "city.json", 3, 7, speed)
    return read(tmp_path / "city.json")


def test_every_office_has_somebody_whose_token_opens_its_posts(demo_city: None, tmp_path: Path) -> None:
    city = prepared(tmp_path)
    assert {o.level for o in city.offices.values()} == {"grid", "village", "town", "county", "city"}
    for office in city.offices.values():
        for role, seat in office.seats.items():
            row = tokens.resolve(seat.token)
            assert row is not None
            actor = of_account(row.account, seat.post)
            assert actor.office_id == office.id
            assert role in actor.roles
    assert {"commander", "leader"} <= set(city.centre().seats)
    assert len(city.departments("330402")) == 8
    assert len(city.residents) == 3


def test_nobody_can_sign_in_to_these_accounts(demo_city: None, tmp_path: Path) -> None:
    prepared(tmp_path)
    ours = Account.objects.filter(username__startswith=demo.PLAYED)
    assert ours.count() > 10
    assert not any(one.has_usable_password() or one.is_staff for one in ours)


def test_points_lie_in_their_cells_and_across_the_border(demo_city: None, tmp_path: Path) -> None:
    city = prepared(tmp_path)
    assert [cell.office[-2:] for cell in city.cells] == ["01", "02"]
    for cell, south in zip(city.cells, (30.7, 30.75), strict=True):
        ground = shapely.box(120.7, south, 120.8, south + 0.05)
        assert len(set(cell.points)) == simulating.POINTS
        assert all(ground.contains(shapely.Point(point)) for point in cell.points)
        assert (cell.town, cell.village) == ("凤桥镇", "联丰村")
    assert not any(GROUND.intersects(shapely.Point(point)) for point in city.outside)


def test_the_file_is_its_owners_alone(demo_city: None, tmp_path: Path) -> None:
    prepared(tmp_path)
    assert stat.S_IMODE((tmp_path / "city.json").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["city.json"]


def test_prepared_again_it_is_the_same_city_with_new_tokens(demo_city: None, tmp_path: Path) -> None:
    first, second = prepared(tmp_path), prepared(tmp_path)
    assert first.mark() == second.mark()
    assert tokens.resolve(first.residents[0]) is None
    assert tokens.resolve(second.residents[0]) is not None
    held = list(PostHolding.objects.values_list("post_id", "account_id"))
    assert len(held) == len(set(held))


def test_a_city_with_an_account_of_its_own_is_not_played(demo_city: None, tmp_path: Path) -> None:
    Account.objects.create(username="wang")
    with pytest.raises(NotForPlaying):
        prepared(tmp_path)
    assert not Account.objects.filter(username__startswith=demo.PLAYED).exists()
    assert not list(tmp_path.iterdir())


def test_nor_is_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(NotForPlaying):
        prepared(tmp_path)


def test_the_demo_may_still_be_loaded_again(demo_city: None, tmp_path: Path) -> None:
    prepared(tmp_path)
    assert demo.load()["accounts"] == len(demo.PEOPLE)


def test_limits_are_shortened_for_one_speed(demo_city: None, tmp_path: Path) -> None:
    assert prepared(tmp_path).scaled is None
    city = prepared(tmp_path, 60)
    assert params.get("citizen_reports.accept").text == "34min"
    assert (city.scaled, city.minutes["citizen_reports.accept"]) == (60, 34)
    assert city.at_speed(60).limits["citizen_reports.accept"] == 34
    assert city.at_speed(0).limits["citizen_reports.accept"] == 33.6
    assert prepared(tmp_path, 60).mark() == prepared(tmp_path).mark() == city.mark()
    with pytest.raises(NotForPlaying):
        prepared(tmp_path, 120)


def test_forgotten_nobody_can_act(demo_city: None, tmp_path: Path) -> None:
    city = prepared(tmp_path)
    assert forget(tmp_path / "city.json") > 10
    assert tokens.resolve(city.residents[0]) is None
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert not (tmp_path / "city.json").exists()
    assert tokens.resolve(prepared(tmp_path).residents[0]) is not None  # and may be prepared anew


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"version": 0}), json.dumps({"version": 1})])
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "city.json").write_text(text)
    with pytest.raises(NoCity):
        read(tmp_path / "city.json")
    with pytest.raises(NoCity, match="prepare"):
        read(tmp_path / "missing.json")
