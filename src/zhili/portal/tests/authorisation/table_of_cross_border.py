"""Who opens which page of the joint centre: patrols, event plans, watched places, the border's map."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    EVERYBODY,
    JOINT,
    NO_ONE,
    POINTS,
    SHARERS,
    WALKERS,
    Methods,
    Who,
)

CROSS_BORDER: Final[dict[str, Methods]] = {
    "hazards": {"GET": EVERYBODY},
    "cross-border/patrols": {"GET": Who(WALKERS)},
    "cross-border/patrols/export.<slug:kind>": {"POST": Who(WALKERS)},
    "cross-border/patrols/points": {"GET": Who(POINTS), "POST": Who(POINTS)},
    "cross-border/patrols/routes": {"GET": Who(POINTS), "POST": Who(POINTS)},
    # no patrol, checkpoint or route stands here: whose are theirs is tried in scenarios/cross_border/patrols/tests
    "cross-border/patrols/points/codes.pdf": {"GET": NO_ONE},
    "cross-border/patrols/points/<int:point>/<slug:what>": {"POST": NO_ONE},
    "cross-border/patrols/routes/<int:route>": {"GET": NO_ONE, "POST": NO_ONE},
    "cross-border/patrols/routes/<int:route>/<slug:what>": {"POST": NO_ONE},
    "cross-border/patrols/join/<str:site>/<str:patrol>": {"GET": NO_ONE, "POST": NO_ONE},
    "cross-border/patrols/at/<str:point>": {"GET": NO_ONE},
    "cross-border/patrols/<str:number>": {"GET": NO_ONE},
    "cross-border/patrols/<str:number>/go": {"GET": NO_ONE},
    "cross-border/patrols/<str:number>/step": {"POST": NO_ONE},
    "cross-border/patrols/<str:number>/tap/<int:stop>": {"POST": NO_ONE},
    "cross-border/patrols/<str:number>/found": {"GET": NO_ONE, "POST": NO_ONE},
    "cross-border/patrols/<str:number>/proof.json": {"GET": NO_ONE},
    "cross-border/patrols/<str:number>/theirs.json": {"GET": NO_ONE},
    "cross-border/plans": {"GET": Who(WALKERS)},
    "cross-border/plans/export.<slug:kind>": {"POST": Who(WALKERS)},
    "cross-border/plans/theirs/<str:site>/<str:uuid>": {"GET": NO_ONE},
    "cross-border/plans/<str:number>": {"GET": NO_ONE, "POST": NO_ONE},
    "cross-border/plans/<str:number>/plan.pdf": {"GET": NO_ONE},
    "cross-border/plans/<str:number>/<slug:part>/<int:pk>": {"POST": NO_ONE},
    "cross-border/hazards": {"GET": Who(WALKERS)},
    "cross-border/hazards/export.<slug:kind>": {"POST": Who(WALKERS)},
    "cross-border/hazards/<str:number>": {"GET": NO_ONE},
    "cross-border": {"GET": Who(JOINT)},
    "cross-border/map": {"GET": Who(JOINT)},
    "cross-border/map.geojson": {"GET": Who(JOINT)},
    "cross-border/agreements": {"GET": Who(JOINT)},
    "cross-border/sharing": {"GET": Who(SHARERS), "POST": Who(SHARERS)},
    "cross-border/sharing.geojson": {"GET": Who(SHARERS)},
}
