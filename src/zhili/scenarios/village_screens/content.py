"""The one content of a village, from which its big screen, its televisions and its phone page are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core.places.models import Cell
from zhili.core.places.tree import Node, nodes
from zhili.scenarios.village_screens import tiles, waste
from zhili.scenarios.village_screens.kinds import DUTIES, LOOP
from zhili.scenarios.village_screens.models import (
    DisclosureDetail,
    Loop,
    MotionDetail,
    NoticeDetail,
    QuestionDetail,
)

NOTICES, DISCLOSURES, MOTIONS, QUESTIONS = 20, 12, 8, 20
"""Most of each kind that are read; a village's screens show few things, and new ones."""
DISCLOSED_FOR, MOTION_FOR = timedelta(days=100), timedelta(days=180)


@dataclass(frozen=True)
class Item:
    """Something written: a notice, what was disclosed, a motion."""

    number: str
    heading: str
    body: str
    since: datetime
    until: datetime | None = None
    urgent: bool = False
    cell: str = ""
    picture: UUID | None = None
    attachment: UUID | None = None
    label: str = ""
    """Which item of the law, or how far a motion has come."""
    figures: tuple[tuple[str, str], ...] = ()
    result: str = ""


@dataclass(frozen=True)
class Answered:
    question: str
    answer: str
    on: datetime | None
    about: str = ""


@dataclass
class Content:
    division: Node
    at: datetime
    notices: list[Item] = field(default_factory=list)
    disclosures: list[Item] = field(default_factory=list)
    motions: list[Item] = field(default_factory=list)
    questions: list[Answered] = field(default_factory=list)
    tiles: list[tiles.Reading] = field(default_factory=list)
    waste: list[waste.Point] = field(default_factory=list)

    @property
    def urgent(self) -> list[Item]:
        return [one for one in self.notices if one.urgent]


def village(code: str) -> Node | None:
    """The village or community of that code; None for anything else."""
    found = (one for one in nodes().values() if one.code == code)
    return next((one for one in found if one.level == "village" and one.valid_to is None), None)


def of(division: Node, now: datetime | None = None, *, cell_id: int | None = None) -> Content:
    """Everything shown now. With a cell, notices for other cells are left out."""
    now = now or timezone.now()
    return Content(
        division,
        now,
        notices=notices(division, now, cell_id),
        disclosures=disclosures(division, now),
        motions=motions(division, now),
        questions=questions(division),
        tiles=tiles.of(division.id, now),
        waste=waste.of(division.id),
    )


def loop(division_id: int) -> Loop:
    """How the television runs; not saved until somebody alters it."""
    return Loop.objects.filter(division_id=division_id).first() or Loop(
        division_id=division_id, kinds=[kind for kind, _s in LOOP], seconds=[seconds for _k, seconds in LOOP]
    )


def notices(division: Node, now: datetime, cell_id: int | None = None) -> list[Item]:
    """Approved, begun and not over; urgent ones first, then the newest. The clock's step may come a little later."""
    found = NoticeDetail.objects.filter(
        division_id=division.id, case__stage="shown", starts_at__lte=now, ends_at__gt=now
    )
    if cell_id is not None:
        found = found.filter(Q(cell_id=None) | Q(cell_id=cell_id))
    rows = list(found.select_related("case").order_by("-urgent", "-starts_at", "-pk")[:NOTICES])
    cells = dict(Cell.objects.filter(pk__in=[one.cell_id for one in rows]).values_list("pk", "name"))
    return [
        Item(
            one.case.number,
            one.heading,
            one.body,
            max(one.starts_at, one.approved_at or one.starts_at),
            one.ends_at,
            one.urgent,
            cells.get(one.cell_id or 0, ""),
            one.picture,
        )
        for one in rows
    ]


def disclosures(division: Node, now: datetime) -> list[Item]:
    found = DisclosureDetail.objects.filter(
        division_id=division.id, case__stage="published", approved_at__gt=now - DISCLOSED_FOR
    )
    titles = {one.key: one.title for one in DUTIES}
    return [
        Item(
            one.case.number,
            one.heading,
            one.body,
            one.approved_at or now,
            picture=one.picture,
            attachment=one.attachment,
            label=_(titles.get(one.item, one.item)),
            figures=((_("期间"), f"{one.first:%Y-%m-%d} – {one.last:%Y-%m-%d}"),),
        )
        for one in found.select_related("case").order_by("-approved_at")[:DISCLOSURES]
    ]


def motions(division: Node, now: datetime) -> list[Item]:
    """Decisions made public, with how many were there and how they voted."""
    found = MotionDetail.objects.filter(
        division_id=division.id,
        case__stage__in=("published", "reported", "done"),
        approved_at__gt=now - MOTION_FOR,
    )
    return [
        Item(
            one.case.number,
            one.heading,
            one.resolution,
            one.approved_at or now,
            picture=one.picture,
            label=_("实施结果已公开") if one.result_at else _("决议已公开，实施中"),
            figures=(
                (_("应到"), _("%d 人") % (one.entitled or 0)),
                (_("实到"), _("%d 人") % (one.present or 0)),
                (_("同意"), _("%d 人") % (one.agreed or 0)),
                (_("不同意"), _("%d 人") % (one.against or 0)),
                (_("弃权"), _("%d 人") % (one.abstained or 0)),
            ),
            result=one.result if one.result_at else "",
        )
        for one in found.select_related("case").order_by("-approved_at")[:MOTIONS]
    ]


def questions(division: Node) -> list[Answered]:
    found = QuestionDetail.objects.filter(division_id=division.id, case__stage="answered")
    rows = list(found.select_related("case").order_by("-case__answered_at")[:QUESTIONS])
    about = DisclosureDetail.objects.filter(pk__in=[one.about_id for one in rows if one.about_id])
    headings = dict(about.values_list("pk", "heading"))
    return [
        Answered(one.question, one.answer, one.case.answered_at, headings.get(one.about_id or 0, ""))
        for one in rows
    ]
