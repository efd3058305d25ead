"""Who begins which matter. Whoever adds an opening must decide it here."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    ALL,
    CUSTODIANS,
    ENGINEER,
    GRANTS,
    LEADERS,
    MACHINE,
    NOBODY,
    PLANNERS,
    RESIDENTS,
    Roles,
)

OPENING: Final = ("new/<str:procedure>/<slug:opening>", "api/v1/cases/<procedure>/<opening>")
"""Addresses that begin a case; who may is said in OPENINGS."""
OPENINGS: Final[dict[str, Roles]] = {
    "citizen_reports.report/report": ALL - GRANTS,
    "citizen_reports.report/on_behalf": frozenset({"hotline"}),
    "citizen_reports.report/find": frozenset({"grid", "grid_elsewhere"}),
    "citizen_reports.report/found_fixed": frozenset({"grid", "grid_elsewhere"}),
    "citizen_reports.reinspection/picked": NOBODY,
    "command_centre.instruction/give": LEADERS,
    "command_centre.instruction/about": NOBODY,
    "documents.outgoing/begin": NOBODY,
    "eldercare.wearing/apply": RESIDENTS | ENGINEER | MACHINE,
    "eldercare.wearing/register": CUSTODIANS,
    "eldercare.alarm/rise": NOBODY,
    "eldercare.alarm/rise_again": NOBODY,
    "evidence.item/take_in": CUSTODIANS,
    "evidence.item/take_in_file": CUSTODIANS,
    "evidence.item/take_in_listed": CUSTODIANS,
    "discretion.penalty/report": CUSTODIANS,
    "discretion.penalty/handed": NOBODY,  # by a step on another matter
    "discretion.penalty/on_the_spot": CUSTODIANS,
    "cross_border.matter/find": frozenset({"grid", "grid_elsewhere"}),
    "cross_border.matter/record": CUSTODIANS | {"commander"},
    "cross_border.matter/noticed": NOBODY,
    "cross_border.matter/receive": NOBODY,  # another site alone
    "cross_border.patrol/plan": PLANNERS,
    "cross_border.patrol/join": PLANNERS,
    "cross_border.event_plan/write": PLANNERS,
    "cross_border.hazard/list_place": PLANNERS,
    "village_screens.notice/write": CUSTODIANS,
    "village_screens.disclosure/write": CUSTODIANS,
    "village_screens.motion/propose": CUSTODIANS,
    "village_screens.question/ask": ALL - GRANTS,
    "inspections.approval/apply": CUSTODIANS,
    "inspections.notice/tell": CUSTODIANS,
    "inspections.rectification/order": CUSTODIANS,
    "inspections.unscanned/report": ALL - GRANTS,
    "wages.project/file": RESIDENTS | ENGINEER | MACHINE | CUSTODIANS,
    "wages.complaint/complain": ALL - GRANTS,
    "wages.vacancy/post": RESIDENTS | ENGINEER | MACHINE,
    "wages.vacancy/post_look": RESIDENTS | ENGINEER | MACHINE,
    "wages.course/announce": RESIDENTS | ENGINEER | MACHINE | CUSTODIANS,
    "wages.course/announce_look": RESIDENTS | ENGINEER | MACHINE,
    "wages.application/apply": ALL - GRANTS,
    "wages.enrolment/enrol": ALL - GRANTS,
    "wages.enrolment/queue": ALL - GRANTS,
    "wages.dispute/disagree": NOBODY,  # a no to a day opens it by itself
    "catering.outlet/file": CUSTODIANS,
    "catering.problem/find": CUSTODIANS,
    "catering.problem/passed": NOBODY,  # by a step on another matter
    "catering.problem/sense": NOBODY,
    "catering.problem/sense_again": NOBODY,
    "catering.problem/expire": NOBODY,
    "exchange.handover/hand_over": NOBODY,
    "referrals.assistance/ask": NOBODY,
    "referrals.supervision/order": NOBODY,
    "referrals.extension/request": NOBODY,
}
