"""A document is drafted on a case, reviewed, issued under a number, and returns to its case; each version is kept."""

from dataclasses import replace

import pytest

from zhili.core.cases import doors, present, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.documents import drafts
from zhili.core.documents.letters import Template
from zhili.core.documents.models import Counter, Letterhead, OutgoingDocument
from zhili.core.documents.tests.desk import Desk
from zhili.core.forms import FormErrors
from zhili.core.streams.models import StreamEvent


def test_the_first_draft_is_written_from_the_case(desk: Desk) -> None:
    case = desk.case()
    document = desk.begin(case.case_id)
    first = drafts.current(document)
    assert first.title == "关于“建国路口窨井盖破损下沉”的答复函"
    assert "26 " in first.body
    assert "【请填写" in first.body
    assert document.case.stage == "drafting"
    assert document.case.office_id == desk.office.pk
    assert document.case.title == "答复函：建国路口窨井盖破损下沉"
    assert not document.number


def test_what_an_office_wrote_as_answer_stands_in_the_first_draft(desk: Desk) -> None:
    case = desk.case()
    doors.act(case.case_id, "draft", desk.handler, {"answer": "已更换井盖。"})
    first = drafts.current(desk.begin(case.case_id))
    assert "已更换井盖。" in first.body
    assert not first.unfinished


def test_every_saving_is_a_version_and_the_last_one_is_issued(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document, body="第一稿")
    desk.write(document, body="第二稿")
    desk.submit(document)
    doors.act(document.pk, "redraft", desk.leader, {"reason": "请写明依据"})
    desk.write(document, body="第三稿")
    desk.submit(document)
    desk.issue(document)
    assert [step.data["body"] for step in drafts.versions(document.case)] == ["第三稿", "第二稿", "第一稿"]
    assert drafts.current(document).body == "第三稿"
    assert document.text_seq == drafts.versions(document.case)[0].seq


def test_an_issued_document_has_a_number_a_date_and_returns_to_its_case(desk: Desk) -> None:
    case = desk.case()
    document = desk.issued(case.case_id)
    assert document.number == f"南湖综执复〔{document.year}〕1号"
    assert document.issued_on is not None
    returned = Step.objects.get(case_id=case.case_id, action="returned")
    assert returned.data["reply"] == document.number
    assert returned.data["public"] is True
    parent = Case.objects.get(pk=case.case_id)
    assert parent.stage == "handling", "a document does not move its case"
    entry = present.timeline(parent, desk.handler)[-1]
    assert entry.title == "公文：已签发"
    assert StreamEvent.objects.filter(type="document.issued", payload__document=document.case.number).exists()


def test_what_is_not_finished_is_not_sent_to_review(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    with pytest.raises(Refused, match="还没有保存过稿件"):
        desk.submit(document)
    desk.write(document, body="根据【请填写：依据】办理。")
    with pytest.raises(Refused, match="没有写完"):
        desk.submit(document)
    with pytest.raises(FormErrors):
        desk.write(document, body="   ")


def test_only_a_leader_of_the_same_office_issues(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document)
    desk.submit(document)
    for stranger in (desk.handler, desk.city.actor("A"), desk.city.actor("A.grid")):
        with pytest.raises(Refused):
            doors.act(document.pk, "issue", stranger)
    desk.issue(document)


def test_nobody_issues_what_they_sent_to_review_themselves(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document)
    doors.act(document.pk, "submit", desk.leader)
    with pytest.raises(Refused) as refused:
        desk.issue(document)
    assert refused.value.code == "second_person"
    doors.act(document.pk, "issue", desk.city.actor("A.zhzf", "handler", "leader"))
    assert Case.objects.get(pk=document.pk).stage == "issued"


def test_an_office_without_a_mark_keeps_its_draft_and_gets_no_number(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document)
    desk.submit(document)
    Letterhead.objects.all().delete()
    with pytest.raises(Refused, match="办文代字"):
        desk.issue(document)
    assert Case.objects.get(pk=document.pk).stage == "reviewing"
    assert Counter.objects.count() == 0


def test_an_abandoned_draft_takes_no_number(desk: Desk) -> None:
    first = desk.begin(desk.case().case_id)
    desk.write(first)
    desk.submit(first)
    doors.act(first.pk, "withdraw", desk.handler, {"reason": "不必发文"})
    assert desk.issued().serial == 1
    first.refresh_from_db()
    assert first.number == ""


def test_a_revoked_document_keeps_its_number_and_says_so(desk: Desk) -> None:
    case = desk.case()
    document = desk.issued(case.case_id)
    doors.act(document.pk, "void", desk.leader, {"reason": "所附依据有误"})
    document.refresh_from_db()
    assert document.voided_at is not None
    assert document.number.endswith("1号")
    assert Case.objects.get(pk=document.pk).stage == "voided"
    assert desk.issued().serial == 2
    returned = Step.objects.filter(case_id=case.case_id, action="returned").order_by("-seq").first()
    assert returned is not None
    assert returned.data["stage"] == "已作废"
    ends = [e.payload["final"] for e in StreamEvent.objects.filter(subject=document.pk).order_by("id")]
    assert ends.count(True) == 1, "it ended once, though it was revoked afterwards"


def test_a_scenario_may_only_use_its_own_kinds(desk: Desk) -> None:
    with pytest.raises(FormErrors):
        desk.begin(desk.case().case_id, template="catering.order")
    assert OutgoingDocument.objects.count() == 0


def test_a_scenario_adds_kinds_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Template(
        "order", "责令改正通知书", word="责", heading="关于{place}的通知书", body="{category}，编号{number}。"
    )
    known = registry.scenarios()
    monkeypatch.setitem(known, "citizen_reports", replace(known["citizen_reports"], documents=(order,)))
    document = desk.begin(desk.case().case_id, template="citizen_reports.order")
    first = drafts.current(document)
    assert first.title == "关于建设路1号的通知书"
    assert first.body.startswith("燃气泄漏，编号26 ")
    desk.write(document)
    desk.submit(document)
    assert desk.issue(document).number.startswith("南湖综执责〔")


def test_personal_values_stay_out_of_steps_and_stand_in_the_document(desk: Desk) -> None:
    document = desk.begin(desk.case().case_id)
    desk.write(document, name="张三丰", body="请于三日内致电13812345678联系。")
    kept = str(Step.objects.get(case=document.case, action="revise").data)
    assert "张三丰" not in kept
    assert "13812345678" not in kept
    blind = drafts.current(document)
    assert blind.redacted
    assert blind.name == ""
    whole = drafts.current(document, desk.handler)
    assert whole.name == "张三丰"
    assert "13812345678" in whole.body
    assert drafts.sheet_of(document, whole).to == "张三丰"


def test_the_procedure_holds(desk: Desk) -> None:
    from zhili.core.cases import check

    assert [fault for fault in check.run(database=False) if "documents" in fault] == []
    assert "draft_document" in registry.procedures()["citizen_reports.report"].actions
    assert "draft_document" not in registry.procedures()["documents.outgoing"].actions
