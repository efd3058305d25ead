"""Two who act on a parent and its child at the same moment both succeed: nothing waits for ever, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.cases.tests.lead import Lead

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


@pytest.fixture
def lead() -> Lead:
    return Lead(SmallCity())


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Do these in threads of their own, begun at the same moment; what each gave or raised."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


def test_closing_a_child_while_the_parent_is_acted_on(lead: Lead) -> None:
    handler = lead.actor("A.zhzf")
    for n in range(ROUNDS):
        child = lead.ask("A.zhzf")[-1]
        before = lead.case.seq
        found = together(
            lambda child=child: doors.act(child.pk, "reply", handler, {"result": "好了"}),
            lambda n=n: doors.act(lead.number, "progress", lead.town, {"note": f"第{n}次"}),
        )
        assert not [one for one in found if isinstance(one, Exception)]
        steps = list(Step.objects.filter(case=lead.case, seq__gt=before).order_by("seq"))
        assert sorted(s.action for s in steps) == ["progress", "returned"]
        assert lead.case.seq == before + 2
    child.refresh_from_db()
    assert child.stage == "done"


def test_two_children_of_one_parent_close_at_once(lead: Lead) -> None:
    children = lead.ask("A.zhzf", "A.village")
    before = lead.case.seq
    found = together(
        lambda: doors.act(children[0].pk, "reply", lead.actor("A.zhzf"), {"result": "一"}),
        lambda: doors.act(children[1].pk, "reply", lead.actor("A.village"), {"result": "二"}),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    replies = Step.objects.filter(case=lead.case, seq__gt=before).values_list("data__reply", flat=True)
    assert sorted(replies) == ["一", "二"]


def test_the_parent_is_withdrawn_while_a_child_answers(lead: Lead) -> None:
    (child,) = lead.ask("A.zhzf")
    found = together(
        lambda: doors.act(child.pk, "reply", lead.actor("A.zhzf"), {"result": "好了"}),
        lambda: doors.act(lead.number, "withdraw", lead.resident),
    )
    assert not [one for one in found if isinstance(one, Exception) and not isinstance(one, Refused)]
    child.refresh_from_db()
    assert child.stage in ("done", "recalled")
    assert lead.case.stage == "withdrawn"
    assert Step.objects.filter(case=lead.case, action="returned").count() == 1


def test_two_merged_crosswise_end_with_one_lead(lead: Lead) -> None:
    twin = Lead(lead.city, "居民乙")
    found = together(
        lambda: lead.act("merge_into", {"lead": twin.number, "reason": "x"}),
        lambda: twin.act("merge_into", {"lead": lead.number, "reason": "x"}),
    )
    assert [type(one).__name__ for one in found if one is not None] == ["Refused"]
    assert Case.objects.filter(stage="merged").count() == 1
