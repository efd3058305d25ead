"""One case held against its leaves: what is wrong with it, its steps, and what hangs on them. No database is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from zhili.core.cases import committing
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.files.models import Attachment
from zhili.core.trail.audit.covering import LEAF, LeafRow, Told, differences
from zhili.core.trail.audit.faults import Fault, short

CASE, STEP, KEPT = "cases_case", "cases_step", "cases_casesecret"
ATTACHED, FILE, SECRET = "files_attachment", "files_file", "people_secret"
SEALED = "_sealed"
HIDDEN = ("actor_id", "account_id", "actor_office_id", "office_id", "party", "category", "made_at", "late", "data",
          "why", "key", "request", "state", "salt")  # fmt: skip
"""Columns of a step that its leaf commits to without showing them."""
SHOWN = {"seq": "seq", "action": "action", "from": "from_stage", "to": "to_stage", "by": "actor_kind",
         "case": "case_id", "procedure": "case_id"}  # fmt: skip
FOLLOWED = {
    "stage": "to_stage",
    "office_id": "office_id",
    "party": "party",
    "category": "category",
    "seq": "seq",
}
"""Columns of a case that its last step says outright, so that they can be named."""


@dataclass
class Matter:
    """One case as it is stored, and its leaves."""

    pk: int
    case: Case | None = None
    steps: list[Step] = field(default_factory=list)
    leaves: list[LeafRow] = field(default_factory=list)
    kept: list[CaseSecret] = field(default_factory=list)
    attached: list[Attachment] = field(default_factory=list)
    hashes: Mapping[UUID, str] = field(default_factory=dict)
    """Of the personal values that steps name, the hash that is stored."""
    digests: Mapping[UUID, str] = field(default_factory=dict)
    """Of the attached files, the digest that is stored."""

    def named(self) -> Iterator[tuple[Step, str, UUID, str]]:
        """(step, field, id, hash) of each personal value the steps name."""
        for step in self.steps:
            for name, value in step.data.items() if isinstance(step.data, dict) else ():
                if isinstance(value, dict) and set(value) == {"secret", "hash"}:
                    try:
                        secret = UUID(value["secret"])
                    except (
                        ValueError,
                        TypeError,
                        AttributeError,
                    ):  # altered: the step no longer fits its leaf
                        continue
                    yield step, name.removesuffix(SEALED), secret, value["hash"]


def faults_of(matter: Matter) -> list[Fault]:
    """All that is wrong with it. Whatever stands in its rows, it is told of and not stumbled over."""
    found: list[Fault] = []
    for look in (_steps, _case, _values, _files):
        try:
            found += look(matter)
        except Exception as error:
            found.append(Fault("altered", CASE, str(matter.pk), "", found=short(repr(error))))
    return found


def _steps(matter: Matter) -> Iterator[Fault]:
    """Each leaf has its step, each step its leaf, and the two say the same."""
    leaves: dict[Any, LeafRow] = {}
    for leaf in matter.leaves:
        if not leaf.said:
            continue  # told of where the tree is counted
        if matter.case is not None and not _of_case(leaf, matter.case) and _most_are(matter):
            yield Fault("leaf", LEAF, str(leaf.id), "subject", str(leaf.what.get("case")), matter.case.number)
        elif leaf.what.get("seq") in leaves:
            yield Fault(
                "added", LEAF, str(leaf.id), "body", found=f"{leaf.what.get('case')}/{leaf.what.get('seq')}"
            )
        else:
            leaves[leaf.what.get("seq")] = leaf
    unsound = {leaf.id for leaf in matter.leaves if not leaf.said}
    there = {step.seq: step for step in matter.steps}
    for seq, leaf in leaves.items():
        if seq not in there:
            yield Fault("gone", STEP, f"case {matter.pk} seq {seq}", found=f"leaf {leaf.id}")
    for before, step in zip([None, *matter.steps], matter.steps, strict=False):
        if before is not None and before.pk > step.pk:
            yield Fault("altered", STEP, str(step.pk), "id", f"> {before.pk}", str(step.pk))
        if step.seq in leaves:
            yield from _step(matter, step, leaves[step.seq])
        elif not unsound:
            yield Fault("added", STEP, str(step.pk), found=f"case {matter.pk} seq {step.seq}")


def _of_case(leaf: LeafRow, case: Case) -> bool:
    return bool(leaf.what.get("case") == case.number)


def _most_are(matter: Matter) -> bool:
    """Whether the case's number is that of most of its leaves; if not, it is the case that was altered."""
    assert matter.case is not None
    fitting = sum(_of_case(leaf, matter.case) for leaf in matter.leaves)
    return 2 * fitting >= len(matter.leaves) and fitting > 0


