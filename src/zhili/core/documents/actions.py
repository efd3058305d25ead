"""What a step of a document does beyond moving it: the number is given here, in the transaction that issues."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.documents import drafts, letters, numbering
from zhili.core.documents.models import Letterhead, OutgoingDocument

TITLE_LENGTH = 120
ISSUED, VOIDED = "document.issued", "document.voided"
"""Events on the case a document is about, for notices to its reporter."""


def begin(change: Change) -> None:
    """Keep which kind it is; until it has a title of its own it is called after its case."""
    key = change.values["template"]
    scenario = change.parent.scenario if change.parent else change.case.scenario
    template = letters.find(key, scenario)
    if template is None:
        raise Refused("no_template", _("这类事项没有这种文书，请换一种"), 422)
    change.detail["template"] = key
    about = change.parent.title if change.parent else ""
    change.case.title = f"{template.title}：{about}"[:TITLE_LENGTH]


def revise(change: Change) -> None:
    """A new version: the case is called by its title, without what is personal."""
    change.case.title = redact(change.values["title"])[:TITLE_LENGTH]


def submit(change: Change) -> None:
    """Only a saved text with nothing left to fill in goes to review."""
    _finished(change)


def issue(change: Change) -> None:
    """Give it its number and date. Rolled back with them, no number is lost."""
    draft = _finished(change)
    office_id = change.case.office_id
    letterhead = Letterhead.objects.filter(office_id=office_id or 0).first()
    if letterhead is None:
        words = _("本单位还没有设办文代字，不能编号签发；请管理员设好后再签发，稿件已保留")
        raise Refused("no_letterhead", words, 409)
    document = _document(change)
    scenario = change.parent.scenario if change.parent else ""
    template = letters.find(document.template, scenario)
    day = timezone.localdate(change.at)
    mark = letterhead.mark + (template.word if template else "")
    serial = numbering.take(mark, day.year)
    document.mark, document.year, document.serial = mark, day.year, serial
    change.detail.update(
        office_id=office_id,
        mark=mark,
        year=day.year,
        serial=serial,
        issued_on=day.isoformat(),
        text_seq=draft.seq,
    )
    change.values.update(number=document.number, title=redact(draft.title))


def void(change: Change) -> None:
    """The number stays taken."""
    document = _document(change)
    change.detail["voided_at"] = change.at.isoformat()
    change.values.update(number=document.number)


def tell_the_case(parent: Change, child: Change) -> None:
    """What an issue or a revocation means to the case the document is about: its reporter is told."""
    kind = {"issue": ISSUED, "void": VOIDED}.get(child.action.name)
    if kind is not None:
        parent.events.append((kind, {**parent.payload(), "action": kind, "document": child.case.number}))


def _finished(change: Change) -> drafts.Draft:
    draft = drafts.current(_document(change))
    if draft.seq == 0:
        raise Refused("no_draft", _("还没有保存过稿件：请先改好正文并保存"), 409)
    if draft.unfinished:
        raise Refused("unfinished", _("稿件里还有“【请填写”的地方没有写完，请写好或删去后再办"), 409)
    return draft


def _document(change: Change) -> OutgoingDocument:
    found = OutgoingDocument.objects.select_related("case").filter(pk=change.case.pk).first()
    if found is None:
        raise Refused("no_document", _("这件事项没有公文"), 409)
    return found
