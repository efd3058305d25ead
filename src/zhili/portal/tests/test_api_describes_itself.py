"""What a program learns before it begins: the description, the forms, the categories, who it is."""

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.portal.api.root import urlpatterns
from zhili.portal.tests.api_client import ROOT, Program

GUIDE = f"{ROOT}/openapi.json"


def test_the_description_is_valid_openapi(db: None) -> None:
    described = Program().get(GUIDE).json()
    assert described["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []


def test_every_endpoint_is_described(db: None) -> None:
    described = Program().get(GUIDE).json()["paths"]
    offered = {str(one.pattern) for one in urlpatterns} - {"openapi.json", ""}
    assert len(described) == len(offered)
    for path, operations in described.items():
        for method, operation in operations.items():
            assert operation["operationId"], path
            assert operation["summary"]
            refusal = operation["responses"]["default"]["content"]
            assert "application/problem+json" in refusal, (path, method)


def test_each_form_is_described_where_it_is_sent(db: None) -> None:
    described = Program().get(GUIDE).json()
    body = described["paths"]["/api/v1/cases/{procedure}/{opening}"]["post"]["requestBody"]
    named = [one["$ref"].rpartition("/")[2] for one in body["content"]["application/json"]["schema"]["anyOf"]]
    assert "citizen_reports.report.report" in named
    form = described["components"]["schemas"]["citizen_reports.report.report"]
    assert form["required"] == ["what"]
    assert described["components"]["schemas"]["citizen_reports.report.accept"]


def test_no_page_with_foreign_scripts_is_offered(db: None) -> None:
    assert Program().get("/docs").status_code == 404


def test_what_a_forms_schema_admits_is_taken(small_city: SmallCity) -> None:
    listed = Program().get("/procedures").json()
    report = next(one for one in listed if one["name"] == "citizen_reports.report")
    opening = next(one for one in report["openings"] if one["name"] == "report")
    body = {"what": "垃圾成堆", "place": INSIDE, "anonymous": True}
    jsonschema.validate(body, opening["form"])
    assert Program().post(opening["url"], body).status_code == 201


def test_ways_to_begin_say_whether_the_asker_may(small_city: SmallCity) -> None:
    def allowed(program: Program) -> set[str]:
        found = program.get("/procedures/citizen_reports.report").json()["openings"]
        return {one["name"] for one in found if one["allowed"]}

    assert allowed(Program()) == {"report"}
    assert allowed(Program.of(small_city.actor("hotline"))) == {"report", "on_behalf"}
    assert allowed(Program.of(small_city.actor("A.grid"))) == {"report", "find", "found_fixed"}
    assert Program().get("/procedures/nope").status_code == 404


def test_categories_with_their_parents(small_city: SmallCity) -> None:
    found = {one["code"]: one for one in Program().get("/categories", scenario="citizen_reports").json()}
    assert found["201001"] == {
        "scenario": "citizen_reports",
        "code": "201001",
        "parent": "201",
        "name": "暴露垃圾",
        "public": True,
    }
    assert found["201013"]["public"] is False
    assert Program().get("/categories", scenario="nope").json() == []


def test_who_asks(small_city: SmallCity) -> None:
    assert Program().get("/me").json()["kind"] == "anonymous"
    resident = Program.of(small_city.resident()).get("/me").json()
    assert (resident["kind"], resident["office"], resident["posts"]) == ("account", None, [])
    grid = Program.of(small_city.actor("A.grid")).get("/me").json()
    assert (grid["kind"], grid["roles"], grid["level"]) == ("post", ["grid"], "grid")
    assert grid["office"]["code"] == "T-A.grid"
    assert [one["id"] for one in grid["posts"]] == [grid["post"]]
    made = Program().post("/cases/citizen_reports.report/report", {"what": "垃圾成堆"}).json()
    holder = Program(**{"X-Grant": made["code"]}).get("/me").json()
    assert (holder["kind"], holder["case"]) == ("grant", made["number"])


def test_a_token_acts_only_in_a_post_its_account_holds(small_city: SmallCity) -> None:
    grid = Program.of(small_city.actor("A.grid"))
    mine = grid.get("/me").json()["post"]
    town = small_city.actor("A.town").id
    grid.headers["X-Post"] = str(mine)
    assert grid.get("/me").status_code == 200
    grid.headers["X-Post"] = str(town)
    assert grid.get("/me").status_code == 403
