"""The pack of a grid worker's phone: what is in it, what never is, and what it costs to make."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.portal.tests.pages_client import reader

REPORT = "citizen_reports.report"


def opened(what: str = "路灯不亮", **more: Any) -> Case:
    data = {"what": what, "place": INSIDE, **more}
    return Case.objects.get(pk=doors.open_case(REPORT, "report", ANONYMOUS, data).case_id)


def pack(worker: Actor) -> Any:
    answer = reader(worker).get("/desk/pocket/pack.json")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def test_it_holds_what_may_be_done_in_each_stage_with_its_form(small_city: SmallCity) -> None:
    case = opened()
    told = pack(small_city.actor("A.grid"))
    assert [one["number"] for one in told["cases"]] == [case.number]
    report = told["procedures"][REPORT]
    assert report["stages"]["received"]["actions"] == ["accept", "pass_up", "note"]
    assert report["stages"]["handling"]["actions"] == ["finish", "progress", "pass_up", "note"]
    assert report["actions"]["accept"] | {"hint": ""} == {
        "title": "受理", "hint": "", "form": "citizen_reports.Accept", "to": "handling", "keeps": True,
        "standing": False,
    }  # fmt: skip
    assert not report["actions"]["pass_up"]["keeps"]
    used = {one["form"] for one in (*report["actions"].values(), *told["openings"])} | {told["note"]}
    assert used <= set(told["forms"])
    assert not {field["type"] for form in told["forms"].values() for field in form["fields"]} & {
        "personal",
        "office",
    }
    assert len(told["ground"]["own"][0]) >= 4


def test_names_numbers_and_confidential_matters_stay_where_they_are(small_city: SmallCity) -> None:
    opened("请打13912345678", anonymous=False, name="张三丰", phone="13800138000")
    Case.objects.filter(pk=opened("保密的事").pk).update(confidential=True)
    worker = small_city.actor("A.grid")
    text = reader(worker).get("/desk/pocket/pack.json").content.decode()
    for secret in ("13912345678", "张三丰", "13800138000", "保密的事"):
        assert secret not in text
    assert pack(worker)["total"] == 2


def test_many_matters_cost_as_many_questions_as_one(small_city: SmallCity) -> None:
    worker = small_city.actor("A.grid")
    client = reader(worker)
    asked = []
    for _ in range(2):
        opened()
        client.get("/desk/pocket/pack.json")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/pocket/pack.json")
        asked.append(len(queries))
        for n in range(8):
            opened(f"第{n}件")
    assert asked[0] == asked[1]
