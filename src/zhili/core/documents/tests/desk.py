"""An office at work on documents: a case in its hands, a drafter, a leader, and the steps between."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import pytest

from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.documents import inspecting, press, printing, verifying
from zhili.core.documents.models import Letterhead, OutgoingDocument
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.streams.testing import deliver

REPORT = "citizen_reports.report"
TEXT = {
    "title": "关于窨井盖破损问题的答复函",
    "to": "上报人",
    "body": "您好！反映的问题收悉，现答复如下：\n一、基本情况\n井盖边缘翘起约4厘米。\n感谢您的支持。",
}


class Desk:
    """The law-enforcement department of county A."""

    def __init__(self, city: SmallCity, mark: str = "南湖综执") -> None:
        self.city = city
        self.office = city.department
        self.handler = city.actor("A.zhzf", "handler")
        self.leader = city.actor("A.zhzf", "leader")
        self.letterhead = Letterhead.objects.create(office=self.office, mark=mark)

    def case(self, opener: Actor = ANONYMOUS, **more: Any) -> doors.Opened:
        """A report the department is handling."""
        data = {"what": "建国路口窨井盖破损下沉", "place": INSIDE, "category": "204003", **more}
        opened = doors.open_case(REPORT, "report", opener, data)
        assert Case.objects.get(pk=opened.case_id).office_id == self.office.pk
        doors.act(opened.case_id, "accept", self.handler, {})
        return opened

    def begin(self, case: int, template: str = "reply") -> OutgoingDocument:
        doors.act(case, "draft_document", self.handler, {"template": template})
        return OutgoingDocument.objects.filter(case__parent_id=case).latest("pk")

    def write(self, document: OutgoingDocument, **text: Any) -> None:
        doors.act(document.pk, "revise", self.handler, {**TEXT, **text})

    def submit(self, document: OutgoingDocument) -> None:
        doors.act(document.pk, "submit", self.handler)

    def issue(self, document: OutgoingDocument) -> OutgoingDocument:
        doors.act(document.pk, "issue", self.leader)
        document.refresh_from_db()
        return document

    def issued(self, case: int | None = None, **text: Any) -> OutgoingDocument:
        """From nothing to issued."""
        document = self.begin(case if case is not None else self.case().case_id)
        self.write(document, **text)
        self.submit(document)
        return self.issue(document)


@cache
def lacks() -> str:
    return printing.missing()


def needs_press() -> None:
    """Skip where this machine cannot print."""
    if lacks():
        pytest.skip(f"no Pango on this machine: apt-get install libpango-1.0-0 libpangoft2-1.0-0 ({lacks()})")


def nearby(module: str, job: dict[str, Any], seconds: int) -> dict[str, Any]:
    """The work of ``aside.run`` in this very process: a second quicker each time. test_hostile_text does without."""
    if module == printing.PRESS:
        given = job.get("tagged", True), job.get("attached")
        return press.press(job["html"], job["styles"], job["marks"], *given)
    assert module == verifying.INSPECTOR
    return inspecting.inspect(base64.b64decode(job["pdf"]), job["known"])


def queue() -> None:
    """What the worker's stream does with the events so far."""
    from zhili.core.documents.rendering import Documents

    deliver(Documents())
