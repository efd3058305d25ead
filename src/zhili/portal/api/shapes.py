"""What answers look like. Times are ISO 8601 with offset; places WGS-84 degrees; ids of people never
appear."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Built by name and sent as it is: pydantic's own model, since ninja's looks for ORM rows in every field
    (a list of fifty took four times as long)."""

    model_config = ConfigDict(extra="forbid")


class Named(Shape):
    """Something with a code and a name."""

    code: str
    name: str


class CaseOut(Shape):
    """A case. ``address``, ``office`` and ``due_at`` are null where the asker sees the public view only."""

    number: str
    title: str
    scenario: str
    procedure: str
    stage: str
    stage_title: str
    open: bool
    category: Named | None
    division: Named | None
    office: Named | None
    waiting_for: str | None = Field(description="the party the case waits for, such as reporter")
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    lon: float | None
    lat: float | None
    address: str | None
    outside: bool
    public: bool
    returns: int
    reopened: int
    rating: int | None
    joined: int = Field(description="how many more met with the same and said so instead of reporting it")
    seq: int = Field(description="the last step; send it back as `seen` when acting")
    url: str


class Deadline(Shape):
    name: str
    title: str
    due_at: datetime | None
    running: bool
    overdue: bool
    why: str


class Related(Shape):
    """A case that belongs to another: asked of an office about it (child, parent), or of the same matter (lead,
    duplicate)."""

    relation: str = Field(description="what it is to the case read: parent, child, lead or duplicate")
    number: str
    procedure: str
    title: str
    stage: str
    stage_title: str
    open: bool
    office: Named | None
    url: str


class CaseFull(CaseOut):
    """One case, with why it is where it is. Reasons and deadlines are empty in the public view, and so is
    ``related`` for everybody but offices."""

    view: str = Field(description="`full`, or `public` without personal parts")
    why: list[str]
    deadlines: list[Deadline]
    related: list[Related]


class CasePage(Shape):
    """A page of a list. ``next`` is the cursor of the following one, null at the end."""

    items: list[CaseOut]
    next: str | None


class FieldText(Shape):
    label: str
    text: str


class PersonalOut(Shape):
    """A personal value, masked. It is opened on the case page, with a record of who looked."""

    label: str
    masked: str


class StepOut(Shape):
    seq: int
    at: datetime
    action: str
    title: str
    who: str
    stage: str
    fields: list[FieldText]
    personal: list[PersonalOut]
    files: list[str]
    why: list[str]
    made_at: datetime | None = Field(
        None, description="when it was done, as its sender claims; `at` is when it came in"
    )


class Timeline(Shape):
    number: str
    seq: int
    steps: list[StepOut]


class Offered(Shape):
    """An action the asker may take now; ``form`` is the JSON Schema of ``data``, null when it takes none."""

    name: str
    title: str
    hint: str
    form: dict[str, Any] | None


class SuggestionOut(Shape):
    """A category triage would choose, to be shown to whoever decides; it decides nothing."""

    category: Named
    confidence: float = Field(description="0 to 1: about how often suggestions this sure are right")
    why: list[str]


class SimilarOut(Shape):
    """A likely duplicate, likeliest first."""

    number: str
    title: str
    stage_title: str
    open: bool
    opened_at: datetime
    metres: int = Field(description="how far apart, rounded to ten")
    why: list[str]
    url: str


class SimilarPage(Shape):
    items: list[SimilarOut]


class Offers(Shape):
    number: str
    seq: int
    actions: list[Offered]
    suggestion: SuggestionOut | None = Field(
        None, description="for an office that may decide the category; null when triage is not sure"
    )


class OpenedOut(Shape):
    """A case begun. ``code`` lets a stranger back in (header X-Grant); it is shown this once."""

    number: str
    seq: int
    url: str
    code: str | None


class ActedOut(Shape):
    """``meanwhile``: what others did before it though it was made earlier, harmless to it; left out when nothing."""

    number: str
    seq: int
    stage: str
    url: str
    meanwhile: list[dict[str, Any]] | None = None


class StageOut(Shape):
    name: str
    title: str
    plain: str
    final: bool


class ActionOut(Shape):
    name: str
    title: str
    sources: list[str] = Field(description="stages it may be taken in; empty for an opening")
    target: str | None
    form: dict[str, Any] | None


class OpeningOut(Shape):
    name: str
    title: str
    url: str
    allowed: bool = Field(description="whether the asker may begin a case this way")
    form: dict[str, Any] | None


class ProcedureOut(Shape):
    name: str
    title: str
    scenario: str
    scenario_title: str
    stages: list[StageOut]
    openings: list[OpeningOut]
    actions: list[ActionOut]


