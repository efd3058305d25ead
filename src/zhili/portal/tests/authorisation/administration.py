"""Who may use which page of /desk/admin. What stands in the addresses is of the department of county A.

The city's own 单位管理 is the only one here; that of a county is tried in test_an_office_is_set_up_from_above.py.
"""

from __future__ import annotations

from typing import Final

ADMIN: Final = frozenset({"admin"})
MANAGERS: Final = frozenset(
    {"village", "town", "county", "city", "department_leader", "other_department", "admin"}
)
OVER: Final = frozenset({"department_leader", "county", "city", "admin"})
"""Its own leader and those above it: they see how the department is set up."""
LISTERS: Final = frozenset({"admin", "arbiter"})
"""Who mends the duty list of the whole city."""
SECOND: Final = frozenset({"city", "admin"})
"""Who agrees to what the city's administrator proposed."""
DRAFTERS: Final = frozenset({"department_leader", "other_department", "city", "admin"})
"""Who writes decision tables: managers of departments and of the city."""


def _form(roles: frozenset[str]) -> dict[str, frozenset[str]]:
    return {"GET": roles, "POST": roles}


PAGES: Final[dict[str, dict[str, frozenset[str]]]] = {
    "desk/admin": {"GET": MANAGERS | {"arbiter"}},
    "desk/admin/offices": {"GET": MANAGERS},
    "desk/admin/offices/<int:office>": {"GET": OVER},
    "desk/admin/offices/<int:office>/posts/new": _form(ADMIN),
    "desk/admin/offices/<int:office>/accounts/new": _form(ADMIN),
    "desk/admin/posts/<int:post>": _form(ADMIN),
    "desk/admin/posts/<int:post>/close": _form(ADMIN),
    "desk/admin/posts/<int:post>/reopen": _form(ADMIN),
    "desk/admin/posts/<int:post>/give": _form(ADMIN),
    "desk/admin/holdings/<int:holding>/end": _form(ADMIN),
    "desk/admin/accounts": {"GET": ADMIN},
    "desk/admin/accounts/<int:account>": {"GET": ADMIN | {"department"}},  # whose account it is
    "desk/admin/accounts/<int:account>/link": _form(ADMIN),
    "desk/admin/accounts/<int:account>/second-factor": _form(ADMIN),
    "desk/admin/accounts/<int:account>/sessions": _form(ADMIN),
    "desk/admin/accounts/<int:account>/off": _form(ADMIN),
    "desk/admin/accounts/<int:account>/on": _form(ADMIN),
    "desk/admin/duties": {"GET": LISTERS},
    "desk/admin/duties/way": {"GET": LISTERS},
    "desk/admin/duties/faults": {"GET": LISTERS},
    "desk/admin/duties/new": _form(LISTERS),
    "desk/admin/duties/import": _form(LISTERS),
    "desk/admin/duties.xlsx": {"GET": LISTERS},
    "desk/admin/duties/<int:duty>": _form(LISTERS),
    "desk/admin/duties/<int:duty>/end": _form(LISTERS),
    "desk/admin/duties/<int:duty>/withdraw": _form(LISTERS),
    "desk/admin/files": {"GET": MANAGERS},
    "desk/admin/parameters": {"GET": MANAGERS},
    "desk/admin/parameters/<str:param>": {"GET": MANAGERS, "POST": ADMIN},
    "desk/admin/proposals/<int:proposal>": _form(SECOND),
    "desk/admin/proposals/<int:proposal>/withdraw": _form(ADMIN),
    "desk/admin/tables": {"GET": MANAGERS},
    "desk/admin/tables/new": _form(DRAFTERS),
    "desk/admin/tables/blank.xlsx": {"GET": MANAGERS},
    "desk/admin/tables/imported": {"GET": MANAGERS},
    "desk/admin/tables/imported/points.xlsx": {"GET": MANAGERS},
    "desk/admin/tables/<int:table>": {"GET": MANAGERS},
    "desk/admin/tables/<int:table>/try": {"GET": MANAGERS},
    "desk/admin/tables/<int:table>/compare": {"GET": MANAGERS},
    "desk/admin/tables/<int:table>/sheet.xlsx": {"GET": MANAGERS},
    "desk/admin/tables/<int:table>/look": _form(SECOND),
    "desk/admin/tables/<int:table>/confirm": _form(SECOND),
    "desk/admin/tables/<int:table>/withdraw": _form(SECOND),
    "desk/admin/calendar": {"GET": MANAGERS},
    "desk/admin/calendar/import": _form(ADMIN),
    "desk/admin/calendar/<str:day>": _form(ADMIN),
    "desk/admin/calendar/<str:day>/clear": _form(ADMIN),
    "desk/admin/machines": {"GET": ADMIN},
    "desk/admin/machines/new": _form(ADMIN),
    "desk/admin/machines/<int:machine>/token": _form(ADMIN),
    "desk/admin/tokens/<int:issued>/revoke": _form(ADMIN),
    "desk/admin/devices": {"GET": ADMIN},
    "desk/admin/devices/new": _form(ADMIN),
    "desk/admin/devices/<int:device>": _form(ADMIN),
    "desk/admin/devices/<int:device>/end": _form(ADMIN),
    "desk/admin/senders": {"GET": ADMIN},
    "desk/admin/senders/new": _form(ADMIN),
    "desk/admin/senders/<int:sender>": {"GET": ADMIN},
    "desk/admin/senders/<int:sender>/key": _form(ADMIN),
    "desk/admin/senders/<int:sender>/retire": _form(ADMIN),
    "desk/admin/webhooks": {"GET": ADMIN},
    "desk/admin/webhooks/new": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>": {"GET": ADMIN},
    "desk/admin/webhooks/<int:webhook>/edit": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>/pause": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>/delete": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>/resume": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>/ask": {"POST": ADMIN},
    "desk/admin/webhooks/<int:webhook>/test": {"POST": ADMIN},
    "desk/admin/webhooks/<int:webhook>/replay": _form(ADMIN),
    "desk/admin/webhooks/<int:webhook>/letters": {"GET": ADMIN},
    "desk/admin/webhooks/<int:webhook>/letters/<int:letter>": _form(ADMIN),
    "desk/admin/sites": {"GET": ADMIN},
    "desk/admin/sites/new": _form(ADMIN),
    "desk/admin/sites/<int:remote>": {"GET": ADMIN},
    "desk/admin/sites/<int:remote>/key": _form(ADMIN),
    "desk/admin/sites/<int:remote>/gate": _form(ADMIN),
    "desk/admin/sites/<int:remote>/gate/<int:gate_file>": {"GET": ADMIN},
    "desk/admin/sites/<int:remote>/switch": _form(ADMIN),
    "desk/admin/site-keys/<int:remote_key>/revoke": _form(ADMIN),
    "desk/admin/retention": {"GET": MANAGERS},
    "desk/admin/log": {"GET": MANAGERS | {"arbiter"}},
    "desk/admin/log.xlsx": {"GET": MANAGERS | {"arbiter"}},
    "desk/admin/changes/<int:change>/undo": _form(LISTERS),
}