def _step(matter: Matter, step: Step, leaf: LeafRow) -> Iterator[Fault]:
    columns = committing.columns_of(step)
    number, procedure = (
        leaf.what.get("case"),
        leaf.what.get("procedure"),
    )  # the case's own: held against it below
    said = committing.public(columns, str(number), str(procedure))
    told = Told(
        at=step.at,
        what={name: (value, SHOWN[name]) for name, value in said.items()},
        sealed=committing.private(columns),
        salt=bytes(step.salt),
        hidden=HIDDEN,
    )
    for one in differences(leaf, told):
        yield Fault("altered", STEP, str(step.pk), *one)


def _case(matter: Matter) -> Iterator[Fault]:
    """The case is as its last step left it, and its number and procedure those of its leaves."""
    case, key = matter.case, str(matter.pk)
    said = [leaf.what for leaf in matter.leaves if leaf.said]
    if case is None:
        if matter.steps or said:
            yield Fault("gone", CASE, key, found=str(said[-1].get("case")) if said else "")
        return
    if not matter.steps:
        if not matter.leaves:
            yield Fault("added", CASE, key, found=case.number)
        return
    if said and not _most_are(matter):
        yield Fault("altered", CASE, key, "number", str(said[-1].get("case")), case.number)
    first, last = matter.steps[0], matter.steps[-1]
    columns = committing.case_columns(case)
    wrong = [
        (mine, short(getattr(last, theirs)), short(columns[mine]))
        for mine, theirs in FOLLOWED.items()
        if columns[mine] != getattr(last, theirs)
    ]
    if case.opened_at != first.at:
        wrong.append(("opened_at", first.at.isoformat(), case.opened_at.isoformat()))
    if case.closed_at is not None and case.closed_at not in {step.at for step in matter.steps}:
        wrong.append(("closed_at", "the time of a step", case.closed_at.isoformat()))
    state = committing.state(bytes(last.salt), columns) if len(bytes(last.salt)) >= 16 else b""
    if not wrong and bytes(last.state) not in (b"", state):
        wrong.append(("|".join(sorted(set(columns) - committing.BESIDE - set(FOLLOWED))), "", ""))
    for one in wrong:
        yield Fault("altered", CASE, key, *one)


def _values(matter: Matter) -> Iterator[Fault]:
    """Each personal value a step names is there with the hash it says, and stands in the list of the case."""
    named = {}
    for step, field_, secret, digest in matter.named():
        named[secret] = (field_, step.seq)
        stored = matter.hashes.get(secret)
        if stored is None:
            yield Fault("gone", SECRET, str(secret), found=f"case {matter.pk} seq {step.seq}")
        elif stored != digest:
            yield Fault("altered", SECRET, str(secret), "hash", digest, stored)
    listed = set()
    for row in matter.kept:
        listed.add(row.secret_id)
        if row.secret_id not in named:
            yield Fault("added", KEPT, str(row.pk), "secret_id|case_id", found=str(row.secret_id))
        elif named[row.secret_id] != (row.field, row.step_seq):
            field_, seq = named[row.secret_id]
            yield Fault(
                "altered",
                KEPT,
                str(row.pk),
                "field|step_seq",
                f"{field_}/{seq}",
                f"{row.field}/{row.step_seq}",
            )
    for secret in set(named) - listed:
        yield Fault("gone", KEPT, f"case {matter.pk} secret {secret}")


def _files(matter: Matter) -> Iterator[Fault]:
    """The files of the case are those its steps came with, with the digests these say."""
    told: dict[tuple[int, str], str] = {}
    for step in matter.steps:
        digests = step.data.get("files_sha256") if isinstance(step.data, dict) else None
        for file, digest in digests.items() if isinstance(digests, dict) else ():
            told[step.seq, file] = digest
    for row in matter.attached:
        digest = told.pop((row.step_seq, str(row.file_id)), None)
        if digest is None:
            yield Fault(
                "added",
                ATTACHED,
                str(row.pk),
                "case_id|step_seq|file_id",
                found=f"{row.case_id}/{row.step_seq}",
            )
        elif (stored := matter.digests.get(row.file_id)) is None:
            yield Fault("gone", FILE, str(row.file_id), found=f"case {matter.pk}")
        elif digest != stored:
            yield Fault("altered", FILE, str(row.file_id), "sha256", digest, stored)
    for (seq, file), _digest in told.items():
        yield Fault("gone", ATTACHED, f"case {matter.pk} seq {seq} file {file}")