class CategoryOut(Shape):
    scenario: str
    code: str
    parent: str | None
    name: str
    public: bool


class OfficeOut(Shape):
    """An office. ``id`` is what a form's office field takes."""

    id: int
    code: str
    name: str
    level: str
    kind: str
    division: Named | None


class FileOut(Shape):
    """A file taken in. With ``id:token`` as a value of a form's files field it is attached, within 24
    hours."""

    id: str
    token: str
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None


class AttachmentOut(Shape):
    id: str
    step: int
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None
    url: str


class CountsOut(Shape):
    opened: int
    answered: int
    closed: int
    refused: int
    withdrawn: int
    reopened: int
    returned: int
    overdue: int
    on_time: int
    rated: int
    open: int
    closed_share: float | None
    reopened_share: float | None
    on_time_share: float | None
    rating: float | None


class SpeedOut(Shape):
    """Whole calendar days; never shown without the reopening rate of the same days."""

    count: int
    median: int | None
    p90: int | None
    reopened_share: float | None


class PaceOut(Shape):
    """Whole calendar days over `count` answers or closings; `within_15` and `within_60` are shares, in times 24
    hours."""

    count: int
    median: int | None
    p90: int | None
    within_15: float | None
    within_60: float | None


class QualityOut(Shape):
    """Of the cases opened in whole months: how many, what share is at an end now, how fast, how often again."""

    opened: int
    closed_share: float | None
    to_answer: PaceOut
    to_close: PaceOut
    reopened_share: float | None


class CategoryQualityOut(QualityOut):
    """`category` is null for cases without one."""

    scenario: str
    category: str | None
    name: str | None


class MonthQualityOut(QualityOut):
    month: date


class QualityReport(Shape):
    """`first` and `last` are the first days of the first and the last month. Definitions: docs/import.md."""

    division: Named | None
    first: date
    last: date
    scenario: str | None
    category: str | None
    total: QualityOut
    by_category: list[CategoryQualityOut]
    by_month: list[MonthQualityOut]


class CategoryFigures(Shape):
    scenario: str
    category: str
    name: str
    counts: CountsOut


class MonthFigures(Shape):
    month: date
    counts: CountsOut


class DefinitionOut(Shape):
    """What a figure means: counted are `numerator`s (of `denominator`s), without `exclusions`."""

    name: str
    title: str
    words: str
    numerator: str
    denominator: str
    exclusions: str
    rounding: str
    period: str


class LeftOut(Shape):
    """Matters of these days no figure counts; below five as "<5"."""

    confidential: int | str
    children: int | str


class HeadOut(Shape):
    """The trail as it stood: so many leaves, and the root over them (RFC 6962)."""

    size: int
    root: str
    at: datetime | None


class Statistics(Shape):
    division: Named | None
    since: date
    until: date
    scenario: str | None
    counts: CountsOut
    to_answer: SpeedOut
    to_close: SpeedOut
    by_category: list[CategoryFigures]
    by_month: list[MonthFigures]
    estimates: list[dict[str, Any]] = Field(
        description="what samples looked at again found: the true fixed share with its margin; of the whole site only"
    )
    left_out: LeftOut
    definitions: list[DefinitionOut]
    head: HeadOut


class NoticeOut(Shape):
    id: int
    kind: str
    subject: str
    body: str
    case: str | None
    created_at: datetime
    read_at: datetime | None


class NoticePage(Shape):
    items: list[NoticeOut]
    next: str | None
    unread: int


class MarkedOut(Shape):
    marked: int


class PostOut(Shape):
    id: int
    label: str
    deputy: bool


class Me(Shape):
    """Who asks. ``post`` of a token is chosen with the header X-Post, else it is the first."""

    kind: str
    label: str
    post: int | None
    roles: list[str]
    office: Named | None
    level: str | None
    posts: list[PostOut]
    case: str | None = Field(description="the case a grant code lets into")


class GeoJson(Shape):
    """RFC 7946. Points only; properties: number, title, stage, category, opened_at, open, url."""

    type: str
    features: list[dict[str, Any]]


class FieldErrors(Shape):
    field: str
    messages: list[str]


class ProblemOut(Schema):
    """RFC 9457. ``type`` is urn:zhili:problem:<code>; ``instance`` names the line of the log."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldErrors] | None = None
    steps: list[dict[str, Any]] | None = Field(None, description="with 409 stale: what happened meanwhile")
    now: dict[str, Any] | None = Field(
        None,
        description="with 409 stale: seq, stage, stage_title, office, and the actions the asker may take now",
    )
