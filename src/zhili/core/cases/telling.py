"""A batch of history told as rows: cases, details, steps, leaves, secrets, and what figures count of them."""

from __future__ import annotations

import hashlib
import secrets as randomness
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils import timezone

from zhili.base.canonical import canonical, leaf_hash
from zhili.base.codes import CodeError, case_number, check_citizen_id, check_phone
from zhili.base.procedure import Desk, Duty, Procedure, Stage
from zhili.base.text import normalise, redact
from zhili.core import params
from zhili.core.cases import committing, historical, registry, routing
from zhili.core.cases.changing import columns
from zhili.core.cases.copying import NULL, Lines, escaped, written
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, CaseSecret, Origin, Participation, Step
from zhili.core.cases.opening import JUSTICE
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.places.locate import locate
from zhili.core.trail import leaves
from zhili.core.trail.models import Leaf

if TYPE_CHECKING:
    from zhili.core.cases.loading import HistoryRow

CHANNEL = "import"
TITLE, ADDRESS = 120, 200
FROM_TEXT = 40
"""Characters of the text that make a title where there is none, as for any report."""
CASE = (
    "id", "number", "scenario", "procedure", "version", "stage", "opened_at", "closed_at", "answered_at",
    "office_id", "title", "category", "channel", "zone", "confidential", "public", "division_id", "cell_id", "lon",
    "lat", "address", "outside", "seq",
)  # fmt: skip
STEP = (
    "case_id", "seq", "at", "action", "from_stage", "to_stage", "actor_kind", "actor_office_id", "office_id",
    "category", "data", "why", "salt", "state",
)  # fmt: skip
SECRET = (
    "id", "kind", "ciphertext", "salt", "hash", "blind_index", "key_id", "masked", "subject_id", "expires_at",
)  # fmt: skip
PRIVATE = (
    b'{"actor":{"account":null,"id":null,"kind":"history","office":%b},"case":"%b","category":%b,"data":%b,'
    b'"key":null,"late":false,"made_at":null,"office":%b,"party":"","request":null,"why":%b}'
)
"""What a leaf commits to, in the order RFC 8785 sorts it; see `committing.private`."""
CASE_SECRET = ("case_id", "secret_id", "field", "step_seq")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a case lies."""

    division_id: int | None
    cell_id: int | None
    outside: bool


class Batch:
    """Rows of one batch, gathered by `add`, sent by `write` in the transaction that is open."""

    def __init__(self, serials: list[int]) -> None:
        self._serials = iter(serials)
        self.payloads: list[dict[str, Any]] = []
        self._now = timezone.now()
        self._kept = timedelta(days=params.duration("cases.personal_days")[0].amount)
        self._cases = Lines(Case, CASE)
        self._steps = Lines(Step, STEP)
        self._leaves = Lines(Leaf, ("kind", "at", "subject", "body", "hash"))
        self._secrets = Lines(Secret, SECRET)
        self._case_secrets = Lines(CaseSecret, CASE_SECRET)
        self._parts = Lines(Participation, ("case_id", "role", "office_id"))
        self._origins = Lines(Origin, ("source", "external_id", "case_id"))
        self._details: dict[str, Lines] = {}
        self._holders: dict[tuple[Any, ...], tuple[int | None, list[str]]] = {}

    def write(self) -> None:
        """COPY everything, what is pointed at first."""
        tables = (self._cases, *self._details.values(), self._secrets, self._case_secrets)
        for lines in (*tables, self._parts, self._origins, self._steps, self._leaves):
            lines.send()

    def add(self, row: HistoryRow) -> None:
        """One case with its steps."""
        procedure = registry.procedures()[row.procedure]
        way = historical.way(procedure, row.outcome)
        ground = _ground(row)
        case = Told(self, row, procedure, ground)
        ended = row.closed_at or row.answered_at
        case.step(historical.OPEN, way.entry, row.opened_at, case.opening(), last=ended is None)
        if row.answered_at is not None:
            stage = way.answering or way.entry
            case.step(historical.ANSWER, stage, row.answered_at, case.answer(), last=row.closed_at is None)
        if row.closed_at is not None:
            if way.final is None:
                raise historical.NoWay(f"{row.procedure}: no final stage with the outcome {row.outcome}")
            case.step(historical.CLOSE, way.final, row.closed_at, {"outcome": row.outcome}, last=True)
        case.finish()

    def holder(self, row: HistoryRow, ground: Ground, stage: Stage) -> tuple[int | None, list[str]]:
        """The office that has a case in this stage, and why; the one the row names first. None where there is none."""
        if row.office_id is not None:
            return row.office_id, []
        if stage.final and ground.division_id is None:
            return None, []
        asked = (procedure_scenario(row), row.category, ground, type(stage.owner), stage.name)
        found = self._holders.get(asked)
        if found is None:
            found = self._holders[asked] = _route(asked[0], row.category, ground, stage)
        return found


class Told:
    """One case while its steps are told."""

    def __init__(self, batch: Batch, row: HistoryRow, procedure: type[Procedure], ground: Ground) -> None:
        self.batch, self.row, self.procedure, self.ground = batch, row, procedure, ground
        self.secret = procedure.zone == JUSTICE
        self.id = next(batch._serials)
        self.number = case_number(_day(row.opened_at).year, self.id)
        self.version = registry.version(row.procedure)
        self.seq = 0
        self.stage = ""
        self.office_id: int | None = None
        self.offices: dict[int, None] = {}
        self.answered_at: datetime | None = None
        self.title = ""
        self.address = ""
        ended = row.closed_at or row.answered_at or row.opened_at
        self._until = (ended if row.closed_at is not None else batch._now) + batch._kept

    def opening(self) -> dict[str, Any]:
        """What the first step keeps: the matter as it was told."""
        row = self.row
        data: dict[str, Any] = {"source": row.source}
        if not _personal(row.external_id):
            data["external_id"] = row.external_id
        if row.title:
            self._say(data, "title", row.title)
        if row.text:
            self._say(data, "what", row.text)
        if row.category:
            data["category"] = row.category
        if row.address or row.lon is not None:
            self.address = redact(row.address)
            data["place"] = {"lon": row.lon, "lat": row.lat, "address": self.address}
            if self.address != row.address:
                self._seal(data, "place", row.address)
        self.title = _title(data, self.procedure)
        return data

    def answer(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if self.row.answer:
            self._say(data, "answer", self.row.answer, seq=2)
        return data

    def _say(self, data: dict[str, Any], name: str, text: str, seq: int = 1) -> None:
        """Keep a text without its personal parts; the original becomes a secret while it may still be kept."""
        text = normalise(text)
        shown = data[name] = _redacted(text)
        if shown != text:
            self._seal(data, name, text, seq)

    def _seal(self, data: dict[str, Any], name: str, plain: str, seq: int = 1) -> None:
        if self._until <= self.batch._now:
            return  # past its time: what would be erased today is not written
        made = secrets.prepare("text", plain, expires=self._until)
        data[f"{name}_sealed"] = {"secret": str(made.id), "hash": made.hash}
        self.batch._secrets.add_row(columns(made), SECRET)
        self.batch._case_secrets.add(str(self.id), str(made.id), name, str(seq))

    def step(
        self, action: str, stage: Stage, at: datetime, data: dict[str, Any], *, last: bool = False
    ) -> None:
        """Append a step: its row, its leaf, and what figures count. The last one commits to the case as it stands."""
        self.seq += 1
        former, self.stage = self.stage, stage.name
        row, batch = self.row, self.batch
        by = row.office_id if self.seq > 1 else None
        self.office_id, why = batch.holder(row, self.ground, stage)
        if self.office_id is not None:
            self.offices[self.office_id] = None
        answered = stage.answers and self.answered_at is None
        if answered:
            self.answered_at = at
        salt = randomness.token_bytes(16)
        kept = canonical(data)
        state = committing.state(salt, _BLANK | self.columns()) if last else b""
        body = self._leaf(action, former, at, salt, by, kept, why, state)
        when, case = _iso(at), str(self.id)
        batch._steps.add(
            case, str(self.seq), when, action, former, stage.name, historical.KIND, _number(by),
            _number(self.office_id), escaped(row.category), escaped(kept.decode()), written(why), written(salt),
            written(state),
        )  # fmt: skip
        batch._leaves.add("step", when, case, written(body), written(leaf_hash(body)))
        batch.payloads.append(self._payload(action, stage, at, when, answered))

    def _leaf(
        self,
        action: str,
        former: str,
        at: datetime,
        salt: bytes,
        by: int | None,
        kept: bytes,
        why: list[str],
        state: bytes,
    ) -> bytes:
        """The bytes `leaves.leaf_body` would give (a test holds them equal), without sorting what is sorted here."""
        reasons = canonical(why) if why else b"[]"
        about, holder = canonical(self.row.category), _json(self.office_id)
        private = PRIVATE % (_json(by), state.hex().encode(), about, kept, holder, reasons)
        seal = hashlib.sha256(salt + private).hexdigest()
        source = f'"{former}"' if former else "null"
        return (
            f'{{"at":"{_utc(at)}","kind":"step","seal":"{seal}","v":1,"what":{{"action":"{action}",'
            f'"by":"{historical.KIND}","case":"{self.number}","from":{source},'
            f'"procedure":"{self.row.procedure}@{self.version}","seq":{self.seq},"to":"{self.stage}"}}}}'
        ).encode()

    def _payload(self, action: str, stage: Stage, at: datetime, when: str, answered: bool) -> dict[str, Any]:
        row, ended = self.row, stage.final or answered
        return {
            "case": self.id,
            "scenario": self.procedure.scenario,
            "procedure": row.procedure,
            "seq": self.seq,
            "action": action,
            "to": stage.name,
            "office": self.office_id,
            "division": self.ground.division_id,
            "category": row.category or None,
            "was": None,
            "at": when,
            "opened_at": _iso(row.opened_at),
            "first": self.seq == 1,
            "child": False,
            "confidential": self.secret,
            "final": stage.final,
            "outcome": getattr(stage, "outcome", None),
            "answered": answered,
            "reopened": False,
            "returned": False,
            "late": False,
            "unclocked": True,
            "overdue": False,
            "rating": None,
            "days": (_day(at) - _day(row.opened_at)).days if ended else None,
        }

    def columns(self) -> dict[str, Any]:
        """The case's own columns as its last step left it; those not named have what a new case has."""
        row, ground = self.row, self.ground
        shown = row.public and self.procedure.open_to_all and not self.secret
        shown = shown and row.lon is not None and not ground.outside
        scenario = self.procedure.scenario
        return {
            "id": self.id,
            "number": self.number,
            "scenario": scenario,
            "procedure": row.procedure,
            "version": self.version,
            "stage": self.stage,
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "answered_at": self.answered_at,
            "office_id": self.office_id,
            "title": self.title,
            "category": row.category,
            "channel": CHANNEL,
            "zone": self.procedure.zone,
            "confidential": self.secret,
            "public": shown and routing.directory().public.get((scenario, row.category), True),
            "division_id": ground.division_id,
            "cell_id": ground.cell_id,
            "lon": row.lon,
            "lat": row.lat,
            "address": self.address[:ADDRESS],
            "outside": ground.outside,
            "seq": self.seq,
        }

    def finish(self) -> None:
        """The case itself, its detail, who takes part, and where it came from."""
        row, batch, case = self.row, self.batch, str(self.id)
        batch._cases.add_row(self.columns(), CASE)
        batch._origins.add(escaped(row.source), escaped(row.external_id), case)
        for office in self.offices:
            batch._parts.add(case, "office", str(office))
        if self.procedure.detail:
            lines = batch._details.get(self.procedure.detail)
            if lines is None:
                model = apps.get_model(self.procedure.detail)
                lines = batch._details[self.procedure.detail] = Lines(model, ("case_id",))
            lines.add(case)


