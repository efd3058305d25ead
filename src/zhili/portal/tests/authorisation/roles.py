"""The roles that the tables speak of, which cases each sees, and how a line of a table says who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Roles = frozenset[str]

# --- roles: see people.py for who they are ------------------------------------------------------------

STRANGERS: Final = frozenset({"anonymous"})
GRANTS: Final = frozenset({"grant", "other_grant"})
"""Holders of a code: of the case in question, and of another one."""
RESIDENTS: Final = frozenset({"owner", "other_resident"})
HERE: Final = frozenset({"grid", "village", "town", "county"})
"""General offices over the ground of the cases in county A."""
CITY: Final = frozenset({"city", "commander", "auditor", "admin", "hotline", "arbiter"})
"""Offices that look after the whole city."""
DEPARTMENT: Final = frozenset({"department", "department_leader"})
POSTS: Final = HERE | CITY | DEPARTMENT | {"grid_elsewhere", "other_department"}
ENGINEER: Final = frozenset({"engineer"})
"""Into the admin with every right, but without a post."""
MACHINE: Final = frozenset({"machine"})
"""A program with a token that may only read, and without a post."""
MANAGERS: Final = frozenset(
    {"village", "town", "county", "city", "department_leader", "other_department", "admin"}
)
"""Leaders and managers: of their own office and those below it they name who stands in for whom."""
COMMANDERS: Final = frozenset({"town", "county", "city", "commander"})
"""Who leads or commands an office over a town or more."""
LEADERS: Final = (MANAGERS - {"admin"}) | {"commander"}
"""Whoever may give an instruction, to offices below their own."""
CUSTODIANS: Final = (MANAGERS - {"admin"}) | {"department"}
"""Handlers and leaders: whoever may take things into custody."""
NEAR: Final = frozenset({"grid", "grid_elsewhere", "village", "town"})
"""Who goes when somebody near calls for help."""
GOING: Final = HERE | DEPARTMENT | {"city"}
"""Posts that may go, of those who see a matter of county A: on a call itself only who takes part sees it."""
PLANNERS: Final = CUSTODIANS | {"commander"}
"""Who plans patrols, writes security plans, lists places to be watched."""
WALKERS: Final = PLANNERS | {"grid", "grid_elsewhere"}
"""Posts that go out, and those that plan."""
POINTS: Final = (MANAGERS - {"village"}) | {"commander"}
"""Who leads, commands or administers from a town up: they name checkpoints and print their codes."""
VILLAGERS: Final = frozenset({"village", "town", "county", "city", "admin"})
"""Posts of committees and of the offices over whole areas that work, lead or administer."""
JOINT: Final = frozenset({"town", "county", "city", "commander", "admin"})
"""Posts of the joint centre: offices over a town or more, whoever works, leads, commands or administers there."""
SHARERS: Final = frozenset({"county", "city", "admin"})
"""Who chooses what a neighbouring site is shown: who leads or administers the centre of a county or the city."""
WATCHERS: Final = frozenset({"town", "county", "city", "commander", "auditor", "admin"})
"""Posts of offices with a duty room."""
REGISTER: Final = POSTS - {"hotline", "arbiter"}
"""Who reads the register of firms and premises, each of their own ground."""
REGISTER_HERE: Final = REGISTER - {"grid_elsewhere"}
"""Those of them whose ground the shop of the test stands on."""
VISIT_PLANNERS: Final = CUSTODIANS | {"admin"}
"""Handlers, leaders and administrators: who makes the code of a door."""
WRITERS: Final = MANAGERS | {"department"}
"""Who writes in the register: handlers, leaders and administrators, each of their own ground."""
WRITERS_OF_FIRMS: Final = WRITERS - {"village", "town"}
"""Those of them whose ground is a county or more."""
AUDITORS: Final = frozenset({"auditor"})
INSPECTING: Final = PLANNERS | AUDITORS | {"admin"}
"""Who reads the catalogue of inspections."""
CATALOGUING: Final = SHARERS | {"department_leader", "other_department"}
"""Who drafts and confirms it: leaders and administrators of offices of a county or the city."""
WARNED: Final = POSTS - {"arbiter"}
"""Who reads the console of warnings, each of their own ground."""
WEIGHERS: Final = DEPARTMENT | {"other_department", "county", "city", "commander"}
"""Who looks at how alike cases were penalised, each among the cases they may see."""
SWITCHING: Final = frozenset({"city", "commander", "admin"})
OVER_EXPORT: Final = frozenset({"department", "department_leader", "county", "city", "admin"})
"""Who asked for the export of the scene, and who may decide on it."""
SIGNED_IN: Final = RESIDENTS | POSTS | ENGINEER
"""With a session."""
ALL: Final = STRANGERS | GRANTS | SIGNED_IN | MACHINE
NOBODY: Final = frozenset[str]()
NOT_READ_ONLY: Final = ALL - MACHINE


# --- cases: see objects.py for how they came about ----------------------------------------------------


@dataclass(frozen=True)
class Sight:
    """Who stands how to a case. ``sees``: whole; ``holds``: owes the next step; ``opens``: may read the name."""

    sees: Roles
    holds: Roles
    opens: Roles
    public: bool = False


OWN: Final = frozenset({"owner", "grant"})
CASES: Final[dict[str, Sight]] = {
    "public": Sight(OWN | HERE | CITY, frozenset({"grid"}), frozenset({"hotline"}), public=True),
    "private": Sight(OWN | HERE | CITY | DEPARTMENT, DEPARTMENT, DEPARTMENT | {"hotline"}),
    # confidential ones are not for whoever stands above: only for those who take part
    "confidential": Sight(OWN | {"grid"}, frozenset({"grid"}), NOBODY),
    # in the other county, reported by somebody else
    "foreign": Sight(
        frozenset({"other_resident", "grant", "grid_elsewhere"}) | CITY,
        frozenset({"grid_elsewhere"}),
        frozenset({"hotline"}),
    ),
}


# --- addresses ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """``roles`` in general; with ``of``, only those of them who stand so to the case asked for."""

    roles: Roles
    of: str = ""

    def may(self, role: str, case: Sight) -> bool:
        """Whether a role may, given the case in the address."""
        if role not in self.roles:
            return False
        match self.of:
            case "sees":
                return role in case.sees
            case "public":
                return case.public
            case "reads":
                return case.public or role in case.sees
            case "holds":
                return role in case.holds
            case "opens":
                return role in case.opens
        return True


EVERYBODY: Final = Who(ALL)
NO_ONE: Final = Who(NOBODY)
Methods = dict[str, Who]
