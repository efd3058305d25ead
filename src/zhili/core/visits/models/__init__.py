"""Items and who checks them; what is due and planned; what was seen there, who signed: the tables of this app."""

from zhili.core.visits.models.catalogue import Apart, Conflict, Inspector, Item, Method
from zhili.core.visits.models.found import Finding, VisitAnswer
from zhili.core.visits.models.paper import Arrival, DoorCode, Side, Signature, VisitRecord
from zhili.core.visits.models.planned import (
    Assignment,
    DueCheck,
    Lot,
    Officer,
    Plan,
    PlanState,
    Visit,
    VisitState,
)

__all__ = [
    "Apart",
    "Arrival",
    "Assignment",
    "Conflict",
    "DoorCode",
    "DueCheck",
    "Finding",
    "Inspector",
    "Item",
    "Lot",
    "Method",
    "Officer",
    "Plan",
    "PlanState",
    "Side",
    "Signature",
    "Visit",
    "VisitAnswer",
    "VisitRecord",
    "VisitState",
]
