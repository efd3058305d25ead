"""Who may take which action, by stage and who holds the case. Whoever adds one must decide it here."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    DEPARTMENT,
    GOING,
    NOBODY,
    OWN,
    Roles,
)
from zhili.portal.tests.authorisation.table_of_inspections import INSPECTIONS_STEPS
from zhili.portal.tests.authorisation.table_of_penalties import PENALTY
from zhili.portal.tests.authorisation.table_of_wages import WAGES_STEPS

# --- actions: by stage and who holds the case ---------------------------------------------------------

REPORTER: Final = OWN
GRID: Final = frozenset({"grid"})
LEADER: Final = frozenset({"department_leader"})
OVER_DEPARTMENT: Final = frozenset({"county", "city", "commander"})
HOTLINE: Final = frozenset({"hotline"})
ARBITER: Final = frozenset({"arbiter"})

SECOND: Final = LEADER | {"county", "city"}
"""Leaders of the office that has it or of one above; whoever took the step before may not (not_who)."""

SHARING: Final[dict[str, Roles]] = {
    "share": DEPARTMENT,
    "share_opened": NOBODY,  # by whoever has the link alone
    "share_longer": DEPARTMENT,
    "share_taken_back": DEPARTMENT,
    "exported": DEPARTMENT,
}
"""Of an item, wherever it is."""

WEARERS: Final[dict[str, Roles]] = {
    "choose": DEPARTMENT | OWN,
    "name_family": DEPARTMENT | OWN,
    "take_back": DEPARTMENT | OWN,
    "withdraw": OWN,
    "withdraw_for": DEPARTMENT,
}
"""Of a wearing that is not over."""
CALLED: Final[dict[str, Roles]] = {"again": NOBODY, "called": GOING}
GONE: Final[dict[str, Roles]] = {"take_over": GOING, "close": GOING}
"""Of a call; that only its responder goes on is tried in scenarios/eldercare/tests."""

WALKING: Final = DEPARTMENT | {"grid", "village", "town", "county", "city", "commander"}
"""Posts that walk or lead, of those who see a patrol on the ground of county A."""
WATCHED: Final[dict[str, Roles]] = {
    "check": DEPARTMENT,
    "renew": SECOND,
    "hand_on": SECOND,
    "remove": SECOND,
    "expire": NOBODY,
}
"""Of a watched place."""
THERE: Final[dict[str, Roles]] = {
    "progress": NOBODY,  # of the other city's site alone, like all that it says
    "give_back": NOBODY,
    "tell": DEPARTMENT,
    "withdraw": DEPARTMENT,
}
"""Of a matter that was handed to another city and has no result yet."""

FILED: Final[dict[str, Roles]] = {
    "check": NOBODY,
    "check_for": DEPARTMENT,
    "earlier": DEPARTMENT,
    "update": DEPARTMENT,
    "recode": DEPARTMENT,
    "end": DEPARTMENT,
}
"""Of an outlet's file that is not over."""

