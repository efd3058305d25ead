"""A grid worker's phone with the network really cut: what was done arrives once, in order, and writes over nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.models import Attachment
from zhili.portal.tests.browsing import Visits
from zhili.portal.tests.pocket_steps import (
    act,
    opened,
    phone,
    settled,
    steps,
    taken_along,
    with_signal,
    without_signal,
)


def test_accepted_photographed_and_finished_without_signal(visits: Visits, small_city: SmallCity) -> None:
    case = opened()
    page = taken_along(phone(visits, small_city.actor("A.grid")))
    without_signal(page)
    expect(page.locator(".row-title")).to_have_text("1. 路灯不亮")
    act(page, case, "accept", {})
    expect(page.locator("#now")).to_have_text("办理中")
    expect(page.get_by_text("现在还没有送达")).to_be_visible()
    act(page, case, "finish", {"答复": "灯泡已换好"}, photo=True)
    page.goto("/desk/pocket#/queue")
    expect(page.locator('[data-state="waiting"]')).to_have_count(2)
    assert steps(case) == ["report"]
    with_signal(page)
    settled(page, lambda: steps(case) == ["report", "accept", "finish"], str(steps(case)))
    expect(page.locator('[data-state="sent"]')).to_have_count(2)
    made = Step.objects.filter(case=case, seq__gt=1).order_by("seq")
    assert all(step.made_at is not None and step.made_at < step.at for step in made)
    assert Attachment.objects.filter(case_id=case.pk, step_seq=3).count() == 1
    page.goto("/desk/pocket#/")
    expect(page.get_by_text("都办完了")).to_be_visible()
    assert Case.objects.get(pk=case.pk).stage == "answered"
