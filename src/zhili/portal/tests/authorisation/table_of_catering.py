"""Who opens which page of kitchens."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    EVERYBODY,
    NO_ONE,
    REGISTER,
    REGISTER_HERE,
    Methods,
    Who,
)

CATERING: Final[dict[str, Methods]] = {
    "catering": {"GET": EVERYBODY},
    # without the code of an outlet the page says how to get in, and takes nothing
    "catering/own": {"GET": EVERYBODY, "POST": NO_ONE},
    "desk/catering": {"GET": Who(REGISTER)},
    "desk/catering/export.<slug:kind>": {"POST": Who(REGISTER)},
    "desk/catering/results": {"GET": Who(REGISTER)},
    # the shop of the test has no file there: who files it and sees its code is tried in scenarios/catering/tests
    "desk/catering/<int:premises>": {"GET": Who(REGISTER_HERE), "POST": Who(REGISTER_HERE)},
    "desk/catering/file/<str:number>": {"GET": NO_ONE},
    "desk/catering/code/<str:number>": {"GET": NO_ONE},
}
