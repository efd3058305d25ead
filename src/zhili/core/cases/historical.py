"""The kernel's words for what happened before a case came here: the steps of history, as loading writes them.

Nobody takes these by hand. They stand in timelines and leaves like every other step, under an actor of their own
kind, so that what was brought in is never taken for what was done here.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhili.base.procedure import Final, Procedure, Stage
from zhili.base.standing import Standing
from zhili.core.forms import Choice, Form, LongText, Place, Text

KIND = "history"


class Imported(Form):
    """What the former system kept of the matter."""

    title = Text("标题", max_length=500, public=True)
    what = LongText("内容", max_length=20_000, public=True)
    place = Place("在哪里")
    source = Text("来源")
    external_id = Text("原编号")


class ImportedAnswer(Form):
    answer = LongText("答复", max_length=20_000, public=True)


class ImportedClose(Form):
    outcome = Choice(
        "结果", choices=[("closed", "办结"), ("refused", "不予受理"), ("withdrawn", "撤回")], public=True
    )


OPEN, ANSWER, CLOSE = "imported", "imported_answer", "imported_close"
STANDING = (
    Standing(OPEN, "历史事项导入", form=Imported, plain="在原来的系统上报"),
    Standing(ANSWER, "历史答复导入", form=ImportedAnswer, plain="在原来的系统已答复"),
    Standing(CLOSE, "历史办结导入", form=ImportedClose, plain="在原来的系统已办结"),
)
OUTCOMES = ("closed", "refused", "withdrawn")


@dataclass(frozen=True)
class Way:
    """Where a case of history stands: as it came, when answered, and at its end. None: the procedure has no such."""

    entry: Stage
    answering: Stage | None
    final: Stage | None


class NoWay(ValueError):
    """The procedure cannot hold such a case."""


_ways: dict[tuple[type[Procedure], str], Way] = {}


def way(procedure: type[Procedure], outcome: str) -> Way:
    """The stages for an outcome. Raises NoWay where the procedure has no stage a case could come into.

    The answering stage is the one from which an action leads to that end, so that a refusal of long ago stands
    where a refusal of today would.
    """
    if (procedure, outcome) not in _ways:
        _ways[procedure, outcome] = _way(procedure, outcome)
    return _ways[procedure, outcome]


def _way(procedure: type[Procedure], outcome: str) -> Way:
    begun = [
        o.move.target
        for o in procedure.openings.values()
        if o.move.target is not None and not o.move.target.final and not o.standing
    ]
    if not begun:
        raise NoWay(f"{procedure.full_name()}: no opening leads to a stage that is not final")
    finals = [s for s in procedure.stages.values() if isinstance(s, Final) and s.outcome == outcome]
    final = next((s for s in finals if not s.answers), finals[0] if finals else None)
    answering = [s for s in procedure.stages.values() if s.answers and not s.final]
    leading = {
        stage.name
        for action in procedure.actions.values()
        if action.move.target is not None and action.move.target is final
        for stage in action.move.sources
    }
    chosen = next((s for s in answering if s.name in leading), answering[0] if answering else None)
    return Way(begun[0], chosen, final)
