"""The head of a file somebody brings, against the tree of today: every receipt that is checked is a witness."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhili.core.trail import forks, proofs


@dataclass(frozen=True)
class Compared:
    """``consistent`` is None when it could not be told. ``size``: of today's tree."""

    consistent: bool | None
    words: str
    size: int = 0


def with_today(checkpoint: str) -> Compared:
    """Whether today's tree begins with that of a checkpoint; the fork alarm is raised if one we signed says no."""
    try:
        found = forks.witness(checkpoint)
    except proofs.NoProof as lacking:
        return Compared(None, lacking.message)
    n = {"n": found.size}
    match found.kind:
        case "same" | "earlier":
            words = _("与本站今天的存证树（%(n)s 条）一致：出具以后没有一条被换过。")
            return Compared(True, words % n, found.size)
        case "fork":
            words = _("与本站今天的存证树（%(n)s 条）不一致：出具以后有记录被换过，已发出分叉警报。")
            return Compared(False, words % n, found.size)
        case "beyond":
            words = _("本站签过的存证树比今天的（%(n)s 条）还大：有存证不见了，已发出分叉警报。")
            return Compared(False, words % n, found.size)
        case "lost":
            words = _("本站后来从备份恢复过，恢复点以后的存证丢失了；这份文件仍然证明它们有过。")
            return Compared(True, words, found.size)
    return Compared(None, found.reason, found.size)
