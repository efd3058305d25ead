"""Every share the played city goes by, in one place. What the seed says is marked; all else is **our own**.

The seed says of 浙里众治 报事 (Jiaxing): 813,000 reports, 2.41 million registered, 0.4 million active a day, 99.8%
handled, 95% inside the grid. It names no period, no categories, no hours and no other share. "95% inside the
grid" can be read as where a matter lies or as who ends it: both are played, each at 95%.
"""

from __future__ import annotations

from typing import Final

# --- the seed ---------------------------------------------------------------------------------------------

REPORTS: Final = 813_000
REGISTERED: Final = 2_410_000
ACTIVE_A_DAY: Final = 400_000
HANDLED: Final = 0.998
"""Of all matters, those brought to an answer or an end."""
LOCATED: Final = 0.95
"""Of all matters, those that lie in a grid cell."""
ENDED_BY_GRID: Final = 0.95
"""Of the matters in a cell, those the grid worker ends without passing them on."""

# --- our own: how many ------------------------------------------------------------------------------------

REPORTS_A_DAY: Final = round(REPORTS / 365)
"""If the seed's reports are those of one year."""
VISITS: Final = 0.01
"""The part of the seed's daily visitors that is played: all of them would be more load than the matters."""
WORKING_DAY: Final = 1.0
REST_DAY: Final = 0.72
"""Reports on a Saturday or Sunday, to those of a working day."""
HOURS: Final = (
    0.12, 0.08, 0.05, 0.04, 0.06, 0.20, 0.60, 1.55, 1.95, 1.60, 1.35, 1.15,
    0.95, 1.00, 1.15, 1.20, 1.30, 1.70, 1.95, 1.75, 1.35, 0.95, 0.60, 0.30,
)  # fmt: skip
"""Weight of each hour of a day: a peak on the way to work, another after it, and a quiet night."""

# --- our own: how a matter begins ---------------------------------------------------------------------------

CHANNELS: Final = {
    "account": 0.42,  # a resident who signed in
    "anonymous": 0.18,  # a resident with no account, who keeps the code
    "named": 0.06,  # no account, but a name and a telephone
    "hotline": 0.12,  # a seat writes a call down
    "patrol": 0.10,  # the grid worker finds it
    "fixed": 0.12,  # … and ends it on the spot
}
SAYS_CATEGORY: Final = 0.7
"""Residents who choose a category; the office decides for the others."""
UNPLACED: Final = 0.6
"""Of those not in a cell: an address without a point. The others lie just across the city's border."""
REPEATED: Final = 0.03
"""Matters that others report too, one to three more times, near by and soon after."""
TELEPHONE_IN_TEXT: Final = 0.02
"""People who write a telephone number into their text, though nobody asked."""

# --- our own: how it goes on ---------------------------------------------------------------------------------

LATE_ACCEPT: Final = 0.010
LATE_HANDLE: Final = 0.020
LATE_REVIEW: Final = 0.010
"""Of the times an office must accept, handle or review, those after the limit."""
NEVER: Final = 1 - HANDLED
WITHDRAWN: Final = 0.006
SUPPLEMENT: Final = 0.03
SUPPLIES: Final = 0.75
"""Reporters who answer when asked for more; else the clock lets the office go on."""
PROGRESS: Final = 0.25
ADDS: Final = 0.02

PASSED_TO: Final = {"village": 0.50, "town": 0.27, "county": 0.23}
"""Who ends what the grid passes up. At county level it is the department on duty for the category."""
PASSED: Final = {"handled": 0.66, "declined": 0.13, "handed_over": 0.12, "returned": 0.05, "ruled": 0.04}
"""What becomes of it there; ``returned``: handed to a department that sends it back, ``ruled``: put to the arbiter."""
REDRAFTED: Final = 0.08
CONTESTED: Final = 0.15
"""Refusals the reporter objects to."""
ASSISTED: Final = 0.12
EXTENDED: Final = 0.06
SUPERVISED: Final = 0.05
"""Of what is ended above the grid: another office is asked to help, more time is asked for, the office above urges."""
EXTENSION_GRANTED: Final = 0.85
HELP_REFUSED: Final = 0.15
MERGED: Final = 0.7
"""Repeated reports that the office finds to be the same and merges into the first."""

# --- our own: what the reporter says ---------------------------------------------------------------------------

CALLED_BACK: Final = 0.12
CALL: Final = {"satisfied": 0.90, "unreached": 0.07, "dissatisfied": 0.03}
RATED: Final = 0.45
RATINGS: Final = {5: 0.62, 4: 0.25, 3: 0.08, 2: 0.03, 1: 0.02}
REOPENED: Final = 0.018
"""Answers the reporter does not accept. The others say nothing, and the window closes by the clock."""
