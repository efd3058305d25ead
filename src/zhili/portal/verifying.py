"""Any file of ours that a stranger brings: what kind it is, what was checked of it, what holds, what not, and why."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from zhili.base.codes import show_case_number
from zhili.core.cases.models import Case
from zhili.core.documents import verifying as documents
from zhili.core.documents.verifying import Finding
from zhili.core.draws import checking as draws
from zhili.core.trail import bundles, checking, comparing, folders, heads, keys, paper
from zhili.core.trail.checking import Checked, NotOurs, Point

UNPACKED = 512 << 20
"""Bytes a bag may unfold to on this page; what is larger is checked at home."""
GOOD, BAD, OPEN = "good", "bad", "open"


@dataclass(frozen=True)
class Step:
    """What a leaf of the file says, for telling."""

    said: str
    at: datetime | None


@dataclass
class Looked:
    """What is told of one file. ``state``: good, bad, or open where nothing can be said."""

    state: str
    headline: str
    title: str = ""
    points: list[Point] = field(default_factory=list)
    beside: list[Point] = field(default_factory=list)
    """What this site knows beyond the file: whether it fits today's tree."""
    steps: list[Step] = field(default_factory=list)
    key: str = ""
    document: Finding | None = None

    @property
    def faults(self) -> list[Point]:
        return [one for one in (*self.points, *self.beside) if not one.holds]

    @property
    def sound(self) -> list[Point]:
        return [one for one in (*self.points, *self.beside) if one.holds]


def look(data: bytes) -> Looked:
    """Check one file. Raises documents' Busy, aside.Lacking, aside.Failed for PDFs that are no receipt."""
    if data.startswith(b"%PDF-"):
        return _receipt_pdf(data) if paper.holds_receipt(data) else _document(data)
    if data.startswith(b"PK\x03\x04"):
        return _bag(data)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and found.get("format") == draws.FORMAT:
        return _draw(found)
    try:
        file = checking.read(data)
    except NotOurs as error:
        words = _("读不懂：这不是凭据、抽签文件或文书")
        return Looked(OPEN, words, points=[Point("file", False, str(error))])
    return _told(checking.check(file, keys.vkeys()))


def _receipt_pdf(data: bytes) -> Looked:
    try:
        return _told(paper.check(data, keys.vkeys()))
    except NotOurs as error:
        return Looked(BAD, _("已被改动或残缺"), points=[Point("file", False, str(error))])


def _bag(data: bytes) -> Looked:
    """A bag of evidence as a ZIP: its files, its proofs, and whether they fit today's tree."""
    try:
        with folders.unpacked(io.BytesIO(data), UNPACKED) as folder:
            found = folders.check(folder, keys.vkeys())
    except NotOurs as error:
        return Looked(
            OPEN, _("读不懂：这不是凭据、抽签文件或文书"), points=[Point("file", False, str(error))]
        )
    points = list(found.points)
    told = [_told(one) for one in found.proofs.values()]
    for one in told:
        points += [
            Point(p.part, p.holds, f"{one.title}：{p.words}" if one.title else p.words) for p in one.points
        ]
    beside = [point for one in told for point in one.beside]
    proven = found.proven()
    if proven:
        points.append(Point("file", True, _("%(n)s 个文件有存证记录证明") % {"n": len(proven)}))
    holds = found.holds and all(one.state == GOOD for one in told)
    headline = _("有效：每一项都成立，没有改动") if holds else _("不成立：有的部分对不上")
    key = next((one.key for one in told if one.key), "")
    return Looked(GOOD if holds else BAD, headline, "", points, beside[:1], [], key)


def _told(checked: Checked) -> Looked:
    """A checked file in words, with what this site knows beside it."""
    beside = _beside(checked) if checked.holds else []
    holds = checked.holds and all(one.holds for one in beside)
    promised = holds and any(leaf.index is None for leaf in checked.leaves)
    headline = (
        _("有效：有本站签名的承诺，正在编入存证树")
        if promised
        else _("有效：每一项都成立，没有改动")
        if holds
        else _("不成立：有的部分对不上")
    )
    about = checked.about
    number = str(about.get("number") or "")
    title = " ".join(one for one in (_spaced(number), str(about.get("title") or "")) if one)
    steps = [Step(leaf.said, _moment(leaf.body.get("at"))) for leaf in checked.leaves]
    points = _gathered(checked.points)
    return Looked(GOOD if holds else BAD, headline, title, points, beside, steps, checked.key)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _gathered(points: list[Point]) -> list[Point]:
    """What holds of every single leaf in one line each, since a matter may have forty steps; every fault by itself."""
    kept = [one for one in points if not one.holds or one.part not in ("proof", "seal")]
    for part, words in (
        ("proof", _("%(n)s 条记录的收录证明成立")),
        ("seal", _("%(n)s 条记录写的内容与封印相符")),
    ):
        if number := sum(one.holds and one.part == part for one in points):
            kept.append(Point(part, True, words % {"n": number}))
    return kept


def _beside(checked: Checked) -> list[Point]:
    found = []
    if checked.head is not None:
        compared = comparing.with_today(checked.checkpoint)
        if compared.consistent is not None:
            found.append(Point("today", compared.consistent, compared.words))
    if checked.promised:
        found.append(_kept(checked))
    return [one for one in found if one.words]


def _kept(checked: Checked) -> Point:
    """What became of the leaves that were promised: asked of a promise this site signed, and of nothing else."""
    case = Case.objects.filter(number=str(checked.about.get("number") or "")).first()
    if case is None or checked.about.get("kind") != "case":
        return Point("promise", True, "")
    waiting = {leaf.body["what"].get("seq") for leaf in checked.leaves if leaf.index is None}
    leaves = bundles.steps_of(case.pk)
    numbers = [heads.number_of(leaves[seq]) for seq in sorted(waiting & set(leaves))]
    if len(numbers) == len(waiting) and None not in numbers:
        return Point("promise", True, _("承诺已经兑现：这些记录都有了编号。再下载一次凭据，就有证明。"))
    return Point("promise", True, _("承诺的记录还没有全部编号，请稍后再看。"))


def _spaced(number: str) -> str:
    try:
        return show_case_number(number)
    except ValueError:
        return number


def _draw(found: Mapping[str, Any]) -> Looked:
    faults = draws.faults(found)
    title = str(found.get("purpose") or "")
    if faults:
        return Looked(BAD, _("抽签文件对不上"), title, [Point("file", False, one) for one in faults])
    points = [
        _("名单与公布的摘要一致"),
        _("公布记录属实，早于种子"),
    ]
    if found.get("state") == "drawn":
        points += [_("种子串由公布的来源得出"), _("重新抽出的结果完全相同")]
    return Looked(
        GOOD, _("有效：照样再抽一遍，结果相同"), title, [Point("file", True, one) for one in points]
    )


def _document(data: bytes) -> Looked:
    found = documents.verify(data)
    state = BAD if found.state == "altered" or found.void else GOOD if found.state == "valid" else OPEN
    return Looked(state, _(found.words), document=found)
