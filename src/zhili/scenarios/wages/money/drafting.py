"""A month's sheets from confirmed days (article 31): one read of the days of a project, one write of its lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.wages.month import reckon_parts
from zhili.base.wages.payday import payday, scheduled_days
from zhili.base.wages.sheet import line_digest, sheet_digest
from zhili.base.wages.terms import ADDED, Deduction, Month, Terms
from zhili.core import params
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.scenarios.wages import contracts, days
from zhili.scenarios.wages.models import (
    Adjustment,
    Crew,
    DaySheet,
    Engagement,
    Project,
    SheetStep,
    WageLine,
    WageSheet,
)
from zhili.scenarios.wages.money import keeping

VERSION = 1
"""Of the facts a digest binds."""
BATCH = 2_000


@dataclass(frozen=True)
class Agreed:
    """The terms days go by from ``since`` on. ``version``: number of the contract all three signed; 0 when there is
    none.
    """

    pay: str
    rate_fen: int
    version: int
    since: date = date.min


SIGNED = """
SELECT v.engagement_id, v.terms, v.number, v.digest, max(s.at)
FROM wages_contractversion v JOIN wages_contractsignature s ON s.version_id = v.id AND s.digest = v.digest
WHERE v.engagement_id = ANY(%s)
GROUP BY v.id HAVING count(DISTINCT s.role) = 3
ORDER BY v.engagement_id, v.number
"""


def draft(
    actor: Actor,
    project: Project,
    month: date,
    crews: Collection[int] | None = None,
    *,
    settles: Engagement | None = None,
    today: date | None = None,
) -> list[WageSheet]:
    """Draw up the sheets of a month (any day of it) for these crews of a project (None: all). Whether ``actor`` may
    is the caller's. A draft drawn up before is void then; one already checked is not touched.

    ``settles``: a worker who leaves; the sheet is of them alone and may be drawn before the month is over.
    Raises Refused: a month not over, a sheet already checked, nothing confirmed.
    """
    first, after = days.month_of(month)
    if settles is None and (today or timezone.localdate()) < after:
        raise Refused("not_over", _("这个月还没有结束，不能编制工资表"), 422)
    with transaction.atomic():
        wanted = _crews(project, {settles.crew_id} if settles else crews)
        numbers = _void_drafts(actor, project, first, wanted, settles)
        worked = _worked(project, first, settles)
        lines = _lines(project, first, wanted, worked, settles)
        if not lines:
            raise Refused("nothing", _("这个月没有三方都确认的考勤，没有工资表可编"), 422)
        return _write(actor, project, first, lines, numbers, settles)


def _crews(project: Project, crews: Collection[int] | None) -> dict[int, Crew]:
    rows = Crew.objects.filter(project=project)
    if crews is not None:
        rows = rows.filter(pk__in=list(crews))
    return {one.pk: one for one in rows.select_for_update(of=("self",), no_key=True).order_by("pk")}


def _void_drafts(
    actor: Actor, project: Project, first: date, crews: Collection[int], settles: Engagement | None
) -> dict[int, int]:
    """Make former drafts void; the number of the last sheet of each crew."""
    former = WageSheet.objects.filter(crew__in=list(crews), month=first)
    numbers: dict[int, int] = {}
    for crew, number in former.values_list("crew_id", "number"):
        numbers[crew] = max(number, numbers.get(crew, 0))
    valid = list(former.filter(settles=settles).exclude(state="void"))
    if any(one.state != "draft" for one in valid):
        raise Refused("checked", _("这个月的工资表已经审核，要改请先由劳资专管员退回"), 409)
    step(actor, project, valid, "void", "重新编制")
    WageSheet.objects.filter(pk__in=[one.pk for one in valid]).update(state="void")
    return numbers


def _worked(project: Project, first: date, settles: Engagement | None) -> dict[int, list[days.ConfirmedDay]]:
    worked: dict[int, list[days.ConfirmedDay]] = defaultdict(list)
    for day in days.confirmed(project, first):
        worked[day.engagement_id].append(day)
    if settles is not None:
        return {settles.pk: worked.get(settles.pk, [])}
    gone = WageSheet.objects.filter(project=project, month=first, settles__isnull=False).exclude(state="void")
    for engagement in gone.values_list("settles_id", flat=True):
        worked.pop(engagement, None)
    return worked


def _lines(
    project: Project,
    first: date,
    crews: dict[int, Crew],
    worked: dict[int, list[days.ConfirmedDay]],
    settles: Engagement | None,
) -> dict[int, list[WageLine]]:
    """Unsaved lines by crew."""
    there = Engagement.objects.filter(crew__in=list(crews), pk__in=list(worked)).order_by("pk")
    engaged = {one.pk: one for one in there}
    agreed = signed_terms(engaged.values())
    taken = _taken(engaged, first)
    scheduled = scheduled_days(first.year, first.month, params.calendar())
    number = project.case.number
    lines: dict[int, list[WageLine]] = defaultdict(list)
    for pk, engagement in engaged.items():
        parts, more = _split(agreed[pk], worked[pk]), taken.get(pk, [])
        month = _month(project, parts, scheduled, more)
        facts = _facts(number, engagement, first, parts, month, [one.pk for one in more])
        lines[engagement.crew_id].append(
            WageLine(
                engagement=engagement,
                facts=facts,
                gross_fen=month.gross,
                withheld_fen=month.withheld,
                net_fen=month.net,
                short_fen=month.short,
                digest=line_digest(facts),
                state="open" if month.net else "nothing",
            )
        )
    return lines


def signed_terms(engaged: Iterable[Engagement]) -> dict[int, list[Agreed]]:
    """The terms in force, one after another: of the contracts all three signed, else as registered (``version`` 0).

    The first goes for all days; a changed one from the day the last of the three signed it (our own design, to be
    confirmed: a change agreed with effect from an earlier day is paid as a top-up). One query.
    Raises Refused for a contract that was changed after it was signed: nothing is reckoned by it.
    """
    found = {one.pk: [Agreed(one.pay, one.rate_fen, 0)] for one in engaged}
    with connection.cursor() as cursor:
        cursor.execute(SIGNED, [list(found)])
        rows = cursor.fetchall()
    for engagement, stored, version, digest, at in rows:
        terms = json.loads(stored) if isinstance(stored, str) else stored
        if contracts.digested(terms, engagement, version) != digest:
            code = Engagement.objects.get(pk=engagement).worker.code
            words = _("%(code)s 的合同在签名之后被改过，验证不通过，不能据此编制工资表") % {"code": code}
            raise Refused("contract_altered", words, 409)
        first = not found[engagement][0].version
        since = date.min if first else timezone.localdate(at)
        agreed = Agreed(terms["pay"], int(terms["rate_fen"]), version, since)
        found[engagement] = [agreed] if first else [*found[engagement], agreed]
    return found


def _split(
    agreed: list[Agreed], worked: list[days.ConfirmedDay]
) -> list[tuple[Agreed, list[days.ConfirmedDay]]]:
    """Days by the terms in force on each; terms that no day of the month goes by are left out."""
    if len(agreed) == 1:
        return [(agreed[0], worked)]
    parts: dict[Agreed, list[days.ConfirmedDay]] = {}
    for day in worked:
        mine = next(one for one in reversed(agreed) if one.since <= day.date)
        parts.setdefault(mine, []).append(day)
    return sorted(parts.items(), key=lambda part: part[0].version) or [(agreed[-1], [])]


def _taken(engaged: Collection[int], first: date) -> dict[int, list[Adjustment]]:
    rows = Adjustment.objects.filter(engagement__in=list(engaged), month=first, cancelled_by=None)
    taken: dict[int, list[Adjustment]] = defaultdict(list)
    for one in rows.filter(cancels=None).order_by("id"):
        taken[one.engagement_id].append(one)
    return taken


def _month(
    project: Project,
    parts: list[tuple[Agreed, list[days.ConfirmedDay]]],
    scheduled: int,
    more: list[Adjustment],
) -> Month:
    added = {name: sum(one.amount_fen for one in more if one.kind == name) for name in ADDED}
    off = [Deduction(one.kind, one.amount_fen, one.leaf_id) for one in more if one.kind not in ADDED]
    agreed = [
        (Terms(terms.pay, terms.rate_fen, project.minimum_wage_fen), worked)  # type: ignore[arg-type]
        for terms, worked in parts
    ]
    return reckon_parts(agreed, scheduled, off, added)


def _facts(
    number: str,
    engagement: Engagement,
    first: date,
    parts: list[tuple[Agreed, list[days.ConfirmedDay]]],
    month: Month,
    adjusted: list[int],
) -> dict[str, Any]:
    terms = parts[-1][0]
    facts: dict[str, Any] = {
        "v": VERSION,
        "project": number,
        "crew": engagement.crew_id,
        "engagement": engagement.pk,
        "month": f"{first:%Y-%m}",
        "contract": terms.version,
        "pay": terms.pay,
        "rate": terms.rate_fen,
        "tenths": month.days,
        "overtime_minutes": month.overtime_minutes,
        "items": [one.as_json() for one in month.items],
        "adjusted": adjusted,
        "leaves": list(month.leaves),
        "gross": month.gross,
        "withheld": month.withheld,
        "net": month.net,
        "minimum": month.minimum,
        "ordinary": month.ordinary,
    }
    if len(parts) > 1:
        facts["parts"] = [
            {
                "contract": one.version,
                "pay": one.pay,
                "rate": one.rate_fen,
                "from": worked[0].date.isoformat(),
                "to": worked[-1].date.isoformat(),
            }
            for one, worked in parts
        ]
    return facts


def _write(
    actor: Actor,
    project: Project,
    first: date,
    lines: dict[int, list[WageLine]],
    numbers: dict[int, int],
    settles: Engagement | None,
) -> list[WageSheet]:
    since, before = days.month_of(first)
    open_days = DaySheet.objects.filter(crew__in=list(lines), lacking__gt=0, date__gte=since, date__lt=before)
    lacking = dict(open_days.values_list("crew_id").annotate(n=Sum("lacking")))
    due = payday(first.year, first.month, project.payday, params.calendar())
    if settles is not None:
        due = timezone.localdate()
    at = timezone.now()
    sheets = [
        WageSheet(
            project=project,
            crew_id=crew,
            settles=settles,
            month=first,
            number=numbers.get(crew, 0) + 1,
            due=due,
            workers=len(several),
            total_fen=sum(one.net_fen for one in several),
            short=sum(one.short_fen > 0 for one in several),
            unconfirmed=lacking.get(crew, 0),
            digest=digest_of(project.case.number, crew, first, several),
            drafted_at=at,
        )
        for crew, several in sorted(lines.items())
    ]
    WageSheet.objects.bulk_create(sheets)
    every = []
    for sheet in sheets:
        for line in lines[sheet.crew_id]:
            line.sheet = sheet
            every.append(line)
    WageLine.objects.bulk_create(every, batch_size=BATCH)
    step(actor, project, sheets, "draft")
    return sheets


def digest_of(number: str, crew: int, first: date, lines: Iterable[WageLine]) -> str:
    """What binds a sheet."""
    head = {"v": VERSION, "project": number, "crew": crew, "month": f"{first:%Y-%m}"}
    return sheet_digest(head, [(one.engagement_id, one.digest) for one in lines])


def step(
    actor: Actor, project: Project, sheets: Iterable[WageSheet], what: str, words: str = ""
) -> list[SheetStep]:
    """Keep what was done with sheets, each with a leaf. In the running transaction."""
    rows = [
        SheetStep(sheet=sheet, step=what, digest=sheet.digest, words=words[:300], account_id=actor.account_id)
        for sheet in sheets
    ]
    if not rows:
        return []
    number = project.case.number
    keeping.keep(
        keeping.STEPPED, actor, project, rows, lambda row: step_facts(row, number), rows[0].sheet.month
    )
    return SheetStep.objects.bulk_create(rows)


def step_facts(row: SheetStep, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: of which project a sheet of which digest came how far. Committed to: which, by whom, with what words."""
    shown = {"project": number, "step": row.step, "digest": row.digest}
    return shown, {"sheet": row.sheet_id, "words": row.words, "account": row.account_id}
