"""Days: written by the crew's leader, confirmed by worker, leader and firm, and read by whoever works out wages.

A crew is confirmed in one transaction of a handful of statements, whatever its size: each confirmation is a row and a
leaf of its own, but rows and leaves are written together (``doors.record_many``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.text import redact
from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages import holidays
from zhili.scenarios.wages.kinds import ROLES
from zhili.scenarios.wages.models import Confirmation, Crew, DayLine, DaySheet, DisputeDetail, Project, Worker

RECORD: Final = "wages_day"
"""The kind of a confirmation's leaf, and of the event that tells of a batch of them (``record.wages_day``)."""
MOST_TENTHS: Final = 20
DISPUTE: Final = "wages.dispute"
RULE: Final = Actor(kind="rule", label="考勤异议")


@dataclass(frozen=True)
class ConfirmedDay:
    """A day that all three confirmed. ``tenths`` of a day; ``leaves``: of firm, leader, worker, in this order."""

    engagement_id: int
    date: date
    tenths: int
    overtime_minutes: int
    pieces: int
    kind: holidays.Kind
    leaves: tuple[int, ...]


@dataclass(frozen=True)
class Given:
    """What a leader writes of one worker's day."""

    engagement_id: int
    tenths: int = 10
    overtime_minutes: int = 0
    pieces: int = 0
    note: str = ""


@dataclass(frozen=True)
class Said:
    """What one of the three says of a line. ``how``: account, grant or pad (kinds.HOW)."""

    line_id: int
    role: str
    verdict: str = "agree"
    said: str = ""
    how: str = "account"


@dataclass(frozen=True)
class Lacking:
    """A line that is not confirmed: who has not said anything yet, and who said no."""

    crew_id: int
    date: date
    engagement_id: int
    line_id: int
    missing: tuple[str, ...]
    disputed: tuple[str, ...]


LATEST: Final = """
WITH latest AS (
    SELECT DISTINCT ON (l.sheet_id, l.engagement_id)
           l.id, l.engagement_id, l.tenths, l.overtime_minutes, l.pieces, s.date, s.crew_id
    FROM wages_crew c
    JOIN wages_daysheet s ON s.crew_id = c.id AND s.date >= %(since)s AND s.date < %(before)s {only}
    JOIN wages_dayline l ON l.sheet_id = s.id
    WHERE c.project_id = %(project)s
    ORDER BY l.sheet_id, l.engagement_id, l.number DESC
), said AS (
    SELECT DISTINCT ON (c.line_id, c.role) c.line_id, c.role, c.verdict, c.leaf_id
    FROM wages_confirmation c JOIN latest ON latest.id = c.line_id
    ORDER BY c.line_id, c.role, c.id DESC
)
"""
CONFIRMED: Final = (
    LATEST.format(only="")
    + """
SELECT latest.engagement_id, latest.date, latest.tenths, latest.overtime_minutes, latest.pieces,
       array_agg(said.leaf_id ORDER BY said.role)
FROM latest JOIN said ON said.line_id = latest.id AND said.verdict = 'agree'
GROUP BY latest.id, latest.engagement_id, latest.date, latest.tenths, latest.overtime_minutes, latest.pieces
HAVING count(*) = 3
ORDER BY latest.engagement_id, latest.date, latest.id
"""
)
LACKING: Final = (
    LATEST.format(only="AND s.lacking > 0")
    + """
SELECT latest.crew_id, latest.date, latest.engagement_id, latest.id,
       coalesce(array_agg(said.role) FILTER (WHERE said.verdict = 'agree'), '{}'),
       coalesce(array_agg(said.role) FILTER (WHERE said.verdict = 'dispute'), '{}')
FROM latest LEFT JOIN said ON said.line_id = latest.id
GROUP BY latest.crew_id, latest.date, latest.engagement_id, latest.id
HAVING count(*) FILTER (WHERE said.verdict = 'agree') < 3
ORDER BY latest.date, latest.crew_id, latest.id
"""
)


def confirmed(project: Project, month: date) -> Iterable[ConfirmedDay]:
    """The days of a month (any day of it) that all three confirmed, by engagement and date. One query.

    A line that was corrected counts as it stands now, with what was said of it since.
    """
    since, before = month_of(month)
    with connection.cursor() as cursor:
        cursor.execute(CONFIRMED, {"project": project.pk, "since": since, "before": before})
        rows = cursor.fetchall()
    kinds = {day: holidays.kind(day) for day in {row[1] for row in rows}}
    return [
        ConfirmedDay(engagement, day, tenths, overtime, pieces, kinds[day], tuple(leaves))
        for engagement, day, tenths, overtime, pieces, leaves in rows
    ]


