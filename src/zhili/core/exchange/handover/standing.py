"""Steps every case has for the exchange: handing it over; what another site says of it; a file taken from there."""

from __future__ import annotations

from zhili.base.procedure import Final, Holder, Notify, Party, Site
from zhili.base.standing import Standing, every, working
from zhili.core.cases.changing import Change
from zhili.core.exchange.handover import agreed, forms, offering

ACROSS = "hand_across"
WORD, TAKEN_BACK = "word_across", "taken_back_across"


def take_back(change: Change) -> None:
    """The opener wants it no longer. A procedure that knows a withdrawn end goes there; any other is told, and its
    office decides: what it found for itself it may go on with."""
    if change.stage.final:
        return
    ends = (one for one in change.procedure.own_stages().values() if isinstance(one, Final))
    change.target = next((one for one in ends if one.outcome == "withdrawn"), None)


def hear(change: Change) -> None:
    """A word from there while the case waits for whoever brought it: they are that, and it goes on."""
    owner = change.stage.owner
    if not isinstance(owner, Party) or change.stage.answers or change.stage.final:
        return
    for action in change.procedure.from_stage(change.case.stage):
        target = action.move.target
        if not action.standing and owner in action.by and target is not None and not target.final:
            change.target = target
            return


def all_of_them() -> tuple[Standing, ...]:
    """In the order in which pages offer them."""
    return (
        Standing(
            ACROSS,
            "移交外地",
            stages=working,
            by=Holder("handler", "leader"),
            form=forms.HandAcross,
            effects=[offering.offer],
            plain="正与毗邻城市协同办理",
            hint="交给另一座城市办理，或两地联合办理；本事项的总时限照常计算",
            possible=agreed.any_today,
        ),
        Standing(
            WORD,
            "移交方有进展",
            stages=every,
            by=Site(),
            form=forms.Told,
            effects=[hear],
            plain="移交方城市有新的进展",
            notices=(Notify(WORD, "holder", "{number}的移交方有新的说明：{title}。"),),
        ),
        Standing(
            TAKEN_BACK,
            "移交方已收回",
            stages=every,
            by=Site(),
            form=forms.Ended,
            effects=[take_back],
            plain="移交方城市已收回",
            notices=(Notify(TAKEN_BACK, "holder", "{number}的移交方已收回：{title}。"),),
        ),
    )
