"""The receipt of a case: proof of every step the asker may see, and of the words of those they took themselves.

Of other people's steps a receipt holds what their leaves say publicly. What a leaf only commits to (who in person
acted, what was written) is disclosed to nobody but whoever took that step; names and telephone numbers stand in it as
salted hashes even then, so a receipt stays valid when they are erased.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.cases import committing, present, registry
from zhili.core.cases.models import Case, Participation, Step
from zhili.core.people.actors import Actor
from zhili.core.people.models import Grant
from zhili.core.trail import bundles

REPORTER = "reporter"


def receipt(case: Case, actor: Actor, *, own: bool, site: str = "") -> dict[str, Any]:
    """The file (``trail.bundles``) of a case for this asker; ``own``: they see it whole.

    ``site`` is the address it was made at. A handful of queries for any number of steps.
    """
    entries = present.timeline(case, actor)
    leaves = bundles.steps_of(case.pk)
    shown = [entry for entry in entries if entry.seq in leaves]
    if not shown:
        raise LookupError(f"{case.number}: none of its steps has a leaf")
    disclosed = _disclosed(case, actor, [entry.seq for entry in shown], leaves) if own else {}
    about = {
        "kind": "case",
        "number": case.number,
        "title": case.title,
        "procedure": _(registry.procedures()[case.procedure].title),
        "for": "office" if own and actor.kind == "post" else "party" if own else "public",
        "site": site,
    }
    said = {leaves[one.seq]: f"{one.title}（{one.who}）" if one.who else one.title for one in shown}
    return bundles.bundle([leaves[one.seq] for one in shown], disclosed, about=about, said=said)


def _disclosed(
    case: Case, actor: Actor, seqs: Collection[int], leaves: dict[int, int]
) -> dict[int, tuple[Any, bytes]]:
    """By leaf id what the asker's own steps say. At most three queries."""
    steps = list(Step.objects.filter(case=case, seq__in=seqs))
    codes = _codes(case, actor) if any(step.actor_kind == "grant" for step in steps) else set()
    reporter = is_reporter(case, actor)
    return {
        leaves[step.seq]: (committing.private(committing.columns_of(step)), bytes(step.salt))
        for step in steps
        if _took(step, actor, codes, reporter)
    }


def is_reporter(case: Case, actor: Actor) -> bool:
    """Whether the asker reported the matter: by account, or by the code given for it. At most one query."""
    if actor.kind == "grant":
        return actor.grant_case == case.pk and actor.grant_party == REPORTER
    if actor.kind == "post" or actor.account_id is None:
        return False
    mine = Participation.objects.filter(case=case, account_id=actor.account_id, role=REPORTER)
    return actor.account_id == case.opener_id or mine.exists()


def _took(step: Step, actor: Actor, codes: set[int], reporter: bool) -> bool:
    """Whether the asker took the step. A step that names an account or a post is its holder's alone."""
    if step.actor_kind == "post":
        mine = (actor.kind, actor.id, actor.account_id) == ("post", step.actor_id, step.account_id)
        return mine and step.account_id is not None
    if step.account_id is not None:
        return (
            actor.kind != "post"
            and step.actor_kind in ("account", "grant")
            and step.account_id == actor.account_id
        )
    if step.actor_kind == "anonymous":
        return step.seq == 1 and reporter
    return step.actor_kind == "grant" and step.actor_id in codes


def _codes(case: Case, actor: Actor) -> set[int]:
    """The codes of the asker's own party: the one they use, and earlier ones it replaced."""
    if actor.kind != "grant" or actor.grant_case != case.pk:
        return set()
    return set(Grant.objects.filter(case_id=case.pk, party=actor.grant_party).values_list("pk", flat=True))
