"""The trail for programs: the newest signed head, proofs for any leaf or older head, and a place to hand heads in."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from zhili.core.trail import checkpoints, forks, heads, keys, proofs
from zhili.core.trail.models import Stamp
from zhili.portal.api.asking import actor_of, body_of, refuse_unknown
from zhili.portal.api.problems import Problem
from zhili.portal.api.shapes import Shape

router = Router(tags=["trail"])
MOST = 2**62
WITNESSED = 20_000
STATUS = {proofs.NotSealed: 409, proofs.BeingTiled: 503, proofs.BeyondTree: 404, proofs.NoSuchLeaf: 404}


class StampOut(Shape):
    """A time stamp (RFC 3161) over the checkpoint's text. ``token``: the authority's whole answer, DER in base64."""

    at: datetime
    authority: str
    token: str


class CheckpointOut(Shape):
    """A signed head. ``checkpoint``: the text as c2sp.org/tlog-checkpoint has it; ``root`` in base64."""

    origin: str
    size: int
    root: str
    at: datetime
    checkpoint: str
    keys: list[str]
    stamps: list[StampOut]


class InclusionOut(Shape):
    """That a leaf stands in the tree of ``size`` leaves: hashes in base64, root's side last (RFC 6962 §2.1.1)."""

    index: int
    size: int
    root: str
    proof: list[str]


class ConsistencyOut(Shape):
    """That the tree of ``size`` leaves begins with that of ``old`` (RFC 6962 §2.1.2); hashes in base64."""

    old: int
    size: int
    old_root: str
    root: str
    proof: list[str]


class WitnessOut(Shape):
    """What a checkpoint handed in is to us.

    ``verdict``: same, earlier, fork, beyond, lost, foreign, altered, malformed; of ``fork`` and ``beyond`` an alarm was
    raised. ``proof``: of ``earlier``, that our tree of ``size`` begins with it.
    """

    verdict: str
    alarm: bool
    size: int
    root: str | None
    proof: list[str]
    reason: str


class OfSize(Schema):
    size: int | None = Field(None, ge=1, le=MOST, description="of that size; without it the newest")


class OfLeaf(Schema):
    """Either ``index`` or ``leaf``."""

    index: int | None = Field(None, ge=0, le=MOST, description="number in the tree, from 0")
    leaf: str | None = Field(None, max_length=64, description="the leaf's hash, in hex or base64")
    size: int | None = Field(
        None, ge=1, le=MOST, description="in the tree of that size; without it the newest signed"
    )


class Between(Schema):
    old: int = Field(ge=1, le=MOST, description="leaves of the older tree")
    size: int | None = Field(None, ge=1, le=MOST, description="of the newer; without it the newest signed")


@router.get(
    "/trail/checkpoint", response=CheckpointOut, summary="Signed head", operation_id="trail_checkpoint"
)
def checkpoint(request: HttpRequest, asked: Query[OfSize]) -> CheckpointOut:
    """How the trail stood when it was last signed, with its keys and time stamps."""
    refuse_unknown(request, OfSize.model_fields)
    actor_of(request)
    found = checkpoints.latest() if asked.size is None else checkpoints.of_size(asked.size)
    if found is None:
        raise Problem(404, "not_signed", _("还没有签过名的存证根。"))
    stamps = Stamp.objects.filter(head_id=found.id).order_by("id")
    return CheckpointOut(
        origin=found.text.split("\n", 1)[0],
        size=found.size,
        root=_encoded(found.root),
        at=found.at,
        checkpoint=found.text,
        keys=keys.vkeys(),
        stamps=[
            StampOut(at=one.at, authority=one.authority, token=_encoded(bytes(one.token))) for one in stamps
        ],
    )


@router.get(
    "/trail/inclusion", response=InclusionOut, summary="Proof of a leaf", operation_id="trail_inclusion"
)
def inclusion(request: HttpRequest, asked: Query[OfLeaf]) -> InclusionOut:
    """That a leaf stands in the tree. Refused by `not_sealed_yet` (409: written, in a moment; also while no signed
    head reaches it), `no_such_leaf`, `beyond_the_tree` (404), `being_prepared` (503)."""
    refuse_unknown(request, OfLeaf.model_fields)
    actor_of(request)
    try:
        index = _index(asked)
        size = asked.size or _signed_size()
        if asked.size is None and size <= index < heads.current().size:
            raise proofs.NotSealed
        found = proofs.inclusion(index, size)
        return InclusionOut(index=index, size=size, root=_encoded(proofs.root(size)), proof=_all(found))
    except proofs.NoProof as refusal:
        raise _problem(refusal) from refusal


@router.get(
    "/trail/consistency",
    response=ConsistencyOut,
    summary="Proof of growth",
    operation_id="trail_consistency",
)
def consistency(request: HttpRequest, asked: Query[Between]) -> ConsistencyOut:
    """That an older tree is the beginning of a newer one. Refused by `beyond_the_tree` (404), `being_prepared`."""
    refuse_unknown(request, Between.model_fields)
    actor_of(request)
    try:
        size = asked.size or _signed_size()
        found = proofs.consistency(asked.old, size)
        return ConsistencyOut(
            old=asked.old,
            size=size,
            old_root=_encoded(proofs.root(asked.old)),
            root=_encoded(proofs.root(size)),
            proof=_all(found),
        )
    except proofs.NoProof as refusal:
        raise _problem(refusal) from refusal


@router.post(
    "/trail/witness", response=WitnessOut, summary="Hand in a signed head", operation_id="trail_witness"
)
def witness(request: HttpRequest) -> WitnessOut:
    """Body: `{"checkpoint": "<the text>"}`. Whoever kept a signed head is told whether the tree still begins with it;
    if it does not, the fork alarm is raised, here and on /trail."""
    actor_of(request)
    body = body_of(request)
    text = body.get("checkpoint")
    if not isinstance(text, str) or set(body) != {"checkpoint"} or len(text) > WITNESSED:
        words = _("请在 checkpoint 里给出存证根的全文。")
        raise Problem(422, "form", words, errors={"checkpoint": [words]})
    try:
        found = forks.witness(text)
    except proofs.NoProof as refusal:
        raise _problem(refusal) from refusal
    return WitnessOut(
        verdict=found.kind,
        alarm=found.alarming,
        size=found.size,
        root=_encoded(found.ours) if found.ours else None,
        proof=_all(found.proof),
        reason=found.reason,
    )


def _index(asked: OfLeaf) -> int:
    """Raises Problem (422), NoSuchLeaf, NotSealed."""
    if (asked.index is None) == (asked.leaf is None):
        words = _("请给出 index 或者 leaf，二者取一。")
        raise Problem(422, "query", words, errors={"leaf": [words]})
    if asked.leaf is None:
        return asked.index or 0
    digest = _decoded(asked.leaf)
    if digest is None:
        words = _("存证的散列值是32个字节，写成64位十六进制或者 base64。")
        raise Problem(422, "query", words, errors={"leaf": [words]})
    return proofs.number_of(digest)


def _signed_size() -> int:
    signed = checkpoints.latest()
    return signed.size if signed else 0


def _decoded(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == 32 else None


def _problem(refusal: proofs.NoProof) -> Problem:
    headers = {"Retry-After": "10"} if isinstance(refusal, proofs.NotSealed | proofs.BeingTiled) else None
    return Problem(STATUS.get(type(refusal), 404), refusal.code, refusal.message, headers=headers)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _all(hashes: Any) -> list[str]:
    return [_encoded(one) for one in hashes]
