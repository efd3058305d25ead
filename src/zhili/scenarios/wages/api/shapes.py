"""What is sent and told. Money in fen; ``tenths`` of a working day (10: one day, 20: a double shift)."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import Field

from zhili.portal.api.cursors import BIGGEST
from zhili.portal.api.shapes import Shape

Role = Literal["worker", "leader", "firm"]
Verdict = Literal["agree", "dispute"]
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
MANY = 2_000


class CrewOut(Shape):
    """``leads``: the asker leads it; ``firm``: the asker speaks for its firm."""

    id: int
    name: str
    firm: str
    firm_code: str
    ended_on: datetime.date | None
    leads: bool
    speaks: bool


class ProjectOut(Shape):
    """``officer``: the asker is the contractor's wages officer."""

    number: str
    name: str
    stage: str
    payday: int
    officer: bool
    crews: list[CrewOut]


class ProjectList(Shape):
    items: list[ProjectOut]


class EngagementOut(Shape):
    """A worker in a crew, by the code that stands on lists."""

    id: int
    worker: str
    pay: str
    starts: datetime.date
    ends: datetime.date | None


class CrewFull(CrewOut):
    project: str
    engagements: list[EngagementOut]


class WordOut(Shape):
    """The last word of one of the three."""

    role: str
    verdict: str
    said: str


class LineOut(Shape):
    """A worker's day as it stands now; ``whole``: all three said yes to it, so it counts."""

    id: int
    engagement: int
    worker: str
    tenths: int
    overtime_minutes: int
    pieces: int
    note: str
    words: list[WordOut]
    whole: bool


class DayOut(Shape):
    date: datetime.date
    kind: str = Field(description="workday, restday or holiday")
    lines: list[LineOut]


class DayList(Shape):
    items: list[DayOut]


class LineIn(Shape):
    """``note``: why, when a line that is there is changed."""

    engagement: int = Field(ge=1, le=BIGGEST)
    tenths: int = Field(10, ge=0, le=20)
    overtime_minutes: int = Field(0, ge=0, le=960)
    pieces: int = Field(0, ge=0, le=1_000_000)
    note: str = Field("", max_length=200)


class DayIn(Shape):
    lines: list[LineIn] = Field(min_length=1, max_length=MANY)


class SaidIn(Shape):
    """``said``: what is wrong, needed with a no."""

    line: int = Field(ge=1, le=BIGGEST)
    verdict: Verdict = "agree"
    said: str = Field("", max_length=300)


class WordsIn(Shape):
    role: Literal["leader", "firm"]
    said: list[SaidIn] = Field(min_length=1, max_length=MANY)


class OwnWordsIn(Shape):
    said: list[SaidIn] = Field(min_length=1, max_length=MANY)


class OwnDay(LineOut):
    date: datetime.date
    project: str
    crew: str


class OwnWage(Shape):
    """A month's wage of the asker; send ``digest`` back when signing it."""

    id: int
    month: str
    project: str
    crew: str
    state: str
    gross_fen: int
    withheld_fen: int
    net_fen: int
    digest: str
    items: list[dict[str, Any]]


class Mine(Shape):
    """A worker's own: days of the last two months, wages of the last twelve."""

    worker: str
    days: list[OwnDay]
    wages: list[OwnWage]


class SignIn(Shape):
    """``digest``: of the wage that was looked at. An objection says in ``words`` what is wrong."""

    digest: str = Field(max_length=64)
    do: Literal["sign", "object"] = "sign"
    words: str = Field("", max_length=300)


class SheetOut(Shape):
    """A crew's wages of a month. ``unconfirmed``: days left out because not all three confirmed them."""

    id: int
    crew: int
    crew_name: str
    month: str
    number: int
    state: str
    due: datetime.date
    workers: int
    total_fen: int
    short: int = Field(description="how many stand below the minimum wage")
    unconfirmed: int
    settles: str | None = Field(description="the one worker it settles with, by code")
    digest: str


class SheetList(Shape):
    items: list[SheetOut]


class WageOut(Shape):
    """``leaves``: of the confirmed days it rests on, in the transparency log."""

    id: int
    engagement: int
    worker: str
    state: str
    gross_fen: int
    withheld_fen: int
    net_fen: int
    short_fen: int
    digest: str
    items: list[dict[str, Any]]
    leaves: list[int]


class SheetFull(SheetOut):
    """``faults``: in what it no longer verifies; ``moved``: workers whose days were corrected since."""

    faults: list[str]
    moved: list[str]
    lines: list[WageOut]


class DraftIn(Shape):
    """``crews``: by id, else all the asker draws up for that are not checked yet. ``settles``: the engagement of a
    worker who leaves; the sheet is of them alone."""

    month: str = Field(pattern=MONTH)
    crews: list[int] | None = Field(None, max_length=MANY)
    settles: int | None = Field(None, ge=1, le=BIGGEST)


class SeenIn(Shape):
    digest: str = Field(max_length=64, description="of the sheet that was looked at")


class ReasonIn(Shape):
    reason: str = Field(min_length=1, max_length=300)


class AdjustIn(Shape):
    engagement: int = Field(ge=1, le=BIGGEST)
    month: str = Field(pattern=MONTH)
    kind: Literal["top_up", "advance", "tax", "insurance", "court", "damage"]
    amount_fen: int = Field(ge=1, le=10**8)
    note: str = Field(min_length=1, max_length=200)


class AdjustedOut(Shape):
    id: int


class PayIn(Shape):
    """``unsigned``: why wages go that their worker has not signed; without it those stay back."""

    month: str = Field(pattern=MONTH)
    unsigned: str = Field("", max_length=300)


class HeldOut(Shape):
    worker: str
    why: str


class FileMade(Shape):
    """A file for the bank; ``url`` has it. ``held``: who is not in it, and why."""

    id: int
    lines: int
    total_fen: int
    sha256: str
    url: str
    held: list[HeldOut]


class BankIn(Shape):
    """The bank's answer: a CSV of the format `zhili-pay-1` as one text."""

    csv: str = Field(min_length=1)


class BankFault(Shape):
    line: int
    reference: str
    words: str


class BankOut(Shape):
    taken: int
    faults: list[BankFault]


class FactIn(Shape):
    """``balance`` in fen, ``power`` in kWh, ``water`` in cubic metres."""

    kind: Literal["balance", "power", "water"]
    value: int = Field(ge=0, le=10**13)
    on: datetime.date | None = None


class FactOut(Shape):
    kind: str
    value: int
    on: datetime.date


class WarningOut(Shape):
    """A warning about a project; none is about a person."""

    id: int
    rule: str
    level: str
    state: str
    reason: str
    value: float | None
    at: datetime.datetime


class WarningList(Shape):
    items: list[WarningOut]
