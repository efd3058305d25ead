"""The forms of the watch list. They ask for places and hazards; there is no field for a person, and they say so."""

from __future__ import annotations

from collections.abc import Mapping

from zhili.core.forms import Bool, Choice, Cleaned, Date, Files, Form, LongText, Office, Place, Text
from zhili.scenarios.cross_border import persons
from zhili.scenarios.cross_border.hazards.kinds import BY_CODE, KINDS, LEVELS
from zhili.scenarios.cross_border.patrols import choosing

NO_PERSONS = "这里只列地方和隐患，不列人：没有填写人员的栏目，写了姓名、电话或证件号码会被退回。"


class _Places(Form):
    """Base: what seems to be about a person is refused beside its field."""

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        found = persons.faults_in(cls, cleaned, names=("name",))
        if why := persons.found_in(cleaned.address):
            found["place"] = [why]
        return found


class Listed(_Places):
    kind = Choice("类型", required=True, choices=[(one.code, one.title) for one in KINDS], public=True)
    name = Text("名称", required=True, max_length=60, help=NO_PERSONS, public=True)
    place = Place("在哪里", required=True)
    why = LongText("为什么列入", required=True, max_length=1000, help="写危险在哪里、会影响什么。")
    level = Choice("等级", required=True, choices=LEVELS, public=True)
    keeper = Office("由哪个单位看管", required=True, choices=choosing.offices)
    until = Date("列到哪天", required=True, help="最长一年；到期不续就自动移出。")
    shared = Bool("告诉毗邻站点", default=False, help="只告诉名称、类型、位置、等级和到期日。")
    public = Bool("列入公开名录", default=False, help="危险化学品仓库和管线不能公开位置。")
    ground = Text("公开的依据", max_length=200, help="法律、文件的名称和条款。公开时必填。")

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, list[str]]:
        return {**super().check(cleaned), **_openly(cleaned)}


class Review(_Places):
    """The level judged anew, and how long it stays: by a second person."""

    level = Choice("等级", required=True, choices=LEVELS, public=True)
    why = LongText("理由", required=True, max_length=1000)
    until = Date("列到哪天", required=True, help="最长一年；到期不续就自动移出。")


class Check(_Places):
    """A check on the spot."""

    result = Choice(
        "检查结果",
        required=True,
        choices=[("fine", "没有发现问题"), ("finding", "发现问题")],
        public=True,
    )
    note = LongText("看到什么", required=True, max_length=1000)
    opens = Bool("另开一件毗邻事项处理", default=False, help="发现问题时可选，由交界地方的值守单位受理。")
    photos = Files("照片", max=9)


class Removal(_Places):
    reason = LongText("为什么移出", required=True, max_length=1000)


class Keeper(_Places):
    keeper = Office("改由哪个单位看管", required=True, choices=choosing.offices)
    reason = LongText("理由", required=True, max_length=500)


def _openly(cleaned: Cleaned) -> dict[str, list[str]]:
    """What may stand in public: a kind whose place helps nobody who means harm, on a ground that is named."""
    from django.utils.translation import gettext as _

    if not cleaned.values.get("public"):
        return {}
    if not BY_CODE[cleaned.values["kind"]].public:
        return {"public": [_("这一类的位置不能公开，请去掉勾选")]}
    if not cleaned.values.get("ground", "").strip():
        return {"ground": [_("公开要写明依据")]}
    return {}
