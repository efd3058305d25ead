"""A county with a place to eat on the register, its office, and short words for what is done."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from zhili.base.codes import made_uscc
from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people import grants
from zhili.core.people.actors import Actor
from zhili.core.registers import keeping
from zhili.core.registers.given import GivenFirm, GivenPremises
from zhili.core.registers.models import Premises
from zhili.scenarios.catering import actions
from zhili.scenarios.catering.models import OutletDetail, ProblemDetail

OUTLET, PROBLEM = "catering.outlet", "catering.problem"


@dataclass
class Kitchen:
    """``officer`` of county A's department files outlets and looks at problems; ``firm`` and ``trader`` are places."""

    city: SmallCity

    def __post_init__(self) -> None:
        self.officer = self.city.actor("A.zhzf", "handler", "leader", name="经办")
        self.clerk = self.city.actor("A", "handler", name="登记")
        self.firm = self.place("禾兴餐饮有限公司", "firm", 1)
        self.trader = self.place("欧阳小敏面馆", "sole_trader", 2)

    def place(self, name: str, kind: str, n: int, **more: Any) -> Premises:
        village, cell = self.city.divisions["A.village"].pk, self.city.cells["A.grid"].pk
        lead = {"firm": "91", "sole_trader": "92"}[kind]
        code = made_uscc(lead, "330402", f"YY{n:06d}")
        operator = "欧阳小敏" if kind == "sole_trader" else ""
        keeping.keep_firms(
            [GivenFirm(code, name, kind, "active", "6210", village, operator=operator)], self.clerk
        )
        given = GivenPremises(
            code,
            "restaurant",
            name,
            f"CS{n}",
            f"建国路{n}号",
            120.05 + n / 1000,
            30.05,
            village,
            cell_id=cell,
        )
        keeping.keep_premises([given], self.clerk)
        Premises.objects.filter(code=f"CS{n}").update(**more) if more else None
        return Premises.objects.get(code=f"CS{n}")

    def filed(self, place: Premises, **more: Any) -> Case:
        told = {"premises": place.pk, "form": "snack", "smoky": True, "trap": True, "hobs": 3}
        made = doors.open_case(OUTLET, "file", self.officer, told | more)
        return Case.objects.get(pk=made.case_id)

    def owner(self, case: Case) -> Actor:
        """Whoever holds the code of the outlet, or of the problem."""
        found = grants.resolve(actions.code_of(Case.objects.get(pk=case.pk)))
        assert found is not None
        return found

    def found(self, place: Premises, kind: str = "grease") -> Case:
        told = {"premises": place.pk, "kind": kind, "what": "隔油池满了"}
        made = doors.open_case(PROBLEM, "find", self.officer, told)
        return Case.objects.get(pk=made.case_id)

    def fixed(self, place: Premises, kind: str = "grease") -> Case:
        case = self.found(place, kind)
        doors.act(case.pk, "tell", self.officer, {"demand": "清掏"})
        owner = self.owner(case)
        doors.act(case.pk, "submit", owner, {"done": "清掏了", "photos": [self.photo(owner)]})
        doors.act(case.pk, "accept", self.officer, {"words": "干净"})
        case.refresh_from_db()
        return case

    def checks(self, file: Case, **more: Any) -> None:
        owner = self.owner(file)
        day = timezone.localdate().isoformat()
        told = {"day": day, "done": ["purifier", "filter"], "photos": [self.photo(owner)]}
        doors.act(file.pk, "check", owner, told | more)

    def photo(self, by: Actor) -> str:
        out = BytesIO()
        Image.new("RGB", (40, 30), "green").save(out, "JPEG")
        kept = files.store(BytesIO(out.getvalue()), "after.jpg", by)
        return f"{kept.id}:{kept.token}"

    def file_of(self, case: Case) -> OutletDetail:
        return OutletDetail.objects.get(pk=case.pk)

    def problem_of(self, case: Case) -> ProblemDetail:
        return ProblemDetail.objects.select_related("case").get(pk=case.pk)


@pytest.fixture
def kitchen(small_city: SmallCity) -> Kitchen:
    return Kitchen(small_city)