def procedure_scenario(row: HistoryRow) -> str:
    return row.procedure.partition(".")[0]


def _ground(row: HistoryRow) -> Ground:
    if row.lon is None or row.lat is None:
        return Ground(row.division_id, None, False)
    found = locate(row.lon, row.lat)
    return Ground(row.division_id or found.division_id, found.cell_id, found.outside)


def _route(scenario: str, category: str, ground: Ground, stage: Stage) -> tuple[int | None, list[str]]:
    try:
        if isinstance(stage.owner, Desk):
            found = routing.desk(stage.owner.kind)
        elif isinstance(stage.owner, Duty) or ground.division_id is not None:
            found = routing.route(
                scenario, category, ground.division_id, ground.cell_id, outside=ground.outside
            )
        else:
            return None, []
    except Refused:  # a site without such an office: history comes in all the same
        return None, []
    return found.office_id, found.why


# Files often know days only: the same few thousand moments come again and again.
@lru_cache(16_384)
def _iso(at: datetime) -> str:
    return at.isoformat()


@lru_cache(16_384)
def _utc(at: datetime) -> str:
    return leaves.timestamp(at)


@lru_cache(16_384)
def _day(at: datetime) -> date:
    return timezone.localdate(at)


@lru_cache(16_384)
def _redacted(text: str) -> str:
    return redact(text)


def _personal(identifier: str) -> bool:
    """Whether a former system used a person's number as its own: such an id stays out of steps."""
    digits = identifier.strip()
    if not 11 <= len(digits) <= 18:
        return False
    for check in (check_citizen_id, check_phone) if digits[:-1].isdigit() else ():
        try:
            check(digits)
            return True
        except CodeError:
            continue
    return False


def _title(data: dict[str, Any], procedure: type[Procedure]) -> str:
    """As a list shows it: the title that came, else the beginning of the text."""
    for name, most in (("title", TITLE), ("what", FROM_TEXT)):
        line = " ".join(str(data.get(name, "")).split())
        if line:
            return line if len(line) <= most else line[: most - 1] + "…"
    return procedure.title


def _number(value: int | None) -> str:
    return NULL if value is None else str(value)


def _json(value: int | None) -> bytes:
    return b"null" if value is None else b"%d" % value


_BLANK = {f.attname: f.get_default() for f in Case._meta.concrete_fields}
