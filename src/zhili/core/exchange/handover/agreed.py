"""Agreements that hold today, and what each lets through. Read anew at most every half minute."""

from __future__ import annotations

import time

from django.db.models import Q
from django.utils import timezone

from zhili.base.exchange.agreement import Agreement, parse_document
from zhili.core.exchange.models import RemoteSite, SiteAgreement

FRESH = 30.0
"""Seconds: a new agreement is offered after so long at most; one that ended is refused at once."""

MOST_KEPT = 1_000
SOON = 2.0
"""Seconds: within a delivery of many matters each edition is read once."""

_known: tuple[float, list[SiteAgreement]] | None = None
_titles: dict[int, str] = {}
_coming: dict[tuple[int, str], tuple[float, SiteAgreement | None]] = {}
_texts: dict[str, Agreement] = {}


def forget() -> None:
    """Read agreements and sites again (tests, and whoever has just loaded one)."""
    global _known
    _known = None
    _titles.clear()
    _coming.clear()


def in_force() -> list[SiteAgreement]:
    """Those of active sites that hold today, by site and title. One query."""
    day = timezone.localdate()
    found = SiteAgreement.objects.select_related("site").filter(
        Q(valid_to=None) | Q(valid_to__gte=day), active=True, site__active=True, valid_from__lte=day
    )
    return sorted(found, key=lambda one: (one.site.title, one.code))


def known() -> list[SiteAgreement]:
    """The same, as read within the last half minute: for what pages offer, not for what is decided."""
    global _known
    if _known is None or time.monotonic() - _known[0] > FRESH:
        _known = (time.monotonic(), in_force())
    return _known[1]


def any_today() -> bool:
    """Whether there is anybody to hand a matter to. No query when read a moment ago."""
    return bool(known())


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The agreements by site, for a form."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in known():
        groups.setdefault(one.site.title, []).append((str(one.pk), title_of(one)))
    return list(groups.items())


def title_of(one: SiteAgreement) -> str:
    return str(one.document.get("title") or one.code)


def find(pk: int) -> SiteAgreement | None:
    """An agreement that holds today, or None. One query."""
    return next((one for one in in_force() if one.pk == pk), None)


def covering(site_id: int, code: str) -> SiteAgreement | None:
    """The edition in force today by which a matter comes in from a site; None for none. A query in two seconds."""
    kept = _coming.get((site_id, code))
    if kept is None or time.monotonic() - kept[0] > SOON:
        if len(_coming) > MOST_KEPT:
            _coming.clear()
        kept = (
            time.monotonic(),
            SiteAgreement.objects.filter(site_id=site_id, code=code, active=True).first(),
        )
        _coming[site_id, code] = kept
    found, day = kept[1], timezone.localdate()
    if found is None or found.valid_from > day or (found.valid_to is not None and found.valid_to < day):
        return None
    return found


def text_of(one: SiteAgreement) -> Agreement:
    """The agreement as both sides hold it; read once for each edition."""
    if one.digest not in _texts:
        _texts[one.digest] = parse_document(one.document)
    return _texts[one.digest]


def edition_title(pk: str) -> str | None:
    """What the edition with this id is called, in force or not; None for none."""
    if one := next((one for one in known() if str(one.pk) == pk), None):
        return title_of(one)
    found = SiteAgreement.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    return title_of(found) if found is not None else None


def category_title(code: str, agreement: str) -> str | None:
    """What an agreement calls a category, ours or theirs; None where it gives it no name.

    ``agreement``: its id, or the words a child keeps of it, "水域联治（pinghu-jinshan.water 1）".
    """
    if agreement.isdecimal():
        editions = SiteAgreement.objects.filter(pk=int(agreement))
    else:
        named = agreement.rpartition("（")[2].rstrip("）").split(" ")[0]
        editions = SiteAgreement.objects.filter(code=named).order_by("-active", "-pk")
    for one in editions[:5]:
        for category in one.document.get("categories", ()):
            if code in (category.get("a"), category.get("b")) and category.get("title"):
                return str(category["title"])
    return None


def title(site_id: int) -> str:
    """What a site is called. No query when known; a title that changed is read with the next process."""
    if site_id not in _titles:
        named = RemoteSite.objects.filter(pk=site_id).values_list("title", flat=True).first()
        if named is None:
            return ""
        _titles[site_id] = named
    return _titles[site_id]
