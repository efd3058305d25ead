"""A change of a case, carried through: worked out, written, and followed by what it brings about elsewhere.

Whoever takes a step (a person through ``doors``, a clock through ``sweeping``) ends here, on a locked case.
"""

from __future__ import annotations

from zhili.core.cases import family, moving, referring
from zhili.core.cases.changing import Change


def carry(change: Change) -> None:
    """Take the step of a change, in the running transaction: everything it writes, here and in its family."""
    family.refuse_if_awaited(change)
    moving.move(change)
    write(change)


def write(change: Change) -> None:
    """Write a change that is worked out, open its children, tell its parent, and do what it left for afterwards."""
    referring.save(change)
    family.settle(change, carry)
    if referring.comes_back(change):
        referring.give_back(change)
    for one in change.then:
        one(change)


def alone(change: Change) -> bool:
    """Whether writing it is one statement, which needs no transaction around it."""
    return not (change.referrals or change.then or change.action.refers or change.case.parent_id)
