"""A border matter: found by a grid worker, agreed with the neighbour, checked by a second person; or received."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock
from zhili.core.cases.tests.city import INSIDE
from zhili.scenarios.cross_border.models import MatterDetail
from zhili.scenarios.cross_border.sharing import MATTER
from zhili.scenarios.cross_border.tests.conftest import Border

pytestmark = pytest.mark.django_db
RESULT = {"result": "solved", "answer": "两边一起清走了。"}


def stage(case: Case) -> str:
    case.refresh_from_db()
    return case.stage


def test_from_the_grid_to_the_second_persons_check(border: Border) -> None:
    case = border.found(side="both", urgent=True)
    assert (stage(case), case.category, case.public) == ("received", "grid", False)
    doors.act(case, "pass_up", border.grid, {"reason": "要两边一起办"})
    doors.act(
        case, "pass_on", border.city.actor("A.village"), {"office": border.seat.office_id, "reason": "联合"}
    )
    doors.act(case, "accept", border.seat, {"category": "enforcement"})
    late = (timezone.now() + timedelta(days=200)).isoformat()
    with pytest.raises(Refused, match="三个月"):
        doors.act(case, "agree_joint", border.seat, {"at": late, "where": "桥头", "offices": "两边"})
    soon = (timezone.now() + timedelta(hours=4)).isoformat()
    doors.act(case, "agree_joint", border.seat, {"at": soon, "where": "桥头", "offices": "两边执法队"})
    assert stage(case) == "joint"
    doors.act(case, "submit", border.seat, RESULT)
    with pytest.raises(Refused):
        doors.act(case, "confirm", border.seat, RESULT)
    doors.act(case, "confirm", border.chief, RESULT)
    kept = MatterDetail.objects.get(pk=case.pk)
    assert (stage(case), case.category) == ("closed", "enforcement")
    assert (kept.came, kept.side, kept.result) == ("grid", "both", "solved")
    assert kept.joint_at is not None
    assert not Clock.objects.filter(case=case, running=True).exists()


def test_what_a_neighbour_hands_over_is_held_by_the_office_named_for_it(border: Border) -> None:
    data = {"what": "界河漂来水葫芦", "place": INSIDE, "category": "waters"}
    made = doors.open_case(MATTER, "receive", border.there(), data, channel="exchange")
    case = Case.objects.get(pk=made.case_id)
    assert (case.office_id, case.stage) == (border.site.office_id, "received")
    assert MatterDetail.objects.get(pk=case.pk).came == "site"
    doors.act(case, "accept", border.seat, {})
    with pytest.raises(Refused):
        doors.act(case, "give_back", border.grid, {"reason": "不是这边"})
    doors.act(case, "give_back", border.seat, {"reason": "不在我方河段"})
    assert stage(case) == "returned"
    for actor in (border.grid, border.seat):
        with pytest.raises(Refused):
            doors.open_case(MATTER, "receive", actor, data)
