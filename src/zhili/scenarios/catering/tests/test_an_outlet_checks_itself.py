"""The owner keeps the log by the outlet's code: days, gaps, what they need help with; for two years at least."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core import params
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.people import grants
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.catering import actions, outlets
from zhili.scenarios.catering.models import ProblemDetail
from zhili.scenarios.catering.procedures import Outlet
from zhili.scenarios.catering.tests.conftest import Kitchen

pytestmark = pytest.mark.django_db


def test_the_owner_keeps_the_log_by_code_and_sees_its_gaps_and_what_is_wrong_becomes_a_problem(
    kitchen: Kitchen,
) -> None:
    file = kitchen.filed(kitchen.trader)
    owner, today = kitchen.owner(file), timezone.localdate()
    assert {one.name for one in present.actions_for(file, owner)} == {"check", "earlier"}
    with pytest.raises(Refused, match="已经有档案"):
        kitchen.filed(kitchen.trader)

    kitchen.checks(file)
    paper = [today - timedelta(days=n) for n in (200, 170, 30)]
    doors.act(file.pk, "earlier", owner, {"days": "\n".join(str(one) for one in paper)})
    kept = kitchen.file_of(file)
    assert kept.cleanings == [*paper, today]
    assert [(gap.days, gap.open) for gap in outlets.gaps(kept)] == [(140, False)]
    (later,) = [gap for gap in outlets.gaps(kept, today + timedelta(days=61)) if gap.open]
    assert later.days == 61
    with pytest.raises(Refused, match="两年以内"):
        doors.act(file.pk, "earlier", owner, {"days": str(today - timedelta(days=800))})
    with pytest.raises(Refused, match="最近一个月"):
        kitchen.checks(file, day=str(today - timedelta(days=40)))

    kitchen.checks(file, done=["purifier"], wrong=["trap"], note="隔油池打不开")
    row = ProblemDetail.objects.select_related("case").get()
    assert (row.kind, row.way, row.premises_id, row.case.office_id) == (
        "grease",
        "self_check",
        kitchen.trader.pk,
        kitchen.officer.office_id,
    )
    kitchen.checks(file, done=["purifier"], wrong=["trap"])
    assert ProblemDetail.objects.count() == 1, "it is being dealt with already"


def test_a_new_code_ends_the_former_and_the_owners_page_is_the_outlets_alone(kitchen: Kitchen) -> None:
    file = kitchen.filed(kitchen.trader)
    first = actions.code_of(file)
    page = reader(None).get(f"/catering/own?g={first}").content.decode()
    assert "第八条第二款" in page
    assert "欧阳小敏" not in page
    doors.act(file.pk, "recode", kitchen.officer)
    file.refresh_from_db()
    second = actions.code_of(file)
    assert second not in ("", first)
    assert grants.resolve(first) is None
    closed = reader(None).get(f"/catering/own?g={first}").content.decode()
    assert "用店里的自查码打开" in closed
    other = kitchen.found(kitchen.firm)
    doors.act(other.pk, "tell", kitchen.officer, {"demand": "清掏"})
    assert reader(None).post(f"/catering/own?g={actions.code_of(other)}", {"_do": "check"}).status_code == 403


def test_the_log_is_kept_two_years_by_the_regulation() -> None:
    """第八条第二款: 信息保存期限不少于两年. Steps are never deleted; personal values in them stay as long."""
    value = params.get(Outlet.kept_by_law)
    assert (value.source, value.article) == ("嘉兴市餐饮业油烟管理办法", "第八条第二款")
    assert params.duration(Outlet.kept_by_law)[0].amount >= 731
