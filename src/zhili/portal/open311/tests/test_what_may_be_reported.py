"""Discovery, the list of services, and what each service asks."""

from __future__ import annotations

from datetime import datetime

from zhili.core.cases.models import Category
from zhili.core.cases.routing import forget
from zhili.core.cases.tests.city import SmallCity
from zhili.core.exchange.open311 import catalogue
from zhili.core.exchange.open311.filling import attributes
from zhili.core.forms import Bool, Choice, Date, Form, Integer, LongText, MultiChoice, Place, Text
from zhili.portal.open311.tests.asker import Asker, xml

SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
DISCOVERY = ["changeset", "contact", "key_service", "endpoints"]


def test_the_services_are_the_leaf_categories_anybody_may_report(stranger: Asker) -> None:
    listed = stranger.get("services.json").json()
    assert {one["service_code"] for one in listed} == {"201001", "201013", "204003"}
    first = listed[0]
    assert list(first) == SERVICE
    assert first["service_name"] == "暴露垃圾"
    assert first["group"] == "市容"
    assert first["description"] == "事件 / 市容 / 暴露垃圾"
    assert first["metadata"] is True
    assert first["type"] == "realtime"


def test_the_same_services_in_xml(stranger: Asker) -> None:
    top = xml(stranger.get("services.xml"))
    assert top.tag == "services"
    assert [part.tag for part in top[0]] == SERVICE
    assert top[0].findtext("metadata") == "true"
    assert len(top) == 3


def test_a_definition_says_what_to_write_and_who_will_see_a_name(stranger: Asker) -> None:
    found = stranger.get("services/201001.json").json()
    assert found["service_code"] == "201001"
    asked = {one["code"]: one for one in found["attributes"]}
    assert set(asked["_what"]) == ATTRIBUTE
    assert asked["_what"]["variable"] is False
    assert "description" in asked["_what"]["description"]
    assert "必填" in asked["_what"]["description"]
    assert "谁会看到" in asked["_phone"]["description"]
    assert asked["anonymous"]["variable"] is True
    assert asked["anonymous"]["required"] is False
    assert [one["key"] for one in asked["anonymous"]["values"]] == ["true", "false"]
    assert [one["order"] for one in found["attributes"]] == list(range(1, len(asked) + 1))


def test_a_definition_in_xml_names_each_level(stranger: Asker) -> None:
    top = xml(stranger.get("services/201001.xml"))
    assert top.tag == "service_definition"
    assert top.findtext("service_code") == "201001"
    attribute = next(one for one in top.find("attributes") if one.findtext("code") == "anonymous")
    assert attribute.tag == "attribute"
    assert [part.tag for part in attribute.find("values")[0]] == ["key", "name"]


class Everything(Form):
    words = LongText("说明", required=True)
    where = Place("在哪里")
    category = Choice("分类", choices=("a",))
    short = Text("短文", required=True, help="写一行")
    many = Integer("几个", required=True, max=9)
    day = Date("哪天")
    kind = Choice("哪种", choices=[("x", "甲"), ("y", "乙")], required=True)
    several = MultiChoice("哪些", choices=[("x", "甲"), ("y", "乙")])
    sure = Bool("确定吗", required=False, default=False)


def test_every_kind_of_question_has_its_datatype() -> None:
    asked = {one["code"]: one for one in attributes(Everything) if one["variable"]}
    assert {code: one["datatype"] for code, one in asked.items()} == {
        "short": "string",
        "many": "number",
        "day": "datetime",
        "kind": "singlevaluelist",
        "several": "multivaluelist",
        "sure": "singlevaluelist",
    }
    assert {code for code, one in asked.items() if one["required"]} == {"short", "many", "kind"}
    assert {one["datatype"] for one in attributes(Everything)} <= DATATYPES


def test_a_service_nobody_offers_is_not_found(stranger: Asker) -> None:
    for code in ("201", "999", "nothing", "%E4%B8%AD"):
        assert stranger.get(f"services/{code}.json").status_code == 404


def test_discovery_names_the_endpoint_and_its_formats(stranger: Asker) -> None:
    for path in ("/open311/discovery.json", "/open311/v2/discovery.json"):
        found = stranger.get(path).json()
        assert list(found) == DISCOVERY
        (endpoint,) = found["endpoints"]
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["url"].endswith("/open311/v2")
        assert endpoint["formats"] == ["text/xml", "application/json"]
        assert endpoint["type"] == "production"
    top = xml(stranger.get("/open311/discovery.xml"))
    assert [one.text for one in top.find("endpoints")[0].find("formats")] == ["text/xml", "application/json"]


def test_the_changeset_moves_only_when_the_services_change(stranger: Asker, city: SmallCity) -> None:
    first = stranger.get("/open311/discovery.json").json()["changeset"]
    assert datetime.fromisoformat(first).utcoffset() is not None
    assert stranger.get("/open311/discovery.json").json()["changeset"] == first
    known = catalogue.edition()
    Category.objects.create(
        scenario="citizen_reports", code="201002", parent="201", name="积存垃圾", public=True
    )
    forget()
    assert catalogue.edition() > known


def test_a_site_without_categories_still_answers(stranger: Asker) -> None:
    Category.objects.all().delete()
    forget()
    assert stranger.get("services.json").json() == []
    assert len(xml(stranger.get("services.xml"))) == 0
    assert stranger.get("/open311/discovery.json").json()["endpoints"]
    assert stranger.get("requests.json").json() == []
    assert stranger.get("servicerequestupdates.json").json() == []
    assert xml(stranger.get("requests.xml")).tag == "service_requests"


def test_two_scenarios_with_the_same_code_keep_apart(city: SmallCity, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from zhili.core.cases import registry

    own = registry.scenarios()["citizen_reports"]
    second = replace(own, name="second")
    monkeypatch.setitem(registry._scenarios, "second", second)
    Category.objects.create(scenario="second", code="201001", name="别的", public=True)
    forget()
    catalogue.forget()
    known = catalogue.services()
    assert known["201001"].scenario == "citizen_reports"
    assert catalogue.of_case("second", "201001") in ("second-201001", "201001")
