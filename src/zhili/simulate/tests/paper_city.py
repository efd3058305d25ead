"""A city on paper: two counties with their offices and a few cells; nothing of it exists."""

from zhili.simulate.city import Cell, City, Office, Seat

LIMITS = {
    "citizen_reports.accept": 33.6,
    "citizen_reports.handle": 168.0,
    "citizen_reports.review": 33.6,
    "citizen_reports.arbitrate": 33.6,
    "citizen_reports.supplement": 120.0,
    "citizen_reports.reopen": 360.0,
    "citizen_reports.object": 360.0,
    "citizen_reports.overall": 360.0,
    "referrals.accept": 33.6,
    "referrals.assist": 168.0,
    "referrals.supervise": 67.2,
    "referrals.approve": 33.6,
}


def city(cells: int = 40) -> City:
    offices = [_office(1, "330400000000", "city", "general", "handler", "leader", "commander")]
    offices.append(_office(2, "330400000000-12345", "city", "hotline", "hotline"))
    offices.append(_office(3, "330400000000-caiding", "city", "arbiter", "arbiter"))
    places = []
    for n, county in enumerate(("330402", "330411")):
        at = 100 * (n + 1)
        offices.append(_office(at, f"{county}000000", "county", "general", "handler", "leader"))
        for m, slug in enumerate(("zhzf", "zhujian", "shuili")):
            offices.append(
                _office(at + 10 + m, f"{county}000000-{slug}", "county", "department", "handler", "leader")
            )
        offices.append(_office(at + 20, f"{county}001000", "town", "general", "handler", "leader"))
        offices.append(_office(at + 21, f"{county}001001", "village", "general", "handler", "leader"))
        for m in range(cells // 2):
            code = f"{county}001001{m + 1:02d}"
            offices.append(_office(at + 30 + m, code, "grid", "general", "grid"))
            points = tuple((120.7 + n / 10 + m / 1000, 30.7 + k / 1000) for k in range(3))
            places.append(Cell(code, "凤桥镇", "联丰村", points))
    return City(
        {o.code: o for o in offices},
        tuple(places),
        ((121.9, 30.2), (121.8, 30.1)),
        LIMITS,
        frozenset({"204003"}),
        residents=tuple(f"token-{n}" for n in range(20)),
    )


def _office(number: int, code: str, level: str, kind: str, *roles: str) -> Office:
    return Office(number, code, f"单位{number}", level, kind, {r: Seat(f"t{number}", number) for r in roles})
