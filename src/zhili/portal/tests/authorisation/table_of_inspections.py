"""Who opens which page of inspections and visits, and who takes which step of a case of theirs."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    CATALOGUING,
    CUSTODIANS,
    DEPARTMENT,
    EVERYBODY,
    INSPECTING,
    NO_ONE,
    NOBODY,
    OWN,
    POSTS,
    REGISTER_HERE,
    VISIT_PLANNERS,
    Methods,
    Roles,
    Who,
)

INSPECTIONS: Final[dict[str, Methods]] = {
    # of their own office and below; no plan and no visit is here, who reads which is tried in test_visit_pages.py
    "desk/visits/plans": {"GET": Who(POSTS)},
    "desk/visits/plans/<int:plan>": dict.fromkeys(("GET", "POST"), NO_ONE),
    "desk/visits/findings/<int:finding>/remedy": {"POST": NO_ONE},
    "desk/visits/plans/<int:plan>/export.xlsx": {"POST": NO_ONE},
    "desk/visits/inspectors": {"GET": Who(INSPECTING)},
    "desk/visits/inspectors/new": {"GET": Who(frozenset({"admin"})), "POST": Who(frozenset({"admin"}))},
    "desk/visits/inspectors/import": {"GET": Who(frozenset({"admin"})), "POST": Who(frozenset({"admin"}))},
    "desk/visits/inspectors/export.xlsx": {"POST": Who(frozenset({"admin"}))},
    "desk/visits/inspectors/<int:inspector>": dict.fromkeys(("GET", "POST"), NO_ONE),
    "desk/visits/route": {"GET": Who(POSTS)},
    "desk/visits/today": {"GET": Who(POSTS)},
    "desk/visits/<int:visit>": dict.fromkeys(("GET", "POST"), NO_ONE),
    "desk/visits/<int:visit>/send": {"POST": NO_ONE},
    "desk/visits/<int:visit>/record.pdf": {"GET": NO_ONE},
    "desk/visits/<int:visit>/files/<uuid:file>": {"GET": NO_ONE},
    "desk/visits/unscanned": {"GET": Who(POSTS)},
    # of premises in one's ground; the code is made by those who handle inspections
    "desk/visits/door/<int:premises>": {
        "GET": Who(REGISTER_HERE),
        "POST": Who(REGISTER_HERE & VISIT_PLANNERS),
    },
    # by the code on a door, and by a visit's own: there is neither here (test_visit_pages.py)
    "at/<str:code>": dict.fromkeys(("GET", "POST"), NO_ONE),
    "visit/<int:visit>": dict.fromkeys(("GET", "POST"), NO_ONE),
    "visit/<int:visit>/record.pdf": {"GET": NO_ONE},
    "inspections": {"GET": EVERYBODY},
    "inspections/load": {"GET": EVERYBODY},
    "inspections/notice": {"GET": EVERYBODY},
    "desk/inspections": {"GET": Who(INSPECTING)},
    "desk/inspections/load": {"GET": Who(INSPECTING)},
    # none stands here: who does what with one is tried in scenarios/inspections/tests
    "desk/inspections/scenes/<slug:code>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/inspections/items": {"GET": Who(INSPECTING), "POST": Who(CATALOGUING)},
    "desk/inspections/items/new": {"GET": Who(CATALOGUING), "POST": Who(CATALOGUING)},
    "desk/inspections/items/confirm": {"POST": Who(CATALOGUING)},
    "desk/inspections/items/seed": {"POST": Who(CATALOGUING)},
    # no office here inspects by its code: who publishes is tried in scenarios/inspections/tests
    "desk/inspections/items/publish": {"POST": NO_ONE},
    "desk/inspections/sheets/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/inspections/sheets/<str:number>/letters": {"GET": NO_ONE},
    "desk/inspections/items/export.csv": {"POST": Who(INSPECTING)},
    "desk/inspections/items/<slug:code>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/inspections/order": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS)},
    "desk/inspections/order/<str:number>/code": {"GET": NO_ONE},
}

LEADER: Final = frozenset({"department_leader"})
SECOND: Final = LEADER | {"county", "city"}
"""Leaders of the office that has it or of one above; whoever took the step before may not (not_who)."""

INSPECTIONS_STEPS: Final[dict[tuple[str, str, str], dict[str, Roles]]] = {
    ("inspections.approval", "applied", "A.zhzf"): {
        "approve": SECOND | {"commander"},
        "refuse": SECOND | {"commander"},
        "cancel": DEPARTMENT,
    },
    # what the business does by its code is tried in scenarios/inspections/tests
    ("inspections.notice", "told", "A.zhzf"): {
        "explain": NOBODY,
        "rate": NOBODY,
        "lapse": NOBODY,
        "withdraw": DEPARTMENT,
    },
    ("inspections.approval", "approved", "A.zhzf"): {"notify": DEPARTMENT, "cancel": DEPARTMENT},
    ("inspections.approval", "inspecting", "A.zhzf"): {"finish": DEPARTMENT, "cancel": DEPARTMENT},
    ("inspections.rectification", "drafted", "A.zhzf"): {"serve": DEPARTMENT, "revoke": LEADER},
    # what the business does by its code is tried in scenarios/inspections/tests: no code here is a business's
    ("inspections.rectification", "ordered", "A.zhzf"): {
        "submit": NOBODY,
        "submit_for": DEPARTMENT,
        "explain": NOBODY,
        "extend": DEPARTMENT,
        "penalise": LEADER,
        "revoke": LEADER,
    },
    ("inspections.rectification", "checking", "A.zhzf"): {
        "explain": NOBODY,
        "accept": DEPARTMENT,
        "reject": DEPARTMENT,
        "penalise": LEADER,
        "revoke": LEADER,
    },
    ("inspections.rectification", "fixed", "A.zhzf"): {"rate": NOBODY, "lapse": NOBODY},
    ("inspections.unscanned", "received", "A.zhzf"): {
        "accept": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "add": OWN,
        "withdraw": OWN,
    },
    ("inspections.unscanned", "looking", "A.zhzf"): {
        "hand_over": DEPARTMENT,
        "answer": DEPARTMENT,
        "add": OWN,
        "withdraw": OWN,
    },
    ("inspections.unscanned", "answered", "A.zhzf"): {"rate": OWN, "again": OWN, "lapse": NOBODY},
}
