"""What we say of ourselves to whoever asks: GET /exchange/v1."""

from __future__ import annotations

import re
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from zhili.base.exchange import discovery
from zhili.core.exchange.sites import keys
from zhili.core.files import limits
from zhili.core.places.tree import Node, nodes
from zhili.core.trail import keys as trail_keys

PER_MINUTE: Final = 1_200
"""Requests a minute a site may make unless its operator here said otherwise."""
_SUFFIX = re.compile(r"(市|区|县|自治州|地区|盟)$")


def document() -> dict[str, Any]:
    """The discovery document (base/exchange/discovery.py). Nothing of it is secret."""
    return discovery.describe(
        keys.site(),
        title(),
        {key.keyid: key.private.public_key() for key in keys.active()},
        [one.code for one in ground()],
        per_minute=PER_MINUTE,
        file_bytes=limits.max_size(),
        trail=trail_keys.vkeys()[:20],
    )


def title() -> str:
    """What people call this site: as it was told, else by its ground."""
    if settings.EXCHANGE_TITLE:
        return str(settings.EXCHANGE_TITLE)
    own = ground()
    with translation.override(settings.LANGUAGE_CODE):
        return _("%(city)s治理") % {"city": _SUFFIX.sub("", own[0].name)} if own else _("治理")


def ground() -> list[Node]:
    """The highest divisions we answer for: those with nothing above them that is ours; a province is passed over."""
    known = [one for one in nodes().values() if one.valid_to is None]
    levels = ("city", "county", "town")
    for level in levels:
        if found := sorted((one for one in known if one.level == level), key=lambda one: one.code):
            return found[:50]
    return []
