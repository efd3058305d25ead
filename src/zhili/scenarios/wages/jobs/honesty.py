"""What a posting may not ask of people. A word found holds the posting for an office's look; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from zhili.scenarios.wages.jobs.words import ASKED, NOT_SAID, PARTS

_ASKED: Final = tuple((part, re.compile(pattern)) for part, pattern in ASKED)
_NOT: Final = re.compile(NOT_SAID)


def found(text: str) -> list[tuple[str, str]]:
    """(what it would be, the words) of each thing a text seems to ask, in the order of the list."""
    rows = []
    for part, pattern in _ASKED:
        for hit in pattern.finditer(text):
            if not _NOT.search(text[: hit.start()]) and (part, hit.group()) not in rows:
                rows.append((part, hit.group()))
    return rows


def told(texts: Iterable[str], *, course: bool = False) -> str:
    """What to say of some texts; "" when nothing was found. A course may cost something, work may not."""
    rows = [row for text in texts for row in found(text) if not (course and row[0] == "fee")]
    said = "；".join(dict.fromkeys(f"“{words}”（{_(PARTS[part])}）" for part, words in rows))
    if not said:
        return ""
    return _(
        "这些话看起来在提招聘不能提的要求：%(said)s。请改掉；如果不是这个意思，请勾选“请劳动保障部门看过再发布”，内容会保留。"
    ) % {"said": said}
