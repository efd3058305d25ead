"""Sealing a document, by adapter.

An adapter is a ``Sealer``: it takes the printed PDF and gives the sealed one. ``ZHILI_SEALER`` chooses it: ``software``
(the default: a key of the office in ZHILI_HOME), ``none``, or ``package.module:Class`` of a city's own, such as a
gateway to its statutory seal platform (SM2, GB/T 38540) or to OFD. Those two are only this seam: none is included.

The software signer makes a PAdES signature (ETSI EN 319 142-1, baseline B; with a time stamp of RFC 3161, B-T, where
``ZHILI_TSA_URL`` names an authority) over the whole file, certified so that any later change is seen. Its picture is
the signature's own appearance.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Protocol

from zhili.core.documents import seal_keys, seal_picture
from zhili.core.documents.models import SealCertificate
from zhili.core.documents.printing import Printed
from zhili.core.people.models import Office


@dataclass(frozen=True)
class ToSeal:
    """What a sealer is given. ``number`` and ``title`` are for its own records."""

    printed: Printed
    office: Office
    number: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Sealed:
    """What it gives back. ``certificate`` is set when this site keeps the certificate."""

    pdf: bytes
    certificate: SealCertificate | None = None


class NotNow(RuntimeError):
    """The seal cannot be had now (no key yet, the platform is away); it is tried again later."""


class Sealer(Protocol):
    """An adapter. May raise NotNow; anything else it raises is a fault that is tried again, then parked."""

    def seal(self, what: ToSeal) -> Sealed: ...


class Unsealed:
    """No seal at all: for a city that seals elsewhere."""

    def seal(self, what: ToSeal) -> Sealed:
        return Sealed(what.printed.pdf)


class Software:
    """Signs with the office's own software key."""

    def seal(self, what: ToSeal) -> Sealed:
        try:
            key = seal_keys.read(what.office)
        except seal_keys.NoSealKey as error:
            if not _demo_site():
                raise NotNow(str(error)) from None
            seal_keys.make(what.office, demo=True)
            key = seal_keys.read(what.office)
        from zhili.core.documents.signing import (
            sign,
        )  # pyHanko takes a second to load, and only a worker signs

        shape = seal_picture.as_pdf(what.office.name, key.certificate.demo)
        return Sealed(sign(what.printed, key, shape, reason=what.number), key.certificate)


@cache
def sealer() -> Sealer:
    """The adapter of this site."""
    chosen = os.environ.get("ZHILI_SEALER", "").strip() or "software"
    if chosen in BUILT_IN:
        return BUILT_IN[chosen]()
    module, _, name = chosen.partition(":")
    made: Sealer = getattr(import_module(module), name)()
    return made


BUILT_IN: dict[str, type[Software] | type[Unsealed]] = {"software": Software, "none": Unsealed}


def _demo_site() -> bool:
    from zhili.core.people.demo import demo_accounts

    return bool(demo_accounts())
