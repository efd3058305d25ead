"""An upgrade may drop a stage only by saying where its open cases go; they go there by a recorded step."""

import pytest

from zhili.base.procedure import Procedure
from zhili.core.cases import check, doors, present, registry, upgrading
from zhili.core.cases.models import Case, Clock, ProcedureVersion, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.scenarios.citizen_reports.procedures import Report

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}
NAME = "citizen_reports.report"


@pytest.fixture
def case(small_city: SmallCity) -> Case:
    """A case in a stage that the declaration no longer has."""
    case = Case.objects.get(pk=doors.open_case(NAME, "report", ANONYMOUS, DATA).case_id)
    Case.objects.filter(pk=case.pk).update(stage="registered")
    case.refresh_from_db()
    return case


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> type[Procedure]:
    monkeypatch.setattr(Report, "moves", {"registered": "received"})
    return Report


def test_a_dropped_stage_with_open_cases_is_refused(case: Case) -> None:
    assert any("stage registered has open cases" in fault for fault in check.run())


def test_saying_where_they_go_satisfies_the_check_and_moves_them(case: Case, moving: type[Procedure]) -> None:
    assert check.run() == []
    assert upgrading.move_open_cases() == 1
    case.refresh_from_db()
    assert case.stage == "received"
    step = Step.objects.filter(case=case).latest("seq")
    assert (step.action, step.from_stage, step.to_stage, step.actor_kind) == (
        "moved",
        "registered",
        "received",
        "rule",
    )
    assert Clock.objects.get(case=case, name="stage").running
    assert upgrading.move_open_cases() == 0
    assert check.run() == []


def test_a_stage_no_longer_declared_still_has_its_name(case: Case) -> None:
    version = ProcedureVersion.objects.get(procedure=NAME, version=case.version)
    version.spec["stages"]["registered"] = {"title": "已登记"}
    version.save()
    assert present.stage_title(case) == "已登记"


def test_a_changed_declaration_becomes_the_next_version(
    small_city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.forget_versions()
    first = registry.version(NAME)
    assert registry.sync(Report) == []
    monkeypatch.setattr(Report.stages["received"], "title", "待接收")
    assert registry.sync(Report) == [f"{NAME}@{first + 1}"]
    assert registry.version(NAME) == first + 1
