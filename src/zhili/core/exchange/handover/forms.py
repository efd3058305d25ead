"""The forms of handing over: what we ask, and what another site's message says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.core.documents.forms import Assigned
from zhili.core.exchange.handover import agreed
from zhili.core.files.models import File
from zhili.core.forms import Bool, Choice, DateTime, Form, Integer, LongText, MultiChoice, Text

MOST_DAYS = 366
WORDS = 4_000


LONGEST_NAME = 100


class NamedOne(Choice):
    """A name picked on the page of its own; which there are depends on the case, so the step's effect looks at it."""

    def pick(self, raw: Any, allowed: set[str]) -> str:
        if isinstance(raw, str) and 0 < len(name := raw.strip()) <= LONGEST_NAME:
            return name
        return super().pick(raw, allowed)


class Named(NamedOne, MultiChoice):
    """Several of them."""


class Which(Choice):
    """An agreement, by its id: told by its title, also when it is no longer in force."""

    def in_words(self, value: Any, answers: Mapping[str, Any]) -> str | None:
        return agreed.edition_title(str(value))


class TheirCategory(NamedOne):
    """A code of the other site's: told as the agreement calls it."""

    def in_words(self, value: Any, answers: Mapping[str, Any]) -> str | None:
        return agreed.category_title(str(value), str(answers.get("agreement") or ""))


class TheirCategoryText(Text):
    """The same on the child, which keeps it as text."""

    def in_words(self, value: Any, answers: Mapping[str, Any]) -> str | None:
        return agreed.category_title(str(value), str(answers.get("agreement") or ""))


class Attached(Named):
    """Files of the case, by their ids: told by their names."""

    def in_words(self, value: Any, answers: Mapping[str, Any]) -> str | None:
        wanted = [str(one) for one in value] if isinstance(value, list) else []
        known = {str(pk): name for pk, name in File.objects.filter(pk__in=wanted).values_list("pk", "name")}
        return "、".join(known.get(one) or _("已不在的文件") for one in wanted)


class HandAcross(Form):
    """Filled in on a page of its own, where what is sent is shown before it is sent."""

    own_page = "across"

    agreement = Which("移交给谁，依哪份协议", choices=agreed.choices, required=True)
    category = TheirCategory("对方的分类", required=True)
    what = LongText(
        "请对方做什么",
        required=True,
        max_length=2000,
        help="写给对方单位看：是什么事，请他们做什么。不写姓名和电话。",
    )
    offer = Attached("随附文件", help=gettext_noop("对方需要时才来取。"))
    personal = Named("一并提供的个人信息", help="只能是协议列明的；每提供一项都会留痕，本人看得到。")
    joint = Bool("联合办理", help="勾选后两边都不结案，对方办完由您确认。")
    days = Integer("请对方在几天内办完", min=1, max=MOST_DAYS, help="不填则按协议的时限。")
    site = Assigned("移交给", max_length=80, public=True)


class Handed(Form):
    """How the child begins: what its parent's step says."""

    agreement = Text("协议", required=True, max_length=300)
    site = Text("移交给", required=True, max_length=80)
    category = TheirCategoryText("对方的分类", required=True, max_length=100)
    what = LongText("请对方做什么", required=True, max_length=2000)
    joint = Bool("联合办理")
    days = Integer("几天内办完", required=True, min=1, max=MOST_DAYS)
    offered = Integer("随附文件（个）", min=0)
    personal = Named("一并提供的个人信息")


class Reason(Form):
    reason = LongText("理由", required=True, max_length=1000, public=True, help="对方会读到。")


class Word(Form):
    words = LongText("告诉对方", required=True, max_length=2000, public=True, help="对方单位会读到。")


class Confirm(Form):
    words = LongText("结果", required=True, max_length=WORDS, public=True, help="上报人会读到。")


# --- what another site's message says: nobody here fills these in ---------------------------------------


class Accepted(Form):
    office = Text("对方承办单位", max_length=200, public=True)
    reference = Text("对方编号", max_length=100)
    words = LongText("说明", max_length=WORDS, public=True)
    due = DateTime("对方的期限", public=True)
    at = DateTime("对方办理时间")


class Told(Form):
    stage = Text("对方进展到", max_length=100, public=True)
    office = Text("对方单位", max_length=200, public=True)
    words = LongText("内容", max_length=WORDS, public=True)
    at = DateTime("对方办理时间")


class Ended(Form):
    reason = LongText("理由", required=True, max_length=2000, public=True)
    office = Text("对方单位", max_length=200)
    at = DateTime("对方办理时间")


class Closed(Form):
    result = Text("结果", required=True, max_length=200, public=True)
    words = LongText("办理情况", max_length=WORDS, public=True)
    satisfied = Bool("上报人满意", default=None)
    office = Text("对方单位", max_length=200)
    at = DateTime("对方办理时间")


class NotTaken(Form):
    """Why another site's machine did not take it: the protocol's error, and the field at fault."""

    reason = LongText("对方没有收下", required=True, max_length=1000, public=True)
    field = Text("哪一项不对", max_length=200)
    code = Text("错误代码", max_length=40)
