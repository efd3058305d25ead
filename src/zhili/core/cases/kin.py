"""The family of a case in words: what it came from, what was asked of others, what is answered together with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.procedure import Final
from zhili.core.cases import query, registry
from zhili.core.cases.models import Case, Step
from zhili.core.cases.present import office_name, stage_title
from zhili.core.people.actors import Actor

SHOWN = 50
"""So many duplicates are listed; a matter reported a thousand times is one line longer, not a thousand."""


@dataclass(frozen=True)
class Relative:
    """Another case of the family. ``reply``: what came back of a child. ``outcome``: of a final stage, else empty."""

    number: str
    title: str
    kind: str
    procedure: str
    stage: str
    office: str
    due_at: datetime | None
    closed_at: datetime | None
    overdue: bool
    outcome: str = ""
    reply: str = ""
    at: str = ""
    """The stage's own name, which no language changes."""


@dataclass(frozen=True)
class Family:
    """As far as its reader may see it. ``more``: there are more duplicates than listed."""

    parent: Relative | None = None
    lead: Relative | None = None
    children: list[Relative] = field(default_factory=list)
    duplicates: list[Relative] = field(default_factory=list)
    more: bool = False

    @property
    def still_open(self) -> int:
        """How many children are not back yet."""
        return sum(child.closed_at is None for child in self.children)

    def __bool__(self) -> bool:
        return bool(self.parent or self.lead or self.children or self.duplicates)


def family(case: Case, actor: Actor) -> Family:
    """Two queries at most, whatever the size of the family."""
    seen = query.visible(actor)
    above = [pk for pk in (case.parent_id, case.lead_id) if pk is not None]
    near = seen.filter(Q(parent=case) | Q(pk__in=above))
    by_id = {one.pk: one for one in near.union(seen.filter(lead=case).order_by("id")[: SHOWN + 1], all=True)}
    rows = [by_id[pk] for pk in sorted(by_id)]
    children = [one for one in rows if one.parent_id == case.pk]
    twins = [one for one in rows if one.lead_id == case.pk]
    replies = _replies(case) if children else {}
    return Family(
        _relative(by_id.get(case.parent_id or 0)),
        _relative(by_id.get(case.lead_id or 0)),
        _relatives(children, replies),
        _relatives(twins[:SHOWN]),
        len(twins) > SHOWN,
    )


def _replies(case: Case) -> dict[str, str]:
    """The last word of each child, by its number."""
    steps = Step.objects.filter(case=case, action="returned").order_by("seq").values_list("data", flat=True)
    return {str(data.get("child")): str(data.get("reply", "")) for data in steps}


def _relatives(rows: Iterable[Case], replies: dict[str, str] | None = None) -> list[Relative]:
    return [found for row in rows if (found := _relative(row, (replies or {}).get(row.number, "")))]


def _relative(case: Case | None, reply: str = "") -> Relative | None:
    if case is None:
        return None
    procedure = registry.procedure(case.procedure)
    stage = procedure.stages.get(case.stage) if procedure else None
    late = case.overdue or (case.due_at is not None and case.due_at <= timezone.now())
    return Relative(
        case.number,
        case.title,
        _(procedure.title) if procedure else "",
        case.procedure,
        stage_title(case),
        office_name(case.office_id),
        case.due_at,
        case.closed_at,
        late and case.closed_at is None,
        stage.outcome if isinstance(stage, Final) else "",
        reply,
        case.stage,
    )


@dataclass(frozen=True)
class Member:
    """A case in the tree of who asked whom, with what it asked of others. ``here``: the one that is looked at."""

    about: Relative
    here: bool
    children: list[Member] = field(default_factory=list)


MOST = 200
"""So many members of one family are drawn."""
_WHOLE = """
WITH RECURSIVE up AS (
  SELECT id, parent_id FROM cases_case WHERE id = %s
  UNION ALL SELECT c.id, c.parent_id FROM cases_case c JOIN up ON c.id = up.parent_id),
down AS (
  SELECT id FROM up WHERE parent_id IS NULL
  UNION ALL SELECT c.id FROM cases_case c JOIN down ON c.parent_id = down.id)
SELECT id FROM down LIMIT %s"""


def tree(case: Case, actor: Actor, replies: Mapping[str, str] | None = None) -> list[Member]:
    """The whole family as far as its reader may see it, oldest ancestor first. One query.

    ``replies``: what came back of the children, by number, told where each of them stands.
    A member whose parent the reader may not see stands at the top: what is between them is not hinted at.
    """
    rows = list(query.visible(actor).filter(pk__in=RawSQL(_WHOLE, [case.pk, MOST])).order_by("id"))  # noqa: S611
    ids = {one.pk for one in rows}
    below: dict[int, list[Case]] = {}
    for one in rows:
        below.setdefault(one.parent_id if one.parent_id in ids else 0, []).append(one)

    def grown(parent: int) -> list[Member]:
        return [
            Member(about, one.pk == case.pk, grown(one.pk))
            for one in below.get(parent, [])
            if (about := _relative(one, (replies or {}).get(one.number, ""))) is not None
        ]

    return grown(0)
