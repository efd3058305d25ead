"""Who opens which page of building sites and wages, and who takes which step of a case of theirs."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    DEPARTMENT,
    ENGINEER,
    EVERYBODY,
    INSPECTING,
    MACHINE,
    NO_ONE,
    NOBODY,
    OWN,
    RESIDENTS,
    SIGNED_IN,
    Methods,
    Roles,
    Who,
)

WAGES: Final[dict[str, Methods]] = {
    # nobody here builds: who does what on a project is tried in scenarios/wages/tests
    "desk/wages": {"GET": Who(RESIDENTS | ENGINEER | MACHINE | INSPECTING)},
    "desk/wages/<str:number>": {"GET": NO_ONE},
    "desk/wages/<str:number>/crews": {"POST": NO_ONE},
    "desk/wages/<str:number>/appoint": {"POST": NO_ONE},
    "desk/wages/crews/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/crews/<int:pk>/link/<int:engagement>": {"POST": NO_ONE},
    "desk/wages/crews/<int:pk>/<str:day>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/contracts/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/contracts/<int:pk>.pdf": {"GET": NO_ONE},
    "wages/me": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/me/contract/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/me/<str:code>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/me/<str:code>/contract/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/<str:number>": {"GET": NO_ONE},
    "wages/<str:number>/screen": {"GET": NO_ONE},
    "wages/<str:number>/tap": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/keys": {"POST": NO_ONE},
    "desk/wages/crews/<int:pk>/pad": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/crews/<int:pk>/leave": {"POST": NO_ONE},
    "desk/wages/crews/<int:pk>/leave/<int:engagement>": {"POST": NO_ONE},
    "desk/wages/crews/<int:pk>/photo/<int:engagement>": {"GET": NO_ONE, "POST": NO_ONE},
    # empty for whoever has no part in a project; who sees what of one is tried in scenarios/wages/tests
    "desk/wages/sheets": {"GET": Who(SIGNED_IN | MACHINE)},
    "desk/wages/cockpit": {"GET": Who(SIGNED_IN | MACHINE)},
    "desk/wages/sheets/<int:sheet>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/sheets/<int:sheet>.pdf": {"GET": NO_ONE},
    "desk/wages/lines/<int:line>": {"GET": NO_ONE},
    "desk/wages/lines/<int:line>.pdf": {"GET": NO_ONE},
    "desk/wages/accounts/<int:engagement>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/pay/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/files/<int:file>.csv": {"GET": NO_ONE},
    # of a posting only its firm or office, of an answer only its sender: tried in scenarios/wages/jobs/tests
    "desk/wages/jobs": {"GET": Who(RESIDENTS | ENGINEER | MACHINE | INSPECTING)},
    "desk/wages/jobs/new/<str:kind>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/jobs/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/jobs/<str:number>/edit": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/wages/jobs/<str:number>/names.csv": {"POST": NO_ONE},
    "wages/jobs": {"GET": EVERYBODY},
    "wages/training": {"GET": EVERYBODY},
    "wages/jobs/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/training/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/jobs/answer/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "wages/pay": {"GET": Who(SIGNED_IN | MACHINE), "POST": Who(SIGNED_IN)},
    "wages/pay/<str:code>": {"GET": NO_ONE, "POST": NO_ONE},
}

WAGES_API: Final[dict[str, Methods]] = {
    # nobody here builds: who does what on a project is tried in scenarios/wages/tests
    "api/v1/wages/projects": {"GET": Who(RESIDENTS | ENGINEER | MACHINE | INSPECTING)},
    "api/v1/wages/crews/<int:crew>": {"GET": NO_ONE},
    "api/v1/wages/crews/<int:crew>/days": {"GET": NO_ONE},
    "api/v1/wages/crews/<int:crew>/days/<day>": {"POST": NO_ONE},
    "api/v1/wages/crews/<int:crew>/days/<day>/words": {"POST": NO_ONE},
    "api/v1/wages/mine": {"GET": NO_ONE},
    "api/v1/wages/mine/days": {"POST": NO_ONE},
    "api/v1/wages/mine/wages/<int:line>": {"POST": NO_ONE},
    "api/v1/wages/projects/<number>/sheets": {"GET": NO_ONE, "POST": NO_ONE},
    "api/v1/wages/sheets/<int:sheet>": {"GET": NO_ONE},
    "api/v1/wages/sheets/<int:sheet>/check": {"POST": NO_ONE},
    "api/v1/wages/sheets/<int:sheet>/back": {"POST": NO_ONE},
    "api/v1/wages/projects/<number>/adjustments": {"POST": NO_ONE},
    "api/v1/wages/projects/<number>/files": {"POST": NO_ONE},
    "api/v1/wages/files/<int:bankfile>": {"GET": NO_ONE},
    "api/v1/wages/projects/<number>/answers": {"POST": NO_ONE},
    "api/v1/wages/projects/<number>/facts": {"POST": NO_ONE},
    "api/v1/wages/projects/<number>/warnings": {"GET": NO_ONE},
}

LEADER: Final = frozenset({"department_leader"})

WAGES_STEPS: Final[dict[tuple[str, str, str], dict[str, Roles]]] = {
    ("wages.project", "filed", "A.zhzf"): {"accept": DEPARTMENT, "decline": DEPARTMENT, "withdraw": OWN},
    ("wages.project", "accepted", "A.zhzf"): {"start": DEPARTMENT | OWN, "withdraw": OWN},
    ("wages.project", "running", "A.zhzf"): {"complete": DEPARTMENT | OWN},
    ("wages.project", "completed", "A.zhzf"): {"resume": DEPARTMENT, "close": DEPARTMENT},
    ("wages.dispute", "raised", "A.zhzf"): {"settle": DEPARTMENT},
    ("wages.complaint", "received", "A.zhzf"): {"file": DEPARTMENT, "decline": DEPARTMENT, "withdraw": OWN},
    ("wages.complaint", "investigating", "A.zhzf"): {
        "withdraw": OWN,
        "extend": LEADER,
        "reckon": DEPARTMENT,
        "close_unfounded": DEPARTMENT,
        "settled": DEPARTMENT,
    },
    ("wages.complaint", "deciding", "A.zhzf"): {
        "withdraw": OWN,
        "extend": LEADER,
        "reckon": DEPARTMENT,
        "close_unfounded": DEPARTMENT,
        "settled": DEPARTMENT,
        "order": LEADER,
    },
    ("wages.complaint", "ordered", "A.zhzf"): {"pay": DEPARTMENT, "enforce": LEADER},
    ("wages.complaint", "enforcing", "A.zhzf"): {"pay": DEPARTMENT},
    # steps of whoever posted are tried in scenarios/wages/jobs/tests
    ("wages.vacancy", "checking", "A.zhzf"): {
        "edit_look": NOBODY,
        "release": DEPARTMENT,
        "decline": DEPARTMENT,
        "close": NOBODY,
    },
    ("wages.vacancy", "open", "A.zhzf"): {
        **dict.fromkeys(("edit", "edit_look", "close", "fill", "lapse"), NOBODY),
        "take_down": DEPARTMENT,
    },
    ("wages.course", "checking", "A.zhzf"): {
        "edit_look": NOBODY,
        "release": DEPARTMENT,
        "decline": DEPARTMENT,
        "cancel": DEPARTMENT,
    },
    ("wages.course", "open", "A.zhzf"): {
        **dict.fromkeys(("edit", "take_down", "lapse", "cancel"), DEPARTMENT),
        "edit_look": NOBODY,
    },
    ("wages.course", "teaching", "A.zhzf"): {"cancel": DEPARTMENT, "finish": DEPARTMENT, "over": NOBODY},
    ("wages.application", "sent", "A.zhzf"): {
        **dict.fromkeys(("invite", "accept", "decline", "place_taken", "ended", "unanswered"), NOBODY),
        "withdraw": OWN,
    },
    ("wages.application", "invited", "A.zhzf"): {
        **dict.fromkeys(("accept", "decline", "place_taken", "ended", "unanswered"), NOBODY),
        "withdraw": OWN,
    },
    ("wages.enrolment", "enrolled", "A.zhzf"): {
        "came": DEPARTMENT,
        "missed": DEPARTMENT,
        "called_off": NOBODY,
        "unmarked": NOBODY,
        "withdraw": OWN,
    },
    ("wages.enrolment", "waiting", "A.zhzf"): {
        **dict.fromkeys(("place", "not_placed", "called_off"), NOBODY),
        "withdraw": OWN,
    },
}
