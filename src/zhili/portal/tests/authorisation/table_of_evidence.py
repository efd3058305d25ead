"""Who opens which page of things in custody, scenes of evidence, and what is shared of them."""

from __future__ import annotations

from typing import Final

from zhili.portal.tests.authorisation.roles import (
    CUSTODIANS,
    EVERYBODY,
    NO_ONE,
    POSTS,
    Methods,
    Who,
)

EVIDENCE: Final[dict[str, Methods]] = {
    "evidence": {"GET": Who(CUSTODIANS)},
    # no item stands here: who sees one is tried in scenarios/evidence/tests
    "evidence/i/<str:number>": {"GET": NO_ONE},
    "evidence/scenes": {"GET": Who(POSTS)},
    # nor a scene: who sees and who writes is tried in scenarios/evidence/scenes/tests
    "evidence/scenes/new": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/scenes/<int:scene>": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/file": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/list": {"GET": NO_ONE},
    "evidence/scenes/<int:scene>/add/<str:kind>": {"POST": NO_ONE},
    "evidence/scenes/<int:scene>/<int:mark>/withdraw": {"POST": NO_ONE},
    "evidence/stores": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS - {"department"})},
    "evidence/stores/<int:store>": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/stores/<int:store>/labels.pdf": {"GET": NO_ONE},
    "evidence/stores/<int:store>/stocktake": {"POST": NO_ONE},
    "evidence/stocktakes/<int:stocktake>": {"GET": NO_ONE, "POST": NO_ONE},
    "evidence/loans": {"GET": Who(CUSTODIANS)},
    "evidence/intake": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS)},
    "evidence/intake/files": {"GET": Who(CUSTODIANS), "POST": Who(CUSTODIANS)},
    "evidence/lists/<int:hand_in>": {"GET": NO_ONE},
    "evidence/labels.pdf": {"GET": NO_ONE},
    "evidence/i/<str:number>/custody.pdf": {"GET": NO_ONE},
    "evidence/i/<str:number>/returned.pdf": {"GET": NO_ONE},
    # nobody here has a link or an item: who opens what is tried in scenarios/evidence/sharing/tests and bag/tests
    "share": {"GET": EVERYBODY},
    "share/<int:pk>": {"GET": NO_ONE, "POST": NO_ONE},
    "share/<int:pk>/f/<uuid:file>": {"GET": NO_ONE},
    "share/<int:pk>/o/<uuid:file>": {"GET": NO_ONE},
    "desk/c/<str:number>/share": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/c/<str:number>/shares": {"GET": NO_ONE, "POST": NO_ONE},
    "desk/c/<str:number>/export": {"GET": NO_ONE, "POST": NO_ONE},
}
