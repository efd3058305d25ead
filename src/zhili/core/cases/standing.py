"""The actions every procedure has without declaring them. The mechanism is in ``base.standing``.

Those without ``by`` are never asked for: they are the kernel's own words for what happened.
"""

from __future__ import annotations

from typing import Any

from zhili.base.procedure import Holder
from zhili.base.standing import Standing, working
from zhili.core.cases import assisting
from zhili.core.cases.forms import AskAssistance, Returned

OFFICIAL = Holder("handler", "leader", "arbiter", "commander")
"""A post of the office that has the case; not a grid worker, whose way is up."""


def kernel() -> tuple[Standing, ...]:
    """All of them, in the order in which pages offer them."""
    return (*_asked_for(), *_written())


def _asked_for() -> tuple[Standing, ...]:
    return (
        Standing(
            "ask_assistance",
            "请其他单位协办",
            stages=working,
            by=OFFICIAL,
            form=AskAssistance,
            effects=[assisting.ask],
            public=False,
            plain="正在请其他单位协助办理",
            hint="本单位仍是主办，对方办完会返回到这里",
        ),
    )


def _written() -> tuple[Standing, ...]:
    told: dict[str, Any] = {"public": False}
    return (
        Standing("returned", "协办结果已返回", form=Returned, plain="内部协作有了结果"),
        Standing("overdue", "超过时限", **told),
        Standing("moved", "程序更新", **told),
    )
