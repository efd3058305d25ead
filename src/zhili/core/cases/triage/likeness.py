"""How alike two matters are in words: pairs of characters they share, rare ones counting more; and which words.

What is rare is known from the model when there is one; a pair of characters it never learned is rare (names of roads
and estates are such), and without a model all pairs count the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from zhili.core.cases.triage.model import Model
from zhili.core.cases.triage.reading import Text, pieces

Rarity = Callable[[str], float]
SHOWN = 3
LONGEST_SHOWN = 8
COMPARED = 400
"""Characters of a text that are compared: what it is about is said by then, and forty are compared at once."""
_LOOSE = "的了在是有和与我您请也都就又"
"""Characters that begin or end no phrase worth showing."""
_COMMON = frozenset(
    [
        "我们",
        "你们",
        "他们",
        "请问",
        "希望",
        "领导",
        "尊敬",
        "您好",
        "有关",
        "部门",
        "政府",
        "相关",
        "问题",
        "解决",
        "情况",
        "反映",
        "投诉",
        "没有",
        "不能",
        "现在",
        "已经",
        "进行",
        "这个",
        "什么",
        "怎么",
        "可以",
        "一直",
        "多次",
        "非常",
        "严重",
        "本人",
        "附近",
        "旁边",
        "门口",
        "处理",
        "尽快",
        "谢谢",
        "因为",
        "所以",
        "如果",
        "但是",
        "以及",
        "或者",
        "影响",
        "居民",
        "市民",
    ]
)


@dataclass(frozen=True)
class Signs:
    """The pairs of characters of a text, all of it and its head, and what each is worth."""

    text: Text
    rarity: Rarity

    @cached_property
    def body(self) -> dict[str, float]:
        return {piece: self.rarity(piece) for piece, _from, _to in pieces(self.text.body[:COMPARED], 2, 2)}

    @cached_property
    def head(self) -> dict[str, float]:
        return {piece: self.rarity(piece) for piece, _from, _to in pieces(self.text.head, 2, 2)}


def rarity_of(model: Model | None) -> Rarity:
    """What a pair of characters is worth: by the model, or 1."""
    if model is None:
        return lambda piece: 1.0
    (idf, rarest), known = model.rarities, model.body_at
    return lambda piece: idf[known[piece]] if piece in known else rarest


def likeness(a: Signs, b: Signs) -> float:
    """0 nothing in common, 1 each says what the other is about: how much of each one's head stands in the other."""
    return (_contained(a.head, b.body) + _contained(b.head, a.body)) / 2


def _contained(head: dict[str, float], body: dict[str, float]) -> float:
    whole = sum(value * value for value in head.values())
    return sum(value * value for piece, value in head.items() if piece in body) / whole if whole else 0.0


def shared_words(a: Signs, b: Signs) -> list[str]:
    """What stands in both, word for word, the most telling first: nothing of either that is not in the other."""
    found: dict[str, float] = {}
    for run in _runs(a.text.body[:COMPARED], b.text.body):
        worth = sum(
            a.body.get(run[n : n + 2], 0.0) for n in range(len(run) - 1) if run[n : n + 2] not in _COMMON
        )
        if worth > 0 and not any(run in other for other in found):
            found[run] = worth
    return sorted(found, key=lambda run: -found[run])[:SHOWN]


def _runs(mine: str, theirs: str) -> list[str]:
    """The longest pieces of Chinese or whole Latin words that stand in both, from left to right."""
    found, at = [], 0
    spans = {begin: end for _piece, begin, end in pieces(mine, 2, 2)}
    while at < len(mine):
        end = spans.get(at)
        if end is None or mine[at:end] not in theirs:
            at += 1
            continue
        while end in spans or end - 1 in spans:
            longer = spans.get(end - 1, 0)
            if longer <= end or longer - at > LONGEST_SHOWN or mine[at:longer] not in theirs:
                break
            end = longer
        found.append(mine[at:end].strip(_LOOSE))
        at = end
    return [run for run in found if len(run) > 1]
