"""Texts to learn from without the names of people: jieba tells words apart and marks which are names.

It marks some places and things as names too, and misses rare names; those are met by learning only what stands in
several matters (``training.SHARED``). Needed while learning only; who asks the model needs no jieba.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhili.core.cases.triage import keeping
from zhili.core.cases.triage.reading import HEAD, Text

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[a-z]{3,}")
LONGEST_WORD = 8


@dataclass(frozen=True)
class Told:
    """A text with blanks for names, and the words it is made of."""

    text: Text
    words: frozenset[str]


class Reader:
    """Reads texts; ``left_out`` counts the names it found."""

    def __init__(self) -> None:
        import logging

        import jieba
        import jieba.posseg

        jieba.setLogLevel(logging.WARNING)
        kept = keeping.path(
            "words"
        ).parent  # its dictionary is kept for the next time: not where anybody may write
        kept.mkdir(parents=True, exist_ok=True)
        jieba.dt.tmp_dir = str(kept)
        self._tagged = jieba.posseg.lcut
        self.left_out = 0

    def read(self, text: Text) -> Told:
        """The same text always gives the same."""
        body, words = self._nameless(text.body)
        # the first words of a text without a title are part of it; a title was read with it, as its first line
        head = body[:HEAD] if text.body.startswith(text.head) and len(text.head) == HEAD else None
        return Told(Text(self._nameless(text.head)[0] if head is None else head, body), words)

    def words(self, text: str) -> frozenset[str]:
        """The words of a short text, names too."""
        return frozenset(word for word, _flag in self._tagged(text) if _is_word(word))

    def _nameless(self, text: str) -> tuple[str, frozenset[str]]:
        kept: list[str] = []
        words: set[str] = set()
        for word, flag in self._tagged(text):
            if flag.startswith("nr") and len(word) > 1:
                self.left_out += 1
                kept.append(" " * len(word))
                continue
            kept.append(word)
            if _is_word(word):
                words.add(word)
        return "".join(kept), frozenset(words)


def _is_word(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and len(word) <= LONGEST_WORD
