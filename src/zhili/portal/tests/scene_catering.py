"""The shop of the register as an outlet with a log, a problem its owner was told of, and one put right."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from zhili.core.cases import doors
from zhili.core.cases.tests.city import SmallCity
from zhili.portal.tests.pages_client import reader

DESK = "/desk/catering"


def at_the_tables(city: SmallCity, shop: int) -> dict[str, tuple[str, ...]]:
    """Addresses by who reads them: ``leader`` of the department, ``stranger`` with the owner's code."""
    leader, day = city.actor("A.zhzf", "leader"), timezone.localdate()
    told = {"premises": shop, "form": "snack", "smoky": True, "trap": True, "hobs": 3}
    file = doors.open_case("catering.outlet", "file", leader, told)
    days = "\n".join(str(day - timedelta(days=n)) for n in (20, 150))
    doors.act(file.case_id, "earlier", leader, {"days": days})
    problem = {"premises": shop, "kind": "grease", "what": "隔油池油层很厚，已经溢到地面"}
    found = doors.open_case("catering.problem", "find", leader, problem)
    doors.act(found.case_id, "tell", leader, {"demand": "找收运单位清掏，拍清掏后的照片"})
    page = reader(leader).get(f"{DESK}/code/{file.number}").content.decode()
    (code,) = set(re.findall(r"/catering/own\?g=([0-9A-Z-]+)", page))
    desk = (
        DESK,
        f"{DESK}?q=zzz",
        f"{DESK}?state=unfiled",
        f"{DESK}/results",
        f"{DESK}/{shop}",
        f"{DESK}/code/{file.number}",
        f"{DESK}/code/{found.number}",
        f"/desk/c/{found.number}",
    )
    return {
        "leader": desk,
        "stranger": ("/catering", "/catering?kind=fume", "/catering/own", f"/catering/own?g={code}"),
    }