def lacking(project: Project, since: date, before: date) -> list[Lacking]:
    """The lines of ``since`` ≤ date < ``before`` that are not confirmed by all three. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LACKING, {"project": project.pk, "since": since, "before": before})
        rows = cursor.fetchall()
    return [
        Lacking(
            crew,
            day,
            engagement,
            line,
            tuple(one for one in ROLES if one not in {*agreed, *disputed}),
            tuple(disputed),
        )
        for crew, day, engagement, line, agreed, disputed in rows
    ]


def month_of(day: date) -> tuple[date, date]:
    """The first day of its month, and the first of the next."""
    first = day.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def sheet_of(crew: Crew, day: date) -> DaySheet:
    """The sheet of a crew's day, begun when there is none. Raises Refused for a day that has not come."""
    if day > timezone.localdate():
        raise Refused("not_yet", _("这一天还没有到，不能记考勤"), 422)
    sheet, _new = DaySheet.objects.get_or_create(crew=crew, date=day, defaults={"opened_at": timezone.now()})
    return sheet


def lines_of(sheet: DaySheet) -> list[DayLine]:
    """The lines of a sheet as they stand now, with their workers. One query."""
    rows = DayLine.objects.filter(sheet=sheet).select_related("engagement__worker")
    return list(rows.order_by("engagement_id", "-number").distinct("engagement_id"))


def write(sheet: DaySheet, given: Sequence[Given]) -> list[DayLine]:
    """Put down what each did; a line that is as it was stays. Returns the lines given, as they stand now.

    Raises Refused: for somebody who is not in the crew that day, a figure no day can have, a change without a reason.
    """
    with transaction.atomic():
        DaySheet.objects.select_for_update().get(pk=sheet.pk)
        there = {
            one.pk: one
            for one in sheet.crew.engagements.select_related("worker")
            if one.starts <= sheet.date and (one.ends is None or one.ends >= sheet.date)
        }
        now = {line.engagement_id: line for line in lines_of(sheet)}
        made, kept = [], []
        for one in given:
            engagement = there.get(one.engagement_id)
            if engagement is None:
                raise Refused("not_there", _("有人这一天不在这个班组，没有收下，请核对名单"), 422)
            _check_figures(one)
            former = now.get(one.engagement_id)
            if former is not None and _figures(former) == _figures(one):
                kept.append(former)
                continue
            note = redact(" ".join(one.note.split()))[:200]
            if former is not None and not note:
                words = _("%(code)s 这一天已经记过，要改请写明原因") % {"code": engagement.worker.code}
                raise Refused("no_reason", words, 422)
            number = former.number + 1 if former else 1
            line = DayLine(sheet=sheet, engagement=engagement, number=number, note=note)
            line.tenths, line.overtime_minutes, line.pieces = _figures(one)
            made.append(line)
        DayLine.objects.bulk_create(made)
        standing = [one.pk for one in (now | {one.engagement_id: one for one in made}).values()]
        _count(sheet, standing, _verdicts(_last_words(standing)))
    return [*kept, *made]


def confirm(actor: Actor, sheet: DaySheet, said: Sequence[Said]) -> list[Confirmation]:
    """Keep what was said of lines of one sheet; whether ``actor`` may speak so is the caller's (who.py).

    One transaction: eight statements or so for any number. What was said before in the same words is left as it is.
    Raises Refused for a line that was corrected meanwhile, for a no without a word, and when a firm says yes to more
    than two days' work of one worker on one day (two sites): nothing is kept then.
    """
    with transaction.atomic():
        sheet = (
            DaySheet.objects.select_for_update(of=("self",))
            .select_related("crew__project__case")
            .get(pk=sheet.pk)
        )
        lines = {one.pk: one for one in lines_of(sheet)}
        if any(one.line_id not in lines for one in said):
            raise Refused("stale_line", _("这一天的记录刚才改过，请看过新的记录再确认"), 409)
        if any(one.verdict == "dispute" and not one.said.strip() for one in said):
            raise Refused("no_words", _("不同意请写一句哪里不对"), 422)
        last = _last_words(lines)
        new = [one for one in said if not _same(last.get((one.line_id, one.role)), one)]
        agreed = [lines[one.line_id] for one in new if one.role == "firm" and one.verdict == "agree"]
        if agreed:
            _check_one_day_each(sheet, agreed)
        rows = [
            Confirmation(
                line=lines[one.line_id],
                role=one.role,
                verdict=one.verdict,
                said=redact(" ".join(one.said.split()))[:300],
                how=one.how,
                account_id=actor.account_id,
            )
            for one in new
        ]
        project = sheet.crew.project
        told = {"project": project.pk, "crew": sheet.crew_id, "date": sheet.date.isoformat()}
        number = project.case.number
        facts = [(public(row, number, sheet.date), private(row)) for row in rows]
        for row, kept in zip(rows, doors.record_many(RECORD, actor, facts, told), strict=True):
            row.at, row.leaf_id, row.salt = kept.at, kept.leaf_id, kept.salt
        made = Confirmation.objects.bulk_create(rows)
        _count(sheet, lines, _verdicts(last) | {(row.line_id, row.role): row.verdict for row in made})
        for row in made:
            if row.verdict == "dispute":
                _raise(row, project)
        return made


