import pytest

from zhili.base.geo import Point
from zhili.core.forms import Form, Place
from zhili.core.forms.tests.refusing import errors_of
from zhili.core.forms.tests.sample import ReportForm, filled


def test_an_address_alone_is_enough() -> None:
    cleaned = ReportForm.validate(filled(where={"address": " 中山路\n1 号 "}))
    assert cleaned.values["where"] == {"address": "中山路 1 号"}
    assert (cleaned.place, cleaned.address) == (None, "中山路 1 号")


def test_a_point_comes_as_an_object_or_as_three_form_keys() -> None:
    split = ReportForm.validate(
        filled(where=None, where_lon="120.755100001", where_lat="30.7461", where_address="")
    )
    whole = ReportForm.validate(filled(where={"lon": 120.7551, "lat": 30.7461}))
    assert split.values["where"] == whole.values["where"] == {"lon": 120.7551, "lat": 30.7461}
    assert whole.place == Point(120.7551, 30.7461)


def test_a_point_outside_the_city_is_a_valid_answer() -> None:
    assert ReportForm.validate(filled(where={"lon": -0.1, "lat": 51.5})).place == Point(-0.1, 51.5)


def test_empty_form_keys_are_no_answer() -> None:
    errors = errors_of(ReportForm, filled(where=None, where_lon="", where_lat=" ", where_address=""))
    assert errors == {"where": ["请填写“在哪里”的地址，或在地图上点出位置。"]}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"lon": 30.7, "lat": 120.7}, "填反了"),
        ({"lon": 200, "lat": 95}, "-180 到 180"),
        ({"lon": float("nan"), "lat": 30}, "应当是数字"),
        ({"lon": float("inf"), "lat": 30}, "应当是数字"),
        ({"lon": "nan", "lat": "30"}, "应当是数字"),
        ({"lon": 10**400, "lat": 1}, "应当是数字"),
        ({"lon": True, "lat": 30}, "应当是数字"),
        ({"lon": "1e2", "lat": "30"}, "应当是数字"),
        ({"lon": 120.7}, "要一起填"),
        ({"lon": 0, "lat": 0}, "没有取得"),
        ({"lon": 120, "lat": 30, "alt": 3}, "请去掉其他内容"),
        ({"address": "路" * 201}, "最多写 200 个字"),
        ({"address": 5}, "应当是文字"),
        ([120, 30], "应当是地址或地图上的一个点"),
        (5, "应当是地址或地图上的一个点"),
    ],
)
def test_a_place_that_cannot_be_is_refused_with_the_reason(bad: object, said: str) -> None:
    (only,) = errors_of(ReportForm, filled(where=bad))["where"]
    assert said in only


def test_the_two_ways_of_writing_are_not_mixed() -> None:
    assert errors_of(ReportForm, filled(where_address="别处")) == {"where": ["“在哪里”请只用一种写法填写。"]}


def test_a_form_may_insist_on_a_point() -> None:
    class Pin(Form):
        spot = Place("位置", required=True, point_required=True)

    assert errors_of(Pin, {"spot": {"address": "中山路"}}) == {"spot": ["请在地图上点出“位置”。"]}
