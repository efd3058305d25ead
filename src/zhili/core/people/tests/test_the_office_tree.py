"""Who stands over whom, who answers for a place, and how soon a change is known."""

import pytest
from django.db import IntegrityError, connection, transaction

from zhili.core.people import offices
from zhili.core.people.models import Office


def test_the_way_up_from_a_grid(county):
    names = [node.name for node in offices.tree().chain(county.grid_office.pk)]
    assert names == ["百福弄第1网格", "百福弄社区", "南湖区社会治理中心", "市社会治理中心"]
    assert offices.tree().chain(0) == ()


def test_everything_below_an_office(county):
    below = offices.tree().under(county.county_office.pk)
    assert set(below) == {county.county_office.pk, county.village_office.pk, county.grid_office.pk}
    assert offices.tree().under(0) == ()


def test_two_offices_over_each_other_do_not_hang_the_walk(county):
    Office.objects.filter(pk=county.city_office.pk).update(parent=county.county_office)
    offices.forget()
    assert len(offices.tree().chain(county.county_office.pk)) == 2


def test_a_place_has_an_office_at_each_level_or_the_nearest_above(county):
    line, cell = county.line, county.cell.pk
    assert offices.responsible("grid", line, cell).office_id == county.grid_office.pk
    assert offices.responsible("grid", line).office_id == county.village_office.pk
    assert offices.responsible("village", line, cell).office_id == county.village_office.pk
    town = offices.responsible("town", line, cell)
    assert town.office_id == county.county_office.pk
    assert "上级" in town.reason
    assert offices.responsible("city", line, cell).office_id == county.city_office.pk
    assert offices.responsible("village", []) is None


def test_departments_and_closed_offices_answer_for_no_place(county, today):
    county.office(
        "D", "南湖区综合行政执法局", "county", county.county, county.county_office, kind="department"
    )
    Office.objects.filter(pk=county.village_office.pk).update(valid_to=today)
    offices.forget()
    assert offices.responsible("village", county.line).office_id == county.county_office.pk
    assert offices.responsible("county", county.line).office_id == county.county_office.pk
    assert offices.tree().chain(county.village_office.pk)[0].in_force is False


def test_the_tree_is_read_once(county, django_assert_num_queries):
    offices.tree()
    with django_assert_num_queries(0):
        offices.responsible("grid", county.line, county.cell.pk)
        offices.tree().chain(county.grid_office.pk)


def test_a_change_made_elsewhere_is_seen_at_the_next_look(county, django_assert_num_queries):
    offices.tree()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_office SET name = '改名' WHERE id = %s", [county.city_office.pk])
    assert offices.tree().nodes[county.city_office.pk].name == "市社会治理中心"
    offices.forget()
    with django_assert_num_queries(2):
        assert offices.tree().nodes[county.city_office.pk].name == "改名"
    offices.forget()
    with django_assert_num_queries(1):
        offices.tree()


def test_an_office_saved_here_is_known_at_once(county):
    offices.tree()
    new = county.office("T", "建设街道综合信息指挥室", "town", county.town, county.county_office)
    assert offices.responsible("town", county.line).office_id == new.pk


def test_the_one_hotline_is_found_by_kind(county):
    assert offices.tree().of_kind("hotline") is None
    line = county.office("H", "12345", "city", county.city, county.city_office, kind="hotline")
    assert offices.tree().of_kind("hotline").id == line.pk


def test_a_grid_office_has_a_cell_and_no_other_has(county):
    for level, cell in (("grid", None), ("town", county.cell)):
        with pytest.raises(IntegrityError), transaction.atomic():
            county.office("X", "X", level, county.village, None, cell=cell)


def test_an_office_cannot_end_before_it_begins(county, today):
    with pytest.raises(IntegrityError), transaction.atomic():
        county.office("X", "X", "town", county.town, None, valid_from=today, valid_to=today)
