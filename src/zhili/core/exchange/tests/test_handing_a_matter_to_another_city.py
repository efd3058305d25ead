"""Handed over: the child tells how it stands there, and its result comes back to the matter it is part of."""

from __future__ import annotations

from typing import Any

import pytest

from zhili.base.exchange.wire import WireError
from zhili.core.cases import doors, present
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Clock, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.cases.tests.lead import Lead
from zhili.core.exchange.models import Link, Outgoing
from zhili.core.exchange.sites import applying
from zhili.core.exchange.tests.crossing import TITLE, Across, steps
from zhili.core.people import secrets
from zhili.core.trail.models import Access

WORDS = {"what": "界河北岸垃圾漂到我方，请一并清理。"}


@pytest.fixture
def across(small_city: SmallCity) -> Across:
    return Across(small_city)


def hand_over(lead: Lead, across: Across, **more: Any) -> Link:
    lead.act("hand_across", {"agreement": str(across.agreement.pk), "category": "JS-LJ", **WORDS, **more})
    return across.link


def test_it_goes_with_its_history_is_taken_on_and_its_result_comes_back(
    across: Across, small_city: SmallCity
) -> None:
    lead = Lead(small_city)
    whole = Clock.objects.get(case=lead.case, name="overall").due_at
    link = hand_over(lead, across)
    child = lead.children[0]
    sent = across.last(link)
    assert (child.stage, child.party, child.office_id) == ("offered", "site", small_city.offices["A.town"].pk)
    assert child.title.startswith(TITLE)
    assert link.state == "waiting"
    assert sent["category"] == "JS-LJ"
    assert sent["place"]["lon"] == 120.05
    assert sent["due_days"] == 5
    assert sent["history"][0]["words"].startswith("道路积水")
    assert "personal" not in sent
    assert Clock.objects.get(case=lead.case, name="overall").due_at == whole  # our own clock goes on
    with pytest.raises(Refused) as twice:
        hand_over(lead, across)
    assert twice.value.code == "already_there"

    across.send(link, "accept", office="廊下镇", reference="JS-17", due_at="2026-12-01T08:00:00Z")
    across.progress(
        link, "已派人到场", files=[{"sha256": "a" * 64, "size": 9, "mime": "image/jpeg", "name": "x.jpg"}]
    )
    lead.act("progress", {"note": "我方岸线已清理"})
    lead.act("note", {"note": "内部的话"})
    doors.act(child.pk, "tell", lead.town, {"words": "请注意涵洞"})
    assert across.told(link) == ["hand_over", "progress", "progress"]
    assert across.last(link)["words"] == "请注意涵洞"
    with pytest.raises(Refused) as awaited:
        lead.answer()
    assert awaited.value.code == "children_open"

    across.send(link, "close", result="已清理", words="两岸垃圾已清运三车。")
    child.refresh_from_db()
    link.refresh_from_db()
    assert (child.stage, link.state, link.number) == ("done", "closed", "JS-17")
    returned = lead.last
    assert returned.action == "returned"
    assert returned.data["site"] == TITLE
    assert "office" not in returned.data
    read = next(entry for entry in present.timeline(lead.case, lead.resident) if entry.action == "returned")
    assert ("答复", "已清理\n两岸垃圾已清运三车。") in read.fields
    who = {entry.action: entry.who for entry in present.timeline(child, lead.town)}
    assert who["accept"] == TITLE
    lead.act("issue", {"answer": "两岸垃圾已清运。"})
    assert across.told(link) == ["hand_over", "progress", "progress"]  # it is over between us


def test_what_they_refuse_for_good_is_whole_again_here(across: Across, small_city: SmallCity) -> None:
    lead = Lead(small_city)
    before = Case.objects.get(number=lead.number)
    link = hand_over(lead, across)
    error = WireError("mapping", "no category JS-LJ here", "body.category")
    applying.not_taken(Outgoing.objects.get(link=link), error)
    child = lead.children[0]
    link.refresh_from_db()
    assert (child.stage, link.state) == ("refused", "refused")
    said = Step.objects.filter(case=child).latest("seq").data
    assert said["field"] == "body.category"
    assert "category" in said["reason"]
    now = lead.case
    assert (now.stage, now.office_id, now.due_at) == (before.stage, before.office_id, before.due_at)
    assert "category" in lead.last.data["reply"]
    lead.answer()  # nothing is waited for
    assert across.told(link) == ["hand_over"]


