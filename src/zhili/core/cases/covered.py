"""How cases and their steps are tied to the trail, and what hangs on a step: personal values and files.

A step has its leaf by case and place. A case itself has none: its last step commits to its columns (committing.py).
Which personal values and files belong to a case stands in its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from zhili.core.cases import committing
from zhili.core.cases.audited import Matter, faults_of
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.files.models import Attachment, File
from zhili.core.people.models import Secret
from zhili.core.trail.audit.covering import COLUMNS, LeafRow, leaf_row, register
from zhili.core.trail.audit.faults import Fault, Part

STEP_LEAVES = (
    f"SELECT {COLUMNS} FROM trail_leaf WHERE kind = 'step' AND subject = ANY(%s) ORDER BY subject, id"  # noqa: S608
)
# Leaves, steps and what hangs on them may name a case that is gone: windows run over them all.
NEXT = """
SELECT id FROM (
  (SELECT id FROM cases_case WHERE id > %(after)s ORDER BY id LIMIT %(most)s)
  UNION (SELECT DISTINCT case_id FROM (SELECT case_id FROM cases_step WHERE case_id > %(after)s
                                       ORDER BY case_id, seq LIMIT %(most)s) s)
  UNION (SELECT DISTINCT subject FROM (SELECT subject FROM trail_leaf WHERE subject > %(after)s
                                       ORDER BY subject LIMIT %(most)s) l)
  UNION (SELECT DISTINCT case_id FROM (SELECT case_id FROM cases_casesecret WHERE case_id > %(after)s
                                       ORDER BY case_id LIMIT %(most)s) k)
  UNION (SELECT DISTINCT case_id FROM (SELECT case_id FROM files_attachment WHERE case_id > %(after)s
                                       ORDER BY case_id LIMIT %(most)s) f)
) ids ORDER BY id LIMIT %(most)s"""


@dataclass(frozen=True)
class Cases:
    """Cases with their steps, leaves, personal values and files, in order of their ids."""

    name: str = Case._meta.db_table
    step: int = 400

    @property
    def beside(self) -> Mapping[str, Collection[str]]:
        """Surrogate ids, and what may change without a step."""
        files = {f.attname for f in File._meta.concrete_fields} - {"id", "sha256"}
        return {
            Case._meta.db_table: committing.BESIDE,
            Step._meta.db_table: ("id",),
            CaseSecret._meta.db_table: ("id",),
            Attachment._meta.db_table: ("id", "public"),
            File._meta.db_table: files,
        }

    @property
    def claims(self) -> Callable[[LeafRow], bool]:
        return lambda leaf: leaf.kind == "step"

    def size(self) -> int:
        return Case.objects.count()

    def batch(self, after: Any) -> Part:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, {"after": -(2**62) if after is None else after, "most": self.step})
            ids = [pk for (pk,) in cursor.fetchall()]
        part = Part(len(ids), after=ids[-1] if len(ids) == self.step else None)
        for matter in read(ids):
            part.faults += faults_of(matter)
        return part

    def of_leaves(self, leaves: Sequence[LeafRow], *, thorough: bool) -> list[Fault]:
        if not thorough:
            return []
        ids = sorted({leaf.subject for leaf in leaves if leaf.kind == "step" and leaf.subject is not None})
        return [one for matter in read(ids) for one in faults_of(matter)]


def read(ids: list[int]) -> Iterator[Matter]:
    """These cases with all that hangs on them, whether or not the case is there. Seven queries for any number."""
    matters = {pk: Matter(pk) for pk in ids}
    with connection.cursor() as cursor:
        cursor.execute(STEP_LEAVES, [ids])
        for row in cursor.fetchall():
            leaf = leaf_row(row)
            matters[leaf.subject or 0].leaves.append(leaf)
    for case in Case.objects.filter(pk__in=ids):
        matters[case.pk].case = case
    for step in Step.objects.filter(case_id__in=ids).order_by("case_id", "seq"):
        matters[step.case_id].steps.append(step)
    for one in CaseSecret.objects.filter(case_id__in=ids):
        matters[one.case_id].kept.append(one)
    held = list(Attachment.objects.filter(case_id__in=ids))
    digests = dict(File.objects.filter(pk__in={h.file_id for h in held}).values_list("pk", "sha256"))
    for one_file in held:
        matters[one_file.case_id].attached.append(one_file)
    hashes = {s.pk: s.hash for s in Secret.objects.filter(pk__in=wanted(matters.values())).only("pk", "hash")}
    for matter in matters.values():
        matter.hashes, matter.digests = hashes, digests
        yield matter


def wanted(matters: Any) -> set[Any]:
    """The ids of all personal values these cases' steps name."""
    return {secret for matter in matters for _step, _field, secret, _hash in matter.named()}


register(Cases())
