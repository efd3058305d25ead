"""Each office's own hours, else those of the office above, else the site's."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError

from zhili.core.people import hours, offices
from zhili.core.people.models import Office


def set_hours(office, hours):
    Office.objects.filter(pk=office.pk).update(hours=hours)
    offices.forget()


def test_the_site_s_hours_hold_where_none_are_set(county):
    assert offices.hours_of(county.grid_office).spans == (
        (time(8, 30), time(12)),
        (time(13, 30), time(17, 30)),
    )


def test_an_office_follows_the_one_above(county):
    set_hours(county.county_office, [["09:00", "12:00"], ["14:00", "18:00"]])
    assert offices.hours_of(county.grid_office.pk).spans[0] == (time(9), time(12))
    assert offices.hours_of(county.city_office.pk).spans[0] == (time(8, 30), time(12))
    set_hours(county.grid_office, [["07:00", "19:00"]])
    assert offices.hours_of(county.grid_office.pk).spans == ((time(7), time(19)),)


def test_a_hotline_works_round_the_clock(county):
    set_hours(county.city_office, [["00:00", "24:00"]])
    assert offices.hours_of(county.city_office.pk).spans == ((time(0), time.max),)


@pytest.mark.parametrize(
    "wrong", [[["9点", "12:00"]], [["12:00", "09:00"]], [["09:00"]], "早九晚五", [["25:00", "26:00"]]]
)
def test_wrong_hours_are_refused_in_words(wrong):
    with pytest.raises(ValidationError, match="工作时间有误"):
        hours.check(wrong)


@pytest.mark.parametrize("right", [None, [], [["08:30", "12:00"], ["13:30", "17:00"]]])
def test_right_hours_pass(right):
    hours.check(right)
