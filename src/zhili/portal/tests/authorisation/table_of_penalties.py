"""Who may take which step of a penalty case, by stage; that two steps need two persons is tried in its own tests."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import DEPARTMENT, NOBODY, OWN, Roles

LEADER: Final = frozenset({"department_leader"})

PENALTY: Final[dict[tuple[str, str, str], dict[str, Roles]]] = {
    ("discretion.penalty", "reported", "A.zhzf"): {
        "name_party": DEPARTMENT,
        "file": LEADER,
        "refuse_filing": LEADER,
    },
    ("discretion.penalty", "investigating", "A.zhzf"): {
        "name_party": DEPARTMENT,
        "take_up": DEPARTMENT,
        "join": DEPARTMENT,
        "add_evidence": DEPARTMENT,
        "preserve": LEADER,
        "decide_preserved": DEPARTMENT,
        "propose": DEPARTMENT,
        "propose_outside": DEPARTMENT,
        "propose_exempt": DEPARTMENT,
        "drop": LEADER,
        "hand_over": LEADER,
    },
    ("discretion.penalty", "deviating", "A.zhzf"): {
        "decide_preserved": DEPARTMENT,
        "approve_deviation": LEADER,
        "refuse_deviation": LEADER,
    },
    ("discretion.penalty", "reviewing", "A.zhzf"): {
        "decide_preserved": DEPARTMENT,
        "pass_review": DEPARTMENT,
        "fail_review": DEPARTMENT,
    },
    ("discretion.penalty", "noticing", "A.zhzf"): {
        "decide_preserved": DEPARTMENT,
        "notify": DEPARTMENT,
    },
    ("discretion.penalty", "noticed", "A.zhzf"): {
        "add_evidence": DEPARTMENT,
        "decide_preserved": DEPARTMENT,
        "state": DEPARTMENT | OWN,
        "waive": DEPARTMENT | OWN,
        "ask_hearing": DEPARTMENT | OWN,
        "window_over": NOBODY,  # of a clock alone
    },
    ("discretion.penalty", "hearing_asked", "A.zhzf"): {
        "decide_preserved": DEPARTMENT,
        "state": DEPARTMENT | OWN,
        "arrange": DEPARTMENT,
    },
    ("discretion.penalty", "hearing_set", "A.zhzf"): {
        "decide_preserved": DEPARTMENT,
        "state": DEPARTMENT | OWN,
        "arrange": DEPARTMENT,
        "hold_hearing": DEPARTMENT,
    },
    ("discretion.penalty", "hearing_held", "A.zhzf"): {
        "fail_review": DEPARTMENT,
        "pass_hearing": DEPARTMENT,
    },
    ("discretion.penalty", "deciding", "A.zhzf"): {
        "add_evidence": DEPARTMENT,
        "decide_preserved": DEPARTMENT,
        "state": DEPARTMENT | OWN,
        "decide": LEADER,
        "decide_exempt": LEADER,
        "drop": LEADER,
        "hand_over": LEADER,
        "send_back": LEADER,
    },
    ("discretion.penalty", "serving", "A.zhzf"): {
        "serve": DEPARTMENT,
        "revoke": LEADER,
    },
    ("discretion.penalty", "spot", "A.zhzf"): {
        "record_spot": DEPARTMENT,
        "hand_in": DEPARTMENT,
        "publish": LEADER,
        "unpublish": LEADER,
        "revoke": LEADER,
    },
    ("discretion.penalty", "paying", "A.zhzf"): {
        "pay": DEPARTMENT,
        "postpone": LEADER,
        "fall_late": NOBODY,  # of a clock alone
        "challenge": DEPARTMENT,
        "challenge_ends": DEPARTMENT,
        "revoke": LEADER,
        "publish": LEADER,
        "unpublish": LEADER,
    },
    ("discretion.penalty", "overdue_fine", "A.zhzf"): {
        "pay": DEPARTMENT,
        "postpone": LEADER,
        "challenge": DEPARTMENT,
        "challenge_ends": DEPARTMENT,
        "enforce": LEADER,
        "revoke": LEADER,
        "publish": LEADER,
        "unpublish": LEADER,
    },
}
