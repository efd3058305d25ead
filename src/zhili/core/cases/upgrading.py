"""When a new version of a procedure drops a stage: its open cases move where ``moves`` says, by a recorded step."""

from django.db import transaction
from django.utils import timezone

from zhili.base.procedure import Action, Clock, Move, Procedure
from zhili.core.cases import carrying, clocks, locking, reasons, registry
from zhili.core.cases.changing import NOTHING, Change
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor

UPGRADE = Actor(kind="rule", label="升级")


def move_open_cases() -> int:
    """Move every open case of a dropped stage; one transaction each, harmless to repeat. Returns how many moved."""
    moved = 0
    for procedure in registry.procedures().values():
        for old, new in procedure.moves.items():
            held = Case.objects.filter(procedure=procedure.full_name(), stage=old, closed_at=None)
            for case_id in list(held.values_list("pk", flat=True)):
                moved += _move(procedure, case_id, old, new)
    return moved


def _move(procedure: type[Procedure], case_id: int, old: str, new: str) -> int:
    with transaction.atomic():
        case, parent = locking.case_and_parent(pk=case_id)
        if case is None or case.stage != old:
            return 0
        action = Action("程序更新", Move((), procedure.stages[new]), by=Clock(), public=False)
        action.name = "moved"
        change = Change(
            procedure, action, UPGRADE, case, NOTHING, timezone.now(), from_stage=old, parent=parent
        )
        case.seq += 1
        case.stage = new
        case.version = registry.version(procedure.full_name())
        if procedure.stages[new].final:
            case.closed_at, case.party = change.at, ""
        change.why.append(reasons.MOVED(stage=old))
        clocks.advance(change)
        carrying.write(change)
    return 1
