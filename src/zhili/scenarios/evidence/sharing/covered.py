"""How links, their openings and those they turned away are held against the trail.

A link and its openings have no leaf of their own: each is written by a step of its item, which has one, and says all
that stands in them. What changes of a link (its end, its count, that it was taken back) is added up from the steps that
changed it. Nobody takes a step when a link lets nobody in, so that row has a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from zhili.core.cases.models import Case, Step
from zhili.core.people.models import Grant
from zhili.core.trail.audit.covering import LeafRow, Rows, Told, record
from zhili.core.trail.audit.faults import Fault, Part, short
from zhili.scenarios.evidence.sharing import turning
from zhili.scenarios.evidence.sharing.actions import LOOK, PARTY, midnight
from zhili.scenarios.evidence.sharing.models import Share, Turned, Viewing

GIVEN, LONGER, BACK = "share", "share_longer", "share_taken_back"
ACTIONS: Final = (GIVEN, LOOK, LONGER, BACK)
ITEM = "evidence.item"
SHARE, VIEWING, GRANT = Share._meta.db_table, Viewing._meta.db_table, Grant._meta.db_table
Wrong = Iterator[tuple[str, Any, Any]]
"""(column, expected, found)"""


@dataclass
class Matter:
    """One item's links as they are stored, and its steps that say how they should be."""

    pk: int
    steps: list[Step] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    viewings: list[Viewing] = field(default_factory=list)

    def of(self, action: str, serial: object = None) -> list[Step]:
        return [
            step
            for step in self.steps
            if step.action == action and (serial is None or str(step.data.get("serial")) == str(serial))
        ]


@dataclass(frozen=True)
class Shares:
    """Links and their openings, item by item."""

    name: str = SHARE
    step: int = 400

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        return {SHARE: ("id",), VIEWING: ("id",)}

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda _leaf: False  # the leaves are the steps'

    def size(self) -> int:
        return Share.objects.count()

    def batch(self, after: Any) -> Part:
        """Items by their id, and whatever else a link says it is of."""
        least = -(2**62) if after is None else after
        items = Case.objects.filter(procedure=ITEM, pk__gt=least).order_by("pk").values_list("pk", flat=True)
        linked = Share.objects.filter(case_id__gt=least).order_by("case_id").values_list("case_id", flat=True)
        ids = sorted({*items[: self.step], *linked.distinct()[: self.step]})[: self.step]
        part = Part(0, after=ids[-1] if len(ids) == self.step else None)
        for matter in read(ids):
            part.seen += len(matter.shares) + len(matter.viewings)
            part.faults += faults_of(matter)
        if after is None:
            lost = Viewing.objects.exclude(share_id__in=Share.objects.values("pk")).only("pk", "share_id")
            part.faults += [
                Fault("added", VIEWING, str(one.pk), "share_id", found=str(one.share_id)) for one in lost
            ]
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        if not thorough:
            return []
        mine = [leaf for leaf in leaves if leaf.kind == "step" and leaf.what.get("action") in ACTIONS]
        ids = sorted({leaf.subject for leaf in mine if leaf.subject is not None})
        return [one for matter in read(ids) for one in faults_of(matter)]


def read(ids: Sequence[Any]) -> Iterator[Matter]:
    """These items' links, openings and the steps of both. Three queries for any number."""
    matters = {pk: Matter(pk) for pk in ids}
    for step in Step.objects.filter(case_id__in=ids, action__in=ACTIONS).order_by("case_id", "seq"):
        if isinstance(step.data, dict):  # else it no longer fits its leaf, and is told of there
            matters[step.case_id].steps.append(step)
    for share in Share.objects.filter(case_id__in=ids).order_by("pk"):
        matters[share.case_id].shares.append(share)
    shares = {one.pk: one for matter in matters.values() for one in matter.shares}
    for one in Viewing.objects.filter(share_id__in=shares).order_by("pk"):
        matters[shares[one.share_id].case_id].viewings.append(one)
    yield from matters.values()


def faults_of(matter: Matter) -> list[Fault]:
    """All that is wrong with an item's links. Whatever stands in a row, it is told of and not stumbled over."""
    found = [*_rows(matter, SHARE, GIVEN, matter.shares, _share)]
    found += _rows(matter, VIEWING, LOOK, matter.viewings, _viewing)
    grants = Grant.objects.in_bulk([one.grant_id for one in matter.shares])
    for share in matter.shares:
        given = next((step for step in matter.of(GIVEN) if step.seq == share.step_seq), None)
        grant = grants.get(share.grant_id)
        if given is None:
            continue
        if grant is None:
            found.append(Fault("gone", GRANT, str(share.grant_id), found=f"share {share.pk}"))
            found.append(Fault("altered", SHARE, str(share.pk), "grant_id", found=str(share.grant_id)))
            continue
        wrong = list(_grant(matter, share, given, grant))
        found += [Fault("altered", GRANT, str(grant.pk), name, short(a), short(b)) for name, a, b in wrong]
        if any(name in ("sha256", "case_id") for name, _a, _b in wrong):
            found.append(Fault("altered", SHARE, str(share.pk), "grant_id", found=str(grant.pk)))
    return found


