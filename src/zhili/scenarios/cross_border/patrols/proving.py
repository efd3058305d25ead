"""The receipt of a patrol: one file (``core.trail.bundles``) with the leaf of every tap and its proof of inclusion.

Which team it was is disclosed in it: to the offices that take part and to the other site. Anybody checks it at /verify.
"""

from __future__ import annotations

from typing import Any

from zhili.core.cases.models import Case
from zhili.core.people.offices import tree
from zhili.core.trail import bundles, checking
from zhili.scenarios.cross_border.patrols import tapping
from zhili.scenarios.cross_border.patrols.models import PatrolDetail, Tap


def taps_of(patrol: PatrolDetail) -> list[Tap]:
    return list(Tap.objects.filter(stop__patrol=patrol).order_by("at", "id"))


def receipt(patrol: PatrolDetail, case: Case, *, site: str = "") -> dict[str, Any] | None:
    """The file; None while there is no tap. Kept, so that it is the same until something is added."""
    taps = taps_of(patrol)
    if not taps:
        return None
    kept: dict[str, Any] = (patrol.proof if patrol.proof_taps == len(taps) else None) or {}
    if kept.get("format") == checking.PROOF and "promise" not in kept:
        return kept
    about = {"kind": "patrol", "number": case.number, "title": case.title, "patrol": str(patrol.uuid)}
    if site:
        about["site"] = site
    file = bundles.bundle(
        [one.leaf_id for one in taps],
        {one.leaf_id: (tapping.private(one), bytes(one.salt)) for one in taps},
        about=about,
        said={one.leaf_id: said(one) for one in taps},
    )
    if kept and _proven(file) == _proven(kept):
        return kept  # another promise says nothing more, and would be shared anew
    PatrolDetail.objects.filter(pk=patrol.pk).update(proof=file, proof_taps=len(taps))
    return file


def _proven(file: dict[str, Any]) -> int:
    """How many of its leaves a signed head covers."""
    return sum("proof" in leaf for leaf in file.get("leaves", ()))


def said(one: Tap) -> str:
    """A tap in words, for readers of the file."""
    node = tree().nodes.get(one.team.office_id)
    return f"{one.stop.name}：{node.name if node else ''} {one.team.name}".strip()
