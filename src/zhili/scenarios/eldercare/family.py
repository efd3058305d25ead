"""Who of the family may look: a link each, named by the wearer, counted nowhere, taken back at once.

A link is a ``people.Grant`` with a door of its own; what it may show stands in the step that gave it. Its code is made
again from the site's secret for the wearer's own page, and is kept nowhere.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.core import params
from zhili.core.cases.changing import Change
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Step
from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.core.people.models import Grant
from zhili.scenarios.eldercare.kinds import RELATIONS

DOOR = "eldercare.family"
PARTY = "family"
DAYS = "eldercare.family_days"


@dataclass(frozen=True)
class Relative:
    """One link of a wearing."""

    serial: str
    relation: str
    location: bool
    health: bool
    grant: Grant
    code: str
    """Empty when the site's secret has changed since: then it can only be taken back and given anew."""
    since: datetime

    @property
    def open(self) -> bool:
        over = self.grant.expires_at is not None and self.grant.expires_at <= timezone.now()
        return self.grant.revoked_at is None and not over

    @property
    def actor(self) -> Actor:
        """How they stand in the record of who looked."""
        return Actor(
            kind="grant",
            id=self.grant.pk,
            grant_case=self.grant.case_id,
            grant_party=PARTY,
            label=f"{self.relation}（{self.serial}）",
        )


def name(change: Change) -> None:
    serial = str(Step.objects.filter(case=change.case, action="name_family").count() + 1)
    until = change.at + timedelta(days=params.duration(DAYS)[0].amount)
    _code, row = grants.prepare(
        change.case.pk, PARTY, ("look",), until, seed=_seed(change.case.pk, serial, change.at), door=DOOR
    )
    change.values.update(serial=serial, link=row.sha256)
    change.then.append(lambda _done: _save(row))


def _save(row: grants.GrantRow) -> None:
    grants.save([row])


def take_back(change: Change) -> None:
    serial = change.values["serial"].strip()
    found = next((one for one in of(change.case) if one.serial == serial), None)
    if found is None or found.grant.revoked_at is not None:
        raise Refused("no_link", _("没有这个链接，或它已经收回"), 422)
    Grant.objects.filter(pk=found.grant.pk).update(revoked_at=change.at)


def of(case: Case) -> list[Relative]:
    """Every link of a wearing, the newest first. Two queries."""
    steps = list(Step.objects.filter(case=case, action="name_family").order_by("-seq"))
    known = {one.sha256: one for one in Grant.objects.filter(case_id=case.pk, party=PARTY)}
    return [_relative(step, known[step.data["link"]]) for step in steps if step.data.get("link") in known]


def behind(code: str) -> tuple[Case, Relative] | None:
    """The wearing and the link of a code, while both hold."""
    grant = grants.at_door(code, DOOR)
    case = Case.objects.filter(pk=grant.case_id, closed_at=None).first() if grant else None
    if grant is None or case is None:
        return None
    steps = Step.objects.filter(case=case, action="name_family")
    step = next((one for one in steps if one.data.get("link") == grant.sha256), None)
    found = _relative(step, grant) if step is not None else None
    return (case, found) if found is not None and found.open else None


def _relative(step: Step, grant: Grant) -> Relative:
    serial = str(step.data["serial"])
    code, row = grants.prepare(step.case_id, PARTY, seed=_seed(step.case_id, serial, step.at), door=DOOR)
    return Relative(
        serial,
        _(dict(RELATIONS)[step.data["relation"]]),
        bool(step.data.get("location")),
        bool(step.data.get("health")),
        grant,
        code if row.sha256 == grant.sha256 else "",
        step.at,
    )


def _seed(case_id: int, serial: str, at: datetime) -> bytes:
    """Bound to the moment: after a restore the same serial may be given again, and is another link."""
    about = f"{DOOR}/{case_id}/{serial}/{at.isoformat()}"
    return hmac.digest(settings.SECRET_KEY.encode(), about.encode(), "sha256")
