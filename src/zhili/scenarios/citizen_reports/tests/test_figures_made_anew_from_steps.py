"""Figures can be made anew from the steps: these say the same as the outbox said when each was taken."""

from datetime import timedelta

from django.utils import timezone

from zhili.core.cases import doors, history, sweeping
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, OUTSIDE, SmallCity
from zhili.core.streams.models import StreamEvent

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}
REPORT = "citizen_reports.report"
ONLY_THEN = {"from", "holder_party", "actor_kind", "clock", "due", "overdue", "parent", "lead"}


def test_history_says_what_the_outbox_said(small_city: SmallCity) -> None:
    resident, grid = small_city.resident(), small_city.actor("A.grid")
    case = doors.open_case(REPORT, "report", resident, DATA | {"category": ""}).case_id
    doors.act(case, "accept", grid, {"category": "201001"})
    doors.act(case, "finish", grid, {"answer": "已清运。"})
    doors.act(case, "reopen", resident, {"what": "又堆起来了"})
    doors.act(case, "accept", grid)
    doors.act(case, "finish", grid, {"answer": "已再次清运。"})
    doors.act(case, "rate", resident, {"rating": 4})
    doors.open_case(REPORT, "found_fixed", grid, {"category": "201001"})
    doors.open_case(REPORT, "report", resident, DATA | {"place": OUTSIDE})
    back = doors.open_case(REPORT, "report", resident, DATA | {"place": ELSEWHERE}).case_id
    doors.act(back, "pass_up", small_city.actor("B.grid2"), {"reason": "上报"})
    doors.act(back, "send_back", small_city.actor("B.village2"), {"reason": "退回"})
    sweeping.sweep(now=timezone.now() + timedelta(days=60))
    sweeping.sweep(now=timezone.now() + timedelta(days=60))
    told = [e.payload for e in StreamEvent.objects.filter(type="step")]
    told.sort(key=lambda p: (p["case"], p["seq"]))
    again = list(history.payloads())
    assert len(again) == len(told) > 15
    for then, now in zip(told, again, strict=True):
        expected = {k: v for k, v in then.items() if k not in ONLY_THEN}
        assert {k: v for k, v in now.items() if k not in ONLY_THEN} == expected
