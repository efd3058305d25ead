"""Whether the same party was penalised before: asked inside one case, for 初次违法 of art. 33, and shown nowhere else.

An entity is found by its code, whom the register knows by its row there. A person is found by the keyed index of the
sealed number, which says "the same" and nothing more: no name is opened, and no list of a person's cases exists.
"""

from __future__ import annotations

from django.db.models import Q

from zhili.core.cases.models import CaseSecret
from zhili.core.people.models import Secret
from zhili.scenarios.discretion import kinds
from zhili.scenarios.discretion.models import PenaltyDetail

PENALISED = (kinds.FINE, kinds.WARNING)
GIVEN_UP = ("not_filed", "dropped", "handed_over", "revoked")


def penalties(case_id: int, detail: PenaltyDetail) -> list[str]:
    """Numbers of the earlier cases in which the same party was penalised, the newest first."""
    decided = PenaltyDetail.objects.filter(outcome__in=PENALISED, decided_on__isnull=False)
    same = decided.filter(_same_party(case_id, detail)).exclude(pk=case_id).exclude(case__stage="revoked")
    return list(same.order_by("-decided_on", "-pk").values_list("case__number", flat=True))


def may_be_asked(case_id: int, detail: PenaltyDetail) -> bool:
    """Whether there is anything by which the same party would be found again."""
    known = CaseSecret.objects.filter(case_id=case_id, field="party_id").exists()
    return bool(detail.firm_code or detail.firm_id) or known


def same_act(case_id: int, detail: PenaltyDetail) -> str:
    """The number of another case against the same party for the same clause and day, filed and not given up (29)."""
    filed = PenaltyDetail.objects.filter(
        provision=detail.provision, act_ended=detail.act_ended, filed_on__isnull=False
    )
    same = filed.filter(_same_party(case_id, detail)).exclude(pk=case_id).exclude(case__stage__in=GIVEN_UP)
    return same.order_by("pk").values_list("case__number", flat=True).first() or ""


def _same_party(case_id: int, detail: PenaltyDetail) -> Q:
    same = Q(pk__in=_same_person(case_id))
    if detail.firm_code:
        same |= Q(firm_code=detail.firm_code)
    if detail.firm_id:
        same |= Q(firm=detail.firm_id)
    return same


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
