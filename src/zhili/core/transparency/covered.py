"""How an edition of the public register is tied to its leaf: by the digest of what it declared."""

import hashlib
from collections.abc import Iterator

from zhili.base.canonical import canonical
from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.core.transparency.models import Edition


def _edition(row: Edition) -> Told:
    said = {"sha256": (row.sha256, "sha256")}
    return Told(row.at, said, sealed={}, salt=bytes(row.salt), hidden=("salt",))


def _content(row: Edition) -> Iterator[tuple[str, str, str]]:
    digest = hashlib.sha256(canonical(row.content)).hexdigest()
    if digest != row.sha256:
        yield "content", row.sha256, digest


register(Rows(Edition, record("register.declared"), _edition, _content, without=("id",)))
