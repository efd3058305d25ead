"""Whether the same party was penalised before: asked inside one case, for 初次违法 of art. 33, and shown nowhere else.

An entity is found by its code. A person is found by the keyed index of the sealed number, which says "the same" and
nothing more: no name is opened, and no list of a person's cases exists.
"""

from __future__ import annotations

from zhili.core.cases.models import CaseSecret
from zhili.core.people.models import Secret
from zhili.scenarios.discretion import kinds
from zhili.scenarios.discretion.models import PenaltyDetail

PENALISED = (kinds.FINE, kinds.WARNING)


def penalties(case_id: int, detail: PenaltyDetail) -> list[str]:
    """Numbers of the earlier cases in which the same party was penalised, the newest first."""
    decided = PenaltyDetail.objects.filter(outcome__in=PENALISED, decided_on__isnull=False).exclude(
        pk=case_id
    )
    if detail.firm_code:
        same = decided.filter(firm_code=detail.firm_code)
    else:
        same = decided.filter(pk__in=_same_person(case_id))
    return list(same.order_by("-decided_on", "-pk").values_list("case__number", flat=True))


def _same_person(case_id: int) -> list[int]:
    own = CaseSecret.objects.filter(case_id=case_id, field="party_id").values("secret_id")
    indexes = Secret.objects.filter(pk__in=own, blind_index__isnull=False).values_list(
        "blind_index", flat=True
    )
    same = Secret.objects.filter(blind_index__in=[bytes(one) for one in indexes if one is not None]).values(
        "pk"
    )
    return list(
        CaseSecret.objects.filter(field="party_id", secret_id__in=same).values_list("case_id", flat=True)
    )
