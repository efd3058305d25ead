"""Who sees what: subtrees, and dissolved divisions that stay visible to their successors."""

from datetime import date
from typing import NamedTuple

import pytest
from django.core.exceptions import ObjectDoesNotExist

from zhili.core.places import demo, editing, tree
from zhili.core.places.models import Division, DivisionClosure

DAY = date(2024, 5, 1)


class Family(NamedTuple):
    city: Division
    one: Division
    two: Division
    east: Division
    west: Division
    village: Division


@pytest.fixture
def family(db):
    """A city with two counties; the first has two towns."""
    city = editing.add_division("330400000000", "嘉兴市", point=(120.7, 30.7), since=date(2020, 1, 1))
    one = editing.add_division("330402000000", "南湖区", city, since=date(2020, 1, 1))
    two = editing.add_division("330411000000", "秀洲区", city, since=date(2020, 1, 1))
    east = editing.add_division("330402100000", "凤桥镇", one, since=date(2020, 1, 1))
    west = editing.add_division("330402101000", "余新镇", one, since=date(2020, 1, 1))
    village = editing.add_division("330402101200", "金星村", west, since=date(2020, 1, 1))
    return Family(city, one, two, east, west, village)


def sees(division):
    return set(tree.subtree(division.id))


def test_a_division_sees_itself_and_all_below(family):
    assert sees(family.city) == {d.id for d in family}
    assert sees(family.one) == {family.one.id, family.east.id, family.west.id, family.village.id}
    assert sees(family.two) == {family.two.id}
    assert tree.ancestors(family.village.id) == (
        family.city.id,
        family.one.id,
        family.west.id,
        family.village.id,
    )
    assert tree.full_name(family.village.id) == "嘉兴市南湖区余新镇金星村"
    assert tree.full_name(family.village.id, "town") == "余新镇金星村"
    assert tree.at_level(family.village.id, "county") == family.one.id
    assert tree.at_level(family.one.id, "town") is None


def test_the_successor_sees_what_lay_under_the_dissolved(family):
    editing.dissolve(family.west, [family.east], DAY)
    assert sees(family.east) == {family.east.id, family.west.id, family.village.id}
    assert sees(family.one) == {family.one.id, family.east.id, family.west.id, family.village.id}
    assert DivisionClosure.objects.get(ancestor=family.east, descendant=family.village).inherited
    assert not DivisionClosure.objects.get(ancestor=family.one, descendant=family.village).inherited
    assert not DivisionClosure.objects.get(ancestor=family.city, descendant=family.west).inherited


def test_a_town_that_moves_takes_its_past_to_the_new_county(family):
    moved = editing.add_division("330411101000", "余新镇", family.two, since=DAY)
    editing.dissolve(family.west, [moved], DAY)
    assert sees(moved) == {moved.id, family.west.id, family.village.id}
    assert sees(family.two) == {family.two.id, moved.id, family.west.id, family.village.id}
    assert family.village.id in sees(family.one)  # the county where the old cases were handled keeps them


def test_a_line_of_successors_sees_the_first(family):
    third = editing.add_division("330411102000", "新塍镇", family.two, since=DAY)
    editing.dissolve(family.west, [family.east], DAY)
    editing.dissolve(family.east, [third, family.two], DAY)
    assert {family.west.id, family.village.id, family.east.id} <= sees(third)


def test_successors_in_a_circle_do_not_hang(family):
    family.west.successors.add(family.east)
    family.east.successors.add(family.west)
    tree.rebuild_closure()
    assert sees(family.east) == sees(family.west) == {family.east.id, family.west.id, family.village.id}


def test_rebuilding_twice_changes_nothing(city):
    assert tree.rebuild_closure() == (0, 0)
    # 1 city, 7 counties, 72 towns, 1,202 villages: each with itself and all above
    assert DivisionClosure.objects.count() == 1 + 7 * 2 + 72 * 3 + 1202 * 4


def test_a_wrong_closure_is_mended(city):
    DivisionClosure.objects.filter(depth=2).delete()
    DivisionClosure.objects.filter(depth=1).update(depth=9)
    added, removed = tree.rebuild_closure()
    assert (added, removed) == (72 + 1202 + 7 + 72 + 1202, 7 + 72 + 1202)
    assert tree.rebuild_closure() == (0, 0)


def test_the_subtree_is_one_join(city, django_assert_num_queries):
    county = tree.by_code("330402000000")
    with django_assert_num_queries(1):
        assert Division.objects.filter(id__in=tree.subtree(county.id), level="village").count() == 143


def test_ancestors_cost_no_query_once_warm(city, django_assert_num_queries):
    village = tree.by_code("330402100003")
    tree.ancestors(village.id)
    with django_assert_num_queries(0):
        assert len(tree.ancestors(village.id)) == 4


def test_a_division_made_a_moment_ago_is_known(city):
    parent = tree.by_code(demo.CITY)
    tree.nodes()
    new = Division.objects.create(
        code="330499000000", name="新区", level="county", parent=parent, valid_from=DAY, lon=120, lat=30
    )
    assert tree.ancestors(new.id) == (parent.id, new.id)
    with pytest.raises(KeyError):
        tree.ancestors(-1)


def test_in_force_goes_by_the_day(family):
    editing.dissolve(family.west, [family.east], DAY)
    assert family.west in tree.in_force(date(2024, 4, 30))
    assert family.west not in tree.in_force(DAY)
    assert not tree.in_force(date(2019, 12, 31)).exists()
    with pytest.raises(ObjectDoesNotExist):
        tree.by_code(family.west.code)


def test_loading_the_demo_city_twice_loads_it_once(db):
    assert demo.load()
    count = Division.objects.count()
    assert not demo.load()
    assert Division.objects.count() == count == 1282
