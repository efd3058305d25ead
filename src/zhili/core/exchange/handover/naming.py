"""What an agreement names, in words: personal fields by the protocol, topics by the scenarios that share them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, gettext_noop

FIELDS: Mapping[str, str] = {
    "name": gettext_noop("姓名"),
    "phone": gettext_noop("联系电话"),
    "email": gettext_noop("电子邮箱"),
}
_topics: dict[str, str] = {}


def declare_topics(titles: Mapping[str, str]) -> None:
    """A scenario says what its topics are called (Chinese source text)."""
    _topics.update(titles)


def fields(names: Iterable[str]) -> list[str]:
    """In the reader's language; a name nobody knows stands as it is."""
    return [gettext(FIELDS[one]) if one in FIELDS else str(one) for one in names]


def topics(names: Iterable[str]) -> list[str]:
    return [gettext(_topics[one]) if one in _topics else str(one) for one in names]
