"""One change of a case while it is being made: what the doors, the clocks and a scenario's effects work on."""

from __future__ import annotations

import re
import secrets as randomness
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from zhili.base.clock import Duration
from zhili.base.procedure import Action, Procedure, Stage
from zhili.base.text import redact
from zhili.core.cases import committing, writing
from zhili.core.cases.models import Case, CaseSecret, Clock, Participation, Step
from zhili.core.files.models import File
from zhili.core.forms import Cleaned
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Grant, Secret
from zhili.core.streams.live import ring
from zhili.core.streams.models import StreamEvent
from zhili.core.trail import leaves
from zhili.core.trail.models import Leaf

NOTHING = Cleaned({})
FREE_TEXT = ("text", "longtext")
DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Referral:
    """A child case to be opened after the step; ``limit`` is the time its clocks over several stages have."""

    procedure: str
    data: Mapping[str, Any]
    category: str | None = None
    limit: Duration | None = None
    opening: str | None = None


@dataclass(frozen=True)
class Opened:
    """A case begun. ``code`` lets the reporter back in without an account; shown once."""

    case_id: int
    number: str
    seq: int
    code: str | None
    repeated: bool = False


@dataclass
class Change:
    """What an effect sees and may alter: the case's own columns, its detail's columns, reasons and events.

    Effects do no input or output; what must reach the outside goes to ``events`` and is done by a consumer.
    """

    procedure: type[Procedure]
    action: Action
    actor: Actor
    case: Case
    cleaned: Cleaned
    at: datetime
    from_stage: str = ""
    key: str | None = None
    request: str | None = None
    made_at: datetime | None = None
    """When it was done, as the sender claims (late.py)."""
    detail: dict[str, Any] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)
    clocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock_name: str | None = None
    late: bool = False
    parties: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    category_before: str | None = None
    """The category before the step; None while the case is being opened."""
    office_before: int | None = None
    """The office that had it before the step."""
    parent: Case | None = None
    """The parent case, locked with it: of a child only."""
    target: Stage | None = None
    """The stage it leads to; an effect may choose another one. None: the case stays where it is."""
    limit: Duration | None = None
    """Given by whoever referred it: what its clocks over several stages run, in place of their parameter."""
    stage_limit: Duration | None = None
    """Set by an effect: what the clock of the stage it comes to runs, not its parameter (a loan until a day)."""
    ended_clocks: set[str] = field(default_factory=set)
    """Named by an effect: clocks over several stages that this step ends."""
    clock_limits: dict[str, Duration] = field(default_factory=dict)
    """Set by an effect: clocks over several stages that start with this step, or start again, and what they run."""
    referrals: list[Referral] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    """The children opened by ``refer``, once the step is written."""
    seq: int = 0
    """The step's own place in the case, once it is written."""
    then: list[Callable[[Change], None]] = field(default_factory=list)
    """What the kernel does after the step is written, in the same transaction."""
    attached: list[File] = field(default_factory=list)
    """The files that come with the step: it commits to their bytes, not only to their ids."""
    _secrets: list[dict[str, Any]] = field(default_factory=list)
    _secret_fields: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.category_before = self.case.category if self.from_stage else None
        self.office_before = self.case.office_id
        self.target = self.action.move.target

    @property
    def values(self) -> dict[str, Any]:
        """The form's answers, personal ones left out."""
        return self.cleaned.values

    @property
    def stage(self) -> Stage:
        return self.procedure.stages[self.case.stage]

    @property
    def first(self) -> bool:
        return self.case.seq == 1

    @property
    def entered(self) -> bool:
        """Whether the case comes to a stage it was not in."""
        return self.case.stage != self.from_stage

    @property
    def answered(self) -> bool:
        """Whether this step answers it."""
        return self.stage.answers and self.case.answered_at == self.at

    def refer(
        self,
        procedure: str,
        data: Mapping[str, Any],
        *,
        category: str | None = None,
        limit: Duration | None = None,
        opening: str | None = None,
    ) -> None:
        """Open a child case after this step, in its transaction: ``data`` is the form of its opening by Referred.

        Place, category and confidentiality are the parent's unless given. ``limit`` is what the child's clocks over
        several stages run. Several may be asked for; afterwards they stand in ``opened``, in this order.
        """
        self.referrals.append(Referral(procedure, data, category, limit, opening))

    def seal(self, keep_until: datetime | None, subject_id: int | None) -> None:
        """Turn the answers into what a step may hold: personal values and personal parts of text become secrets."""
        self.data = dict(self.cleaned.values)
        for name, plain in self.cleaned.personal.items():
            self.data[name] = self._secret(name, self.cleaned.kinds[name], plain, keep_until, subject_id)
        if self.action.form is not None:
            for one in self.action.form.fields():
                text = self.data.get(one.name)
                if one.type in FREE_TEXT and isinstance(text, str) and (shown := _shown(text)) != text:
                    self.data[one.name] = shown
                    self.data[f"{one.name}_sealed"] = self._secret(
                        one.name, "text", text, keep_until, subject_id
                    )
        if self.cleaned.address or self.cleaned.lon is not None:
            address = redact(self.cleaned.address)
            self.data["place"] = {"lon": self.cleaned.lon, "lat": self.cleaned.lat, "address": address}
            if address != self.cleaned.address:
                whole = self.cleaned.address
                self.data["place_sealed"] = self._secret("place", "text", whole, keep_until, subject_id)
        if self.cleaned.files:
            self.data["files"] = list(self.cleaned.files)
        if self.attached:
            self.data["files_sha256"] = {str(one.pk): one.sha256 for one in self.attached}

    def _secret(
        self, name: str, kind: str, plain: str, until: datetime | None, subject_id: int | None
    ) -> dict[str, str]:
        row = secrets.prepare(kind, plain, subject_id=subject_id, expires=until)
        self._secrets.append(columns(row))
        self._secret_fields.append(
            {"case_id": self.case.pk, "secret_id": row.id, "field": name, "step_seq": self.case.seq}
        )
        return {"secret": str(row.id), "hash": row.hash}

    def take_part(
        self,
        role: str,
        *,
        office_id: int | None = None,
        account_id: int | None = None,
        case_id: int | None = None,
    ) -> None:
        """Let an office or an account see the case (or another one, by id) from now on."""
        row = {
            "case_id": case_id or self.case.pk,
            "role": role,
            "office_id": office_id,
            "account_id": account_id,
        }
        if row not in self.parties:
            self.parties.append(row)

    def save(self) -> None:
        """Write everything in one round trip. Raises IntegrityError if the key was used before."""
        self.seq = self.case.seq
        if self.case.office_id is not None:
            self.take_part("office", office_id=self.case.office_id)
        salt = randomness.token_bytes(16)
        rows: writing.Rows = {}
        update: writing.Rows = {}
        case_row = committing.case_columns(self.case)
        step = self._step(salt, committing.state(salt, case_row))
        (rows if self.first else update)[Case] = [case_row]
        if self.procedure.detail and (self.first or self.detail):
            model = apps.get_model(self.procedure.detail)
            detail = {"case_id": self.case.pk, **self.detail}
            (rows if self.first else update)[model] = [_whole(model, detail) if self.first else detail]
        rows[Secret] = self._secrets
        rows[CaseSecret] = self._secret_fields
        rows[Grant] = self.grants
        rows[Step] = [step]
        rows[Leaf] = [self._leaf(step)]
        events = [("step", self.payload()), *self.events]
        rows[StreamEvent] = [
            {"type": kind, "subject": self.case.pk, "payload": payload} for kind, payload in events
        ]
        writing.write(
            rows, update=update, merge={Clock: list(self.clocks.values()), Participation: self.parties}
        )
        ring()

    def _step(self, salt: bytes, state: bytes) -> dict[str, Any]:
        return {
            "case_id": self.case.pk,
            "seq": self.case.seq,
            "at": self.at,
            "made_at": self.made_at,
            "action": self.action.name,
            "from_stage": self.from_stage,
            "to_stage": self.case.stage,
            "actor_kind": self.actor.kind,
            "actor_id": self.actor.id,
            "account_id": self.actor.account_id,
            "actor_office_id": self.actor.office_id,
            "office_id": self.case.office_id,
            "party": self.case.party,
            "category": self.case.category,
            "late": self.late,
            "data": self.data,
            "why": self.why,
            "salt": salt,
            "key": self.key,
            "request": self.request,
            "state": state,
        }

    def _leaf(self, step: dict[str, Any]) -> dict[str, Any]:
        case = self.case
        what = committing.public(step, case.number, f"{case.procedure}@{case.version}")
        return leaves.row("step", self.at, what, committing.private(step), step["salt"], case.pk)

    def payload(self) -> dict[str, Any]:
        """What the outbox says of the step; ids and public words only."""
        case, stage = self.case, self.stage
        answered = stage.answers and case.answered_at == self.at
        before = self.procedure.stages.get(self.from_stage)  # a result may be revoked: it ended only once
        final = stage.final and (before is None or not before.final)
        return {
            "case": case.pk,
            "number": case.number,
            "scenario": case.scenario,
            "procedure": case.procedure,
            "seq": case.seq,
            "action": self.action.name,
            "from": self.from_stage or None,
            "to": case.stage,
            "office": case.office_id,
            "holder_party": case.party or None,
            "division": case.division_id,
            "category": case.category or None,
            "was": self.category_before if self.category_before not in (None, case.category) else None,
            "at": self.at.isoformat(),
            "opened_at": case.opened_at.isoformat(),
            "first": self.first,
            "child": case.parent_id is not None or not self.procedure.counted,
            "parent": case.parent_id,
            "lead": case.lead_id,
            "confidential": case.confidential,
            "final": final,
            "outcome": getattr(stage, "outcome", None),
            "answered": answered,
            "reopened": self.action.reopens,
            "returned": self.action.returns,
            "overdue": case.overdue,
            "late": self.late,
            "unclocked": False,
            "due": case.due_at.isoformat() if case.due_at else None,
            "rating": case.rating if "rating" in self.values else None,
            "actor_kind": self.actor.kind,
            "clock": self.clock_name,
            "days": days_between(case.opened_at, self.at) if final or answered else None,
        }


def columns(row: Any) -> dict[str, Any]:
    """A prepared row (``secrets.SecretRow``, ``grants.GrantRow``) as column values."""
    return {name: getattr(row, name) for name in row.__slots__}


def _shown(text: str) -> str:
    """The text without what tells a person. A SHA-256 in hex is none, whatever digits stand together in it."""
    return text if DIGEST.fullmatch(text) else redact(text)


def _whole(model: type[models.Model], given: dict[str, Any]) -> dict[str, Any]:
    """A detail row with every column, so that one statement serves all openings."""
    row = {}
    for one in model._meta.concrete_fields:
        row[one.attname] = given.get(one.attname, given.get(one.name, one.get_default()))
    return row


def days_between(since: datetime, until: datetime) -> int:
    """Whole calendar days between two moments, by the city's own midnight."""
    return (timezone.localtime(until).date() - timezone.localtime(since).date()).days