def test_called_back_it_is_theirs_no_more(across: Across, small_city: SmallCity) -> None:
    lead = Lead(small_city)
    link = hand_over(lead, across)
    across.send(link, "accept")
    lead.act("withdraw", by=lead.resident)  # the resident wants nothing any more: the child is called back
    assert lead.children[0].stage == "withdrawn"
    assert across.told(link)[-1] == "withdraw"
    with pytest.raises(WireError) as late:
        across.send(link, "close", result="已清理", words="")
    assert late.value.code == "wrong_stage"
    link.refresh_from_db()
    assert link.state == "withdrawn"


def test_worked_on_together_it_ends_when_we_accept_their_result(
    across: Across, small_city: SmallCity
) -> None:
    lead = Lead(small_city)
    link = hand_over(lead, across, joint=True)
    across.send(link, "accept")
    across.send(link, "close", result="已清理", words="北岸已清理。")
    child = lead.children[0]
    assert (child.stage, child.party) == ("delivered", "")
    doors.act(child.pk, "agree", lead.town, {"words": "两岸均已清理。"})
    assert lead.last.action == "returned"
    assert lead.last.data["reply"] == "两岸均已清理。"


def test_what_waits_for_our_word_can_still_be_talked_about_and_called_back(
    across: Across, small_city: SmallCity
) -> None:
    lead = Lead(small_city)
    link = hand_over(lead, across, joint=True)
    across.send(link, "close", result="已清理", words="北岸已清理。")
    child = lead.children[0]
    doors.act(child.pk, "tell", lead.town, {"words": "南岸还有一处"})
    assert across.told(link) == ["hand_over", "progress"]
    doors.act(child.pk, "withdraw", lead.town, {"reason": "没有清干净，我方自己办理"})
    assert across.told(link) == ["hand_over", "progress", "withdraw"]
    link.refresh_from_db()
    assert link.state == "withdrawn"


def test_only_what_was_agreed_and_ticked_is_told_of_a_person(across: Across, small_city: SmallCity) -> None:
    data = {
        "what": "井盖破损",
        "place": INSIDE,
        "anonymous": False,
        "phone": "13800001234",
        "name": "张三",
        "email": "a@example.com",
    }
    lead = Lead(small_city, data=data)
    with pytest.raises(Refused) as not_listed:
        hand_over(lead, across, personal=["email"])
    assert not_listed.value.code == "field_not_agreed"
    assert not Access.objects.filter(case_id=lead.case.pk).exists()
    link = hand_over(lead, across, personal=["phone"])
    row = Outgoing.objects.get(link=link)
    opened = secrets.open_many([row.secret_id], lead.town, "查", lead.case.pk)
    assert "13800001234" in opened[row.secret_id]
    assert "张三" not in opened[row.secret_id]
    assert "13800001234" not in str(row.body)
    log = Access.objects.filter(case_id=lead.case.pk).earliest("pk")
    assert "毗邻网格协同协议" in log.purpose
    assert TITLE in log.purpose
    assert "hand_across" in steps(lead.case)
    assert "13800001234" not in str(lead.children[0].steps.values_list("data"))


def test_what_may_not_leave_is_not_handed_over(across: Across, small_city: SmallCity) -> None:
    lead = Lead(small_city)
    with pytest.raises(Refused) as category:
        hand_over(lead, across, category="201001")
    assert category.value.code == "category"
    with pytest.raises(Refused):
        hand_over(lead, across, offer=["00000000-0000-0000-0000-000000000000"])
    across.agreement.active = False
    across.agreement.save()
    with pytest.raises(Refused) as ended:
        hand_over(lead, across)
    assert ended.value.code == "no_agreement"
    across.agreement.active = True
    across.agreement.save()
    Case.objects.filter(number=lead.number).update(confidential=True)
    with pytest.raises(Refused) as secret:
        hand_over(lead, across)
    assert secret.value.code == "confidential"
    assert not Link.objects.exists()
