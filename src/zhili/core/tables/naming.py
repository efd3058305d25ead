"""What the table of an article of law is called: one name, for what a file brings in and for whoever looks it up."""

from __future__ import annotations

import re
from typing import Final

PREFIX: Final = "discretion."
CLAUSE: Final = "clause"
"""The column of such a table that tells the clauses of one article apart."""
LONGEST: Final = 120


def of_article(law: str, article: str) -> str:
    """``discretion.<law>.<article>``, without what an address cannot hold. ``law`` is told without its date."""
    return re.sub(r"[\s/\\?#%&<>\"'|]", "", f"{PREFIX}{law}.{article}")[:LONGEST]
