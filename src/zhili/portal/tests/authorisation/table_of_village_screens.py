"""Who opens which page of village screens."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    ALL,
    EVERYBODY,
    GRANTS,
    MACHINE,
    NO_ONE,
    VILLAGERS,
    Methods,
    Who,
)

VILLAGE_SCREENS: Final[dict[str, Methods]] = {
    "village": {"GET": EVERYBODY},
    "village/<str:code>": {"GET": EVERYBODY},
    "village/<str:code>/ask": {"GET": EVERYBODY, "POST": Who(ALL - GRANTS - MACHINE)},
    # nothing is shown here: which files are is tried in scenarios/village_screens/tests
    "village/<str:code>/f/<uuid:file>": {"GET": NO_ONE},
    "tv/<str:code>": {"GET": EVERYBODY},
    "tv/<str:code>/content": {"GET": EVERYBODY},
    "tv/<str:code>/pair": {"POST": EVERYBODY},
    "desk/village": {"GET": Who(VILLAGERS)},
    "desk/village/preview": {"GET": Who(VILLAGERS)},
    "desk/village/screen": {"GET": Who(VILLAGERS)},
    "desk/village/loop": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/displays": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/tiles": {"GET": Who(VILLAGERS), "POST": Who(VILLAGERS)},
    "desk/village/waste": {
        "GET": Who(VILLAGERS | {"grid", "grid_elsewhere"}),
        "POST": Who(VILLAGERS | {"grid", "grid_elsewhere"}),
    },
    # none stands here: whose are theirs is tried in scenarios/village_screens/tests
    "desk/village/displays/<int:display>/revoke": {"POST": NO_ONE},
    "desk/village/tiles/<int:tile>/remove": {"POST": NO_ONE},
    "desk/village/waste/<int:point>/close": {"POST": NO_ONE},
}
