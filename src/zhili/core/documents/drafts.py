"""The text of a document: composed from its case at first, then as its versions, which are steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from zhili.base.codes import show_case_number
from zhili.core.cases import routing
from zhili.core.cases.models import Case, Step
from zhili.core.documents import letters
from zhili.core.documents.models import Letterhead, OutgoingDocument
from zhili.core.documents.sheets import Sheet, said
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.offices import tree as offices
from zhili.core.places.tree import nodes as divisions

REVISE = "revise"
SHOWN = ("title", "to", "body", "enclosures", "cc")


@dataclass(frozen=True)
class Draft:
    """A text. ``seq`` is the step it was saved by, 0 while it is only composed; ``redacted``: parts are hidden."""

    seq: int
    title: str
    to: str
    body: str
    enclosures: str = ""
    cc: str = ""
    name: str = ""
    at: datetime | None = None
    redacted: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether it still has a place the drafter must fill in."""
        return any(
            letters.BLANK in text for text in (self.title, self.to, self.body, self.enclosures, self.cc)
        )

    def as_form(self) -> dict[str, Any]:
        """What the editing form is filled with."""
        return {name: getattr(self, name) for name in (*SHOWN, "name") if getattr(self, name)}


def versions(case: Case) -> list[Step]:
    """The saved texts of a document, newest first."""
    return list(Step.objects.filter(case=case, action=REVISE).order_by("-seq"))


def current(document: OutgoingDocument, actor: Actor | None = None) -> Draft:
    """The text that counts: the issued one, else the last saved, else the composed one.

    With an ``actor``, who must be entitled to read the document, hidden parts are opened and each opening is recorded.
    """
    steps = Step.objects.filter(case=document.case, action=REVISE).order_by("-seq")
    step = steps.filter(seq=document.text_seq).first() if document.text_seq else steps.first()
    return composed(document) if step is None else read(step, actor, document.case)


def read(step: Step, actor: Actor | None, case: Case) -> Draft:
    """A saved text."""
    hidden = {name: step.data.get(f"{name}_sealed") for name in SHOWN} | {"name": step.data.get("name")}
    wanted = {name: UUID(one["secret"]) for name, one in hidden.items() if isinstance(one, dict)}
    texts = {name: str(step.data.get(name) or "") for name in SHOWN} | {"name": ""}
    if wanted and actor is not None:
        opened = secrets.open_many(wanted.values(), actor, f"制发公文{case.number}", case.pk)
        texts |= {name: opened[key] for name, key in wanted.items() if key in opened}
    return Draft(step.seq, at=step.at, redacted=bool(wanted) and actor is None, **texts)


def composed(document: OutgoingDocument) -> Draft:
    """What the template says of the case the document is about. Nothing of it is kept until somebody saves it."""
    case = document.case
    about = case.parent or case
    template = letters.find(document.template, about.scenario) or letters.REPLY
    facts = _facts(about, case.office_id)
    return Draft(
        0, template.heading.format(**facts), template.to.format(**facts), template.body.format(**facts)
    )


def _facts(about: Case, office_id: int | None) -> dict[str, str]:
    seat = offices().nodes.get(office_id or 0)
    return {
        "number": show_case_number(about.number),
        "title": about.title.rstrip("…。"),
        "opened": said(timezone.localdate(about.opened_at)),
        "office": seat.name if seat else "",
        "category": routing.directory().names.get((about.scenario, about.category), ""),
        "place": about.address or _division(about),
        "answer": _answer(about),
        "today": said(timezone.localdate()),
    }


def _division(about: Case) -> str:
    found = divisions().get(about.division_id or 0)
    return found.name if found else ""


def _answer(about: Case) -> str:
    """What the offices wrote last for the reporter, else a place to fill in."""
    steps = Step.objects.filter(case=about).order_by("-seq").only("data")
    text = next((str(step.data["answer"]) for step in steps if step.data.get("answer")), "")
    return text or f"{letters.BLANK}：调查核实的情况和处理结果】"


def sheet_of(document: OutgoingDocument, draft: Draft) -> Sheet:
    """The page of a text, under the letterhead of the office that has the document."""
    office_id = document.office_id or document.case.office_id
    letterhead = Letterhead.objects.filter(office_id=office_id or 0).first()
    seat = offices().nodes.get(office_id or 0)
    signer = seat.name if seat else ""
    return Sheet(
        head=(letterhead.head if letterhead else "") or signer,
        number=document.number,
        title=draft.title,
        to=draft.name or draft.to,
        body=draft.body,
        enclosures=tuple(line.strip() for line in draft.enclosures.split("\n") if line.strip()),
        signer=signer,
        day=document.issued_on or timezone.localdate(),
        cc=draft.cc.rstrip("。"),
        draft=not document.serial,
        void=document.voided_at is not None,
    )