ACTIONS: Final[dict[tuple[str, str, str], dict[str, Roles]]] = {
    ("citizen_reports.report", "received", "A.zhzf"): {
        "accept": DEPARTMENT,
        "decline": DEPARTMENT,
        "pass_up": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "send_back": DEPARTMENT,
        "ask_ruling": DEPARTMENT,
        "ask_reporter": DEPARTMENT,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "received", "A.grid"): {
        "accept": GRID,
        "decline": NOBODY,
        "pass_up": GRID,
        "hand_over": NOBODY,
        "send_back": GRID,
        "ask_ruling": NOBODY,
        "ask_reporter": GRID,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "handling", "A.zhzf"): {
        "pass_up": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "progress": DEPARTMENT,
        "ask_reporter": DEPARTMENT,
        "to_catering": DEPARTMENT,
        "draft": DEPARTMENT,
        "finish": NOBODY,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "handling", "A.grid"): {
        "pass_up": GRID,
        "hand_over": NOBODY,
        "progress": GRID,
        "ask_reporter": GRID,
        "to_catering": GRID,
        "draft": GRID,
        "finish": GRID,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "reviewing", "A.zhzf"): {"redraft": LEADER, "issue": LEADER, "add": REPORTER},
    ("citizen_reports.report", "waiting", "A.zhzf"): {
        "supply": REPORTER,
        "resume": NOBODY,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "disputed", "arbiter"): {
        "rule": ARBITER,
        "add": REPORTER,
        "withdraw": REPORTER,
    },
    ("citizen_reports.report", "answered", "hotline"): {
        "call_back": HOTLINE,
        "rate": REPORTER,
        "reopen": REPORTER,
        "reopen_after_call": HOTLINE,
        "lapse": NOBODY,
    },
    ("citizen_reports.report", "declined", "hotline"): {"contest": REPORTER, "let_stand": NOBODY},
    ("referrals.assistance", "asked", "A.zhzf"): {
        "accept": DEPARTMENT,
        "reply": DEPARTMENT,
        "refuse": DEPARTMENT,
        "call_back": NOBODY,
    },
    ("referrals.assistance", "working", "A.zhzf"): {
        "reply": DEPARTMENT,
        "progress": DEPARTMENT,
        "refuse": DEPARTMENT,
        "call_back": NOBODY,
    },
    ("citizen_reports.reinspection", "waiting", "A.zhzf"): {"hand_on": DEPARTMENT, "inspect": DEPARTMENT},
    ("documents.outgoing", "drafting", "A.zhzf"): {
        "revise": DEPARTMENT,
        "submit": DEPARTMENT,
        "withdraw": DEPARTMENT,
    },
    ("documents.outgoing", "reviewing", "A.zhzf"): {
        "revise": DEPARTMENT,
        "issue": LEADER,
        "redraft": LEADER,
        "withdraw": DEPARTMENT,
    },
    ("command_centre.instruction", "issued", "A.zhzf"): {
        "receipt": DEPARTMENT,
        "urge": OVER_DEPARTMENT,
        "withdraw": OVER_DEPARTMENT,
    },
    ("command_centre.instruction", "working", "A.zhzf"): {
        "progress": DEPARTMENT,
        "reply": DEPARTMENT,
        "urge": OVER_DEPARTMENT,
        "withdraw": OVER_DEPARTMENT,
    },
    ("command_centre.instruction", "replied", "A.zhzf"): {"accept": LEADER, "send_back": LEADER},
    ("referrals.supervision", "insisted", "A.zhzf"): {"report": DEPARTMENT, "lift": OVER_DEPARTMENT},
    ("referrals.supervision", "reported", "A.zhzf"): {
        "release": DEPARTMENT,
        "insist": DEPARTMENT,
        "lift": OVER_DEPARTMENT,
    },
    ("eldercare.wearing", "applied", "A.zhzf"): {
        "activate": DEPARTMENT,
        "refuse": DEPARTMENT,
        **WEARERS,
    },
    ("eldercare.wearing", "active", "A.zhzf"): {
        "exchange": DEPARTMENT,
        "confirm": DEPARTMENT | OWN,
        "end": DEPARTMENT,
        **WEARERS,
    },
    ("eldercare.alarm", "raised", "A.zhzf"): {"accept": GOING, "to_town": NOBODY, **CALLED},
    ("eldercare.alarm", "raised_town", "A.zhzf"): {"accept": GOING, "to_120": NOBODY, **CALLED},
    ("eldercare.alarm", "unanswered", "A.zhzf"): {"accept": GOING, **CALLED},
    ("eldercare.alarm", "accepted", "A.zhzf"): {"go": GOING, "arrive": GOING, **GONE, **CALLED},
    ("eldercare.alarm", "on_way", "A.zhzf"): {"arrive": GOING, **GONE, **CALLED},
    ("eldercare.alarm", "there", "A.zhzf"): {**GONE, **CALLED},
    ("evidence.item", "received", "A.zhzf"): {
        **SHARING,
        "shelve": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
    },
    ("evidence.item", "stored", "A.zhzf"): {
        **SHARING,
        "lend": DEPARTMENT,
        "seal": DEPARTMENT,
        "move": DEPARTMENT,
        "propose": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "sealed", "A.zhzf"): {
        **SHARING,
        "lend": DEPARTMENT,
        "unseal": DEPARTMENT,
        "move": DEPARTMENT,
        "propose": DEPARTMENT,
        "change_ground": DEPARTMENT,
        "entrust": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "lent", "A.zhzf"): {
        **SHARING,
        "give_back": DEPARTMENT,
        "renew": DEPARTMENT,
    },
    ("evidence.item", "proposed", "A.zhzf"): {
        **SHARING,
        "approve": LEADER,
        "refuse": LEADER,
        "take_back": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("evidence.item", "approved", "A.zhzf"): {
        **SHARING,
        "take_back": DEPARTMENT,
        "hand_out": DEPARTMENT,
        "dispose": DEPARTMENT,
        "hand_over": DEPARTMENT,
        "counted_here": DEPARTMENT,
    },
    ("cross_border.matter", "received", "A.zhzf"): {
        "accept": DEPARTMENT,
        "decline": DEPARTMENT,
        "pass_on": DEPARTMENT,
        "pass_up": DEPARTMENT,
        "send_back": DEPARTMENT,
    },
    ("cross_border.matter", "handling", "A.zhzf"): {
        "progress": DEPARTMENT,
        "agree_joint": DEPARTMENT,
        "submit": DEPARTMENT,
        "pass_on": DEPARTMENT,
        "pass_up": DEPARTMENT,
        "give_back": LEADER,
    },
    ("cross_border.matter", "joint", "A.zhzf"): {
        "progress": DEPARTMENT,
        "agree_joint": DEPARTMENT,
        "submit": DEPARTMENT,
        "give_back": LEADER,
    },
    ("cross_border.matter", "checking", "A.zhzf"): {"confirm": SECOND, "redo": SECOND},
    ("cross_border.patrol", "planned", "A.zhzf"): {
        "add_team": DEPARTMENT,
        "begin": WALKING,
        "cancel": LEADER,
        "lapse": NOBODY,
    },
    ("cross_border.patrol", "under_way", "A.zhzf"): {
        "add_team": DEPARTMENT,
        "finish": WALKING,
        "close": NOBODY,
    },
    ("cross_border.event_plan", "draft", "A.zhzf"): {
        "rewrite": DEPARTMENT,
        "review": DEPARTMENT | OVER_DEPARTMENT,
        "cancel": LEADER,
    },
    ("cross_border.event_plan", "reviewed", "A.zhzf"): {
        "send_back": LEADER | OVER_DEPARTMENT,
        "approve": LEADER | OVER_DEPARTMENT,
        "cancel": LEADER,
    },
    ("cross_border.event_plan", "approved", "A.zhzf"): {
        "revise": DEPARTMENT,
        "share": LEADER,
        "start": LEADER,
        "cancel": LEADER,
    },
    ("cross_border.event_plan", "in_force", "A.zhzf"): {
        "revise": DEPARTMENT,
        "share": LEADER,
        "end": LEADER,
    },
    ("cross_border.event_plan", "ended", "A.zhzf"): {"sum_up": DEPARTMENT},
    ("cross_border.hazard", "watched", "A.zhzf"): {**WATCHED, "fall_due": NOBODY},
    ("cross_border.hazard", "due", "A.zhzf"): WATCHED,
    ("village_screens.notice", "draft", "A.zhzf"): {
        "revise": DEPARTMENT,
        "approve": SECOND,
        "withdraw": SECOND,
    },
    ("village_screens.notice", "shown", "A.zhzf"): {"expire": NOBODY, "withdraw": SECOND},
    ("village_screens.disclosure", "draft", "A.zhzf"): {
        "revise": DEPARTMENT,
        "approve": SECOND,
        "withdraw": SECOND,
    },
    ("village_screens.motion", "proposed", "A.zhzf"): {"discuss": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "discussed", "A.zhzf"): {"examine": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "examined", "A.zhzf"): {"resolve": DEPARTMENT, "reject": DEPARTMENT},
    ("village_screens.motion", "resolved", "A.zhzf"): {"publish": SECOND},
    ("village_screens.motion", "published", "A.zhzf"): {"report": DEPARTMENT},
    ("village_screens.motion", "reported", "A.zhzf"): {"publish_result": SECOND},
    ("village_screens.question", "asked", "A.zhzf"): {
        "answer": DEPARTMENT,
        "decline": LEADER,
        "withdraw": REPORTER,
    },
    # what the owner does by code is tried in scenarios/catering/tests: no code here is an owner's
    ("catering.outlet", "filed", "A.zhzf"): FILED,
    ("catering.outlet", "keeping", "A.zhzf"): FILED | {"remind": NOBODY},
    ("catering.problem", "found", "A.zhzf"): {
        "name_outlet": DEPARTMENT,
        "sense_more": NOBODY,
        "tell": DEPARTMENT,
        "dismiss": DEPARTMENT,
    },
    ("catering.problem", "rectifying", "A.zhzf"): {
        "sense_more": NOBODY,
        "submit": NOBODY,
        "submit_for": DEPARTMENT,
        "explain": NOBODY,
        "penalise": LEADER,
    },
    ("catering.problem", "checking", "A.zhzf"): {
        "sense_more": NOBODY,
        "explain": NOBODY,
        "accept": DEPARTMENT,
        "reject": DEPARTMENT,
        "penalise": LEADER,
    },
    ("catering.problem", "fixed", "A.zhzf"): {"reopen": DEPARTMENT, "close": NOBODY},
    **PENALTY,
    ("exchange.handover", "offered", "A.zhzf"): {
        **THERE,
        "accept": NOBODY,
        "close": NOBODY,
        "deliver": NOBODY,
        "refuse": NOBODY,
        "not_taken": NOBODY,
    },
    ("exchange.handover", "working", "A.zhzf"): {
        **THERE,
        "close": NOBODY,
        "deliver": NOBODY,
        "refuse": NOBODY,
        "not_taken": NOBODY,
    },
    ("exchange.handover", "delivered", "A.zhzf"): {**THERE, "agree": DEPARTMENT},
    ("referrals.extension", "asked", "A.zhzf"): {
        "approve": LEADER
        | {"county", "city"},  # one person does not approve what they asked for: the office above may
        "refuse": LEADER,
        "drop": DEPARTMENT,
        "lapse": NOBODY,
    },
    **INSPECTIONS_STEPS,
    **WAGES_STEPS,
}
"""What procedures declare themselves. A child of no parent stands here: nobody refers it, so nobody calls it back."""

# --- standing actions: the same for every procedure that takes them, by who holds the case ------------

HOLDER: Final[dict[str, Roles]] = {
    "A.zhzf": DEPARTMENT,
    "A.grid": GRID,
    "arbiter": ARBITER,
    "hotline": HOTLINE,
}
"""Posts of the office that has the case."""
OFFICIAL: Final[dict[str, Roles]] = {**HOLDER, "A.grid": NOBODY, "hotline": NOBODY}
"""Those of them that may turn to other offices."""
OVER: Final[dict[str, Roles]] = {
    "A.zhzf": OVER_DEPARTMENT,
    "A.grid": OVER_DEPARTMENT | {"village", "town"},
    "arbiter": frozenset({"city", "commander"}),
    "hotline": frozenset({"city", "commander"}),
}
"""Posts of the offices above it."""
DRAFTERS: Final = frozenset({"village", "town", "county", "city"})
"""Handlers and leaders over the ground."""
COMMANDER: Final = frozenset({"commander"})
STANDING_STAGES: Final = (("citizen_reports.report", "merged", "A.grid"),)
"""Stages that the kernel adds, and who holds the case there."""


def standing(action: str, holder: str) -> Roles:
    """Who may take one of the kernel's standing actions on a case this office holds, wherever it is offered."""
    keeper = (LEADER if holder == "A.zhzf" else NOBODY) | COMMANDER
    by_name: dict[str, Roles] = {
        "ask_assistance": OFFICIAL[holder],
        "split_off": OFFICIAL[holder],
        "merge_into": HOLDER[holder],
        "unmerge": HOLDER[holder],
        "supervise": OVER[holder],
        "instruct": OVER[holder] | COMMANDER,
        "ask_extension": DEPARTMENT if holder == "A.zhzf" else NOBODY,
        "correct": HOLDER[holder],
        "note": HOLDER[holder] | OVER[holder],
        "late_note": GRID,  # the case has been with the grid office all its life there
        "draft_document": DRAFTERS | (DEPARTMENT if holder == "A.zhzf" else NOBODY),
        "hold": keeper,
        "release_hold": keeper,
        "hand_across": DEPARTMENT if holder == "A.zhzf" else NOBODY,
        "word_across": NOBODY,  # of another city's site, where it takes part
        "taken_back_across": NOBODY,
        "partner_word": NOBODY,  # of the other system's own account, where it takes part
    }
    return by_name[action]
