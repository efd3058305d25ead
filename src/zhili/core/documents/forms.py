"""The forms of a document: which kind, its text, and what the office says when it decides."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar

from zhili.base.procedure import Procedure
from zhili.core.documents import letters
from zhili.core.forms import Choice, Form, LongText, Personal, Text

ADDRESSEE_SEEN_BY = "本文件的拟稿、审核人员和收件人"
LONGEST = 60_000
"""Characters of a text: about a hundred pages."""


class Assigned(Text):
    """A value that is not asked: the step's own effect gives it, and what a sender gives is dropped."""

    partial: ClassVar[str] = "assigned"

    def empty(self, raw: object) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "readOnly": True}

    def columns(self) -> list[Any]:
        return []


class Fingerprint(Assigned):
    """Letters and digits of a machine, in which nobody is to look for telephone numbers."""

    type = "fingerprint"


class Begin(Form):
    template = Choice("文种", choices=letters.choices, required=True)


def begin_for(procedure: type[Procedure]) -> type[Form]:
    """The form that begins a document on a case of a procedure: the kinds its scenario may use."""
    of_scenario: Callable[[], Iterable[Any]] = partial(letters.choices_for, procedure.scenario)
    kind = Choice("文种", choices=of_scenario, required=True, help="正文先按事项填好，再由您修改。")
    return type("BeginHere", (Form,), {"template": kind})


class Writing(Form):
    """The document itself. Each saving is a version."""

    own_page = "document"

    title = Text("标题", required=True, max_length=100, public=True)
    to = Text("主送", max_length=100, default="上报人", help="写机关或称呼；收件人姓名填在下一项。")
    name = Personal(
        "收件人姓名",
        kind="name",
        seen_by=ADDRESSEE_SEEN_BY,
        help="可以不填；填了就印在主送的位置。",
    )
    body = LongText(
        "正文", required=True, max_length=LONGEST, help="一行是一段；“一、”“（一）”开头的短行排成小标题。"
    )
    enclosures = LongText("附件", max_length=1000, help="一行写一个附件的名称。")
    cc = Text("抄送", max_length=200)


class Issue(Form):
    number = Assigned("发文字号", max_length=60, public=True)
    title = Assigned("标题", max_length=100)
    """Not told with the result on a public page: a title may name somebody, which no machine sees."""


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000)


class Made(Form):
    """What the press reports; nobody fills it in."""

    sha256 = Fingerprint("PDF的SHA-256", max_length=64, public=True)
    seal = Fingerprint("签章证书", max_length=64)
    pages = Fingerprint("页数", max_length=6)


class Void(Form):
    number = Assigned("发文字号", max_length=60, public=True)
    reason = LongText("理由", required=True, max_length=1000, public=True)
