"""How what we vouch for of other sites' trails is tied to its leaves."""

from typing import Any

from zhili.core.exchange.models import SiteFork, Witnessed
from zhili.core.exchange.sites import witnessing
from zhili.core.trail.audit.covering import Rows, Told, record, register


def _said(facts: dict[str, Any], column: dict[str, str]) -> dict[str, tuple[Any, str]]:
    return {name: (value, column.get(name, name)) for name, value in facts.items() if name != "record"}


def _witnessed(row: Witnessed) -> Told:
    said = _said(witnessing.witnessed_facts(row), {})
    return Told(
        row.at, said, sealed=witnessing.hidden(row), salt=bytes(row.salt), hidden=("site_id", "text", "salt")
    )


def _fork(row: SiteFork) -> Told:
    said = _said(witnessing.fork_facts(row), {"alarm": "kind"})
    return Told(
        row.at, said, sealed=witnessing.hidden(row), salt=bytes(row.salt), hidden=("site_id", "text", "salt")
    )


register(
    Rows(Witnessed, record("exchange.witnessed"), _witnessed, without=("id",)),
    Rows(SiteFork, record("exchange.fork"), _fork, without=("id",)),
)