def _rows(
    matter: Matter, table: str, action: str, rows: Sequence[Any], look: Callable[[Matter, Any, Step], Wrong]
) -> Iterator[Fault]:
    """Each step has its row and each row its step, and the two say the same."""
    steps = {step.seq: step for step in matter.of(action)}
    for row in rows:
        step = steps.pop(row.step_seq, None)
        if step is None:
            yield Fault("added", table, str(row.pk), "step_seq", found=f"case {matter.pk} seq {row.step_seq}")
            continue
        try:
            wrong = [(name, a, b) for name, a, b in look(matter, row, step) if a != b]
        except Exception as error:
            yield Fault("altered", table, str(row.pk), "", found=short(repr(error)))
            continue
        for name, expected, found in wrong:
            yield Fault("altered", table, str(row.pk), name, short(expected), short(found))
    for seq in steps:
        yield Fault("gone", table, f"case {matter.pk} seq {seq}")


def _share(matter: Matter, row: Share, step: Step) -> Wrong:
    said = step.data
    phone = said.get("phone")
    longer = matter.of(LONGER, said.get("serial"))
    yield "serial", str(said.get("serial")), str(row.serial)
    yield "made_at", step.at, row.made_at
    yield "giver_id", step.actor_office_id, row.giver_id
    yield "office_id", said.get("office") if said["receiver"] == "office" else None, row.office_id
    for name in ("recipient", "purpose"):
        yield name, said.get(name), getattr(row, name)
    yield "files", [UUID(one) for one in said["shown_ids"]], row.files
    yield "custody", bool(said.get("custody")), row.custody
    yield "download", said["way"] == "download", row.download
    yield "watermark", bool(said.get("watermark")), row.watermark
    yield "opens_at", midnight(said.get("opens_on")), row.opens_at
    yield "phone_id", UUID(phone["secret"]) if isinstance(phone, dict) else None, row.phone_id
    yield "views", len(matter.of(LOOK, said.get("serial"))), row.views
    yield "most_views", said["views"] + sum(one.data.get("views") or 0 for one in longer), row.most_views


def _viewing(matter: Matter, row: Viewing, step: Step) -> Wrong:
    said = step.data
    share = next((one for one in matter.shares if one.pk == row.share_id), None)
    yield "share_id", str(said.get("serial")), str(share.serial) if share else ""
    yield "number", str(said.get("viewing")), str(row.number)
    yield "at", step.at, row.at
    if "closes" in said:  # steps taken before this was kept do not say it
        yield "until", datetime.fromisoformat(said["closes"]), row.until
    for name in ("stated", "purpose"):
        yield name, said.get(name), getattr(row, name)


def _grant(matter: Matter, share: Share, given: Step, grant: Grant) -> Wrong:
    """What is wrong with the code of a link: whose it is, its end, and that it was taken back."""
    said = given.data
    longer, back = matter.of(LONGER, said.get("serial")), matter.of(BACK, said.get("serial"))
    if longer:
        until = longer[-1].at + timedelta(days=longer[-1].data["days"])
    else:
        opens = midnight(said.get("opens_on"))
        until = (max(opens, given.at) if opens else given.at) + timedelta(days=said["days"])
    told = {
        "case_id": (share.case_id, grant.case_id),
        "party": (PARTY, grant.party),
        "actions": ([LOOK], list(grant.actions)),
        "expires_at": (until, grant.expires_at),
        "revoked_at": (back[-1].at if back else None, grant.revoked_at),
        "sha256": (said.get("link", grant.sha256), grant.sha256),
    }
    by = {step.actor_id for step in matter.of(LOOK, said.get("serial"))}
    if by - {grant.pk}:
        yield "sha256", f"opened by {sorted(map(str, by))}", grant.pk
    for name, (expected, found) in told.items():
        if expected != found:
            yield name, expected, found


def _turned(row: Turned) -> Told:
    return Told(
        row.at,
        {},
        sealed=turning.sealed(row),
        salt=bytes(row.salt),
        hidden=("share_id", "why", "salt"),
    )


COVERS = (Shares(), Rows(Turned, record(turning.RECORD), _turned, without=("id",)))
