"""One form with every kind of question, used by the tests of this folder."""

from datetime import date

from zhili.core.forms import (
    Bool,
    Choice,
    Date,
    DateTime,
    Decimal,
    Files,
    Form,
    Integer,
    LongText,
    MultiChoice,
    Office,
    Personal,
    Place,
    Rating,
    Text,
)

PHOTO = "0b5f0a3c-8a5c-4d8e-9a55-3a2d9d0e8c11"


class ReportForm(Form):
    what = LongText(
        "发生了什么", required=True, max_length=2000, help="写清楚是什么、影响了谁。", public=True
    )
    category = Choice("类别", [("road", "道路"), ("drain", "排水")], public=True)
    where = Place("在哪里", required=True)
    photos = Files("照片", max=3)
    anonymous = Bool("匿名反映")
    name = Personal("姓名", kind="name", seen_by="受理单位", required=True, when=("anonymous", False))
    phone = Personal("电话", kind="phone", seen_by="受理单位", when=("anonymous", False))


class EverythingForm(Form):
    line = Text("一句话", max_length=20, min_length=2)
    story = LongText("经过", max_length=50)
    one = Choice("单选", [("a", "甲"), ("b", "乙")])
    some = MultiChoice("多选", [("组一", [("a", "甲"), ("b", "乙")]), ("组二", [("c", "丙")])])
    agreed = Bool("已阅读须知", required=True)
    count = Integer("人数", min=0, max=100, unit="人")
    cost = Decimal("费用", min=0, max="1000", unit="元")
    day = Date("日期", not_before=date(2020, 1, 1), not_after=date(2030, 12, 31))
    moment = DateTime("时间")
    where = Place("地点")
    photos = Files("照片", max=2)
    office = Office("交给")
    stars = Rating("满意度")
    name = Personal("姓名", kind="name", seen_by="承办单位")
    phone = Personal("电话", kind="phone", seen_by="承办单位")
    citizen = Personal("身份证号", kind="citizen_id", seen_by="承办单位")
    email = Personal("邮箱", kind="email", seen_by="承办单位")
    home = Personal("住址", kind="address", seen_by="承办单位")


def filled(**changes: object) -> dict[str, object]:
    """A report that passes, with changes; a change to None leaves the key out."""
    data: dict[str, object] = {"what": "下水道堵了", "where": {"address": "中山路 1 号"}, "name": "张三"}
    return {key: value for key, value in (data | changes).items() if value is not None}
