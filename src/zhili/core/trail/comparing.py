"""A head somebody brings, against the tree as it stands today: is the one the beginning of the other?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhili.base import merkle
from zhili.base.merkle import ProofError
from zhili.base.notes import Checkpoint
from zhili.core.trail import checkpoints, proofs


@dataclass(frozen=True)
class Compared:
    """``consistent`` is None when it could not be told. ``size``: of today's tree."""

    consistent: bool | None
    words: str
    size: int = 0


def with_today(head: Checkpoint) -> Compared:
    """Whether today's signed tree begins with that one. Four queries at most."""
    today = checkpoints.latest()
    if today is None:
        return Compared(None, _("本站还没有签名的存证根，无从比较。"))
    if head.size > today.size:
        words = _("这份文件的存证树有 %(n)s 条，比本站今天的还多：本站的存证少了，或者文件属于另一棵树。")
        return Compared(False, words % {"n": head.size}, today.size)
    try:
        path = proofs.consistency(head.size, today.size)
        merkle.verify_consistency(head.size, today.size, head.root, today.root, path)
    except ProofError:
        words = _("与本站今天的存证树（%(n)s 条）不一致：出具以后有记录被换过，或者文件属于另一棵树。")
        return Compared(False, words % {"n": today.size}, today.size)
    except proofs.NoProof as lacking:
        return Compared(None, lacking.message, today.size)
    words = _("与本站今天的存证树（%(n)s 条）一致：出具以后没有一条被换过。")
    return Compared(True, words % {"n": today.size}, today.size)