def _last_words(lines: Collection[int]) -> dict[tuple[int, str], Confirmation]:
    """What each of the three said last of each line. One query."""
    known = Confirmation.objects.filter(line__in=list(lines)).order_by("line_id", "role", "id")
    return {(one.line_id, one.role): one for one in known}


def _verdicts(words: dict[tuple[int, str], Confirmation]) -> dict[tuple[int, str], str]:
    return {said: one.verdict for said, one in words.items()}


def _count(sheet: DaySheet, lines: Collection[int], verdicts: dict[tuple[int, str], str]) -> None:
    """Keep at a sheet, whose row is held, how many of its lines lack somebody's yes."""
    lacking = sum(any(verdicts.get((line, role)) != "agree" for role in ROLES) for line in lines)
    DaySheet.objects.filter(pk=sheet.pk).update(lacking=lacking)


def _raise(row: Confirmation, project: Project) -> None:
    """A no becomes a case, unless one about that line is open already. What was said stands in both."""
    if DisputeDetail.objects.filter(line=row.line, case__closed_at=None).exists():
        return
    data = {"project": project.pk, "line": row.line_id, "role": row.role, "what": row.said}
    doors.open_case(
        DISPUTE, "disagree", RULE, data, key=f"wages.dispute/{row.line_id}/{row.role}/{row.leaf_id}"
    )


def public(row: Confirmation, number: str, day: date) -> dict[str, Any]:
    """What the leaf says to everybody: of which project and day, in which part somebody spoke. Not who, not what."""
    return {"project": number, "day": day.isoformat(), "role": row.role}


def private(row: Confirmation) -> dict[str, Any]:
    """What it commits to: the verdict, and the whole line as it was when it was spoken of."""
    line = row.line
    return {
        "line": line.pk,
        "sheet": line.sheet_id,
        "engagement": line.engagement_id,
        "number": line.number,
        "tenths": line.tenths,
        "overtime_minutes": line.overtime_minutes,
        "pieces": line.pieces,
        "note": line.note,
        "verdict": row.verdict,
        "said": row.said,
        "how": row.how,
        "account": row.account_id,
    }


def _same(former: Confirmation | None, one: Said) -> bool:
    return former is not None and former.verdict == one.verdict


def _figures(one: Given | DayLine) -> tuple[int, int, int]:
    return one.tenths, one.overtime_minutes, one.pieces


def _check_figures(one: Given) -> None:
    if not 0 <= one.tenths <= MOST_TENTHS:
        raise Refused("bad_day", _("一天最多记 2 个工（两班），请改正"), 422)
    if not 0 <= one.overtime_minutes <= 960 or one.tenths * 48 + one.overtime_minutes > 24 * 60:
        raise Refused("bad_overtime", _("出工和加班加起来超过 24 小时，请改正"), 422)
    if not 0 <= one.pieces <= 1_000_000:
        raise Refused("bad_pieces", _("件数应是 0 到 1000000 的整数，请改正"), 422)


def _check_one_day_each(sheet: DaySheet, lines: Sequence[DayLine]) -> None:
    """Nobody works more than two shifts in a day over all sites together: what firms said yes to. One query for most.

    Of two firms that say yes to the same worker at the same moment, the second waits for the first.
    """
    workers = {line.engagement.worker_id: line for line in lines}
    elsewhere = _elsewhere(sheet, list(workers))
    if not elsewhere:
        return
    list(Worker.objects.select_for_update().filter(pk__in=list(elsewhere)).order_by("pk").values_list("pk"))
    elsewhere = _elsewhere(sheet, list(elsewhere))
    over = [line for pk, line in workers.items() if line.tenths + elsewhere.get(pk, 0) > MOST_TENTHS]
    if over:
        codes = "、".join(line.engagement.worker.code for line in over)
        words = _("%(codes)s 这一天在别的班组或工地也记了工，加起来超过 2 个工。请先和对方核对，改正后再确认")
        raise Refused("two_sites", words % {"codes": codes}, 409)


def _elsewhere(sheet: DaySheet, workers: list[int]) -> dict[int, int]:
    """Of workers who stand on another sheet of that day, the tenths a firm said yes to there."""
    agreed = Confirmation.objects.filter(line=OuterRef("pk"), role="firm", verdict="agree")
    others = DayLine.objects.filter(sheet__date=sheet.date, engagement__worker_id__in=workers)
    rows = others.exclude(sheet=sheet).order_by("sheet_id", "engagement_id", "-number")
    found: dict[int, int] = {}
    for worker, tenths, yes in rows.distinct("sheet_id", "engagement_id").values_list(
        "engagement__worker_id", "tenths", Exists(agreed)
    ):
        found[worker] = found.get(worker, 0) + (tenths if yes else 0)
    return found
