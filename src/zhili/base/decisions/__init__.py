"""Decision tables: rules an office can read, write in a spreadsheet and be held to.

``table`` says what one is, ``evaluating`` asks it, ``faults`` finds gaps and overlaps exactly, ``document`` and
``sheet`` carry it as JSON and as a spreadsheet. Plain Python: no dates of coming into force, no database.
"""

from zhili.base.decisions.evaluating import Compiled, evaluate
from zhili.base.decisions.faults import faults
from zhili.base.decisions.table import (
    ANY,
    Anything,
    BadFacts,
    Column,
    Condition,
    Fault,
    Interval,
    Is,
    OneOf,
    Outcome,
    Row,
    Table,
    Value,
)
from zhili.base.decisions.words import Words

__all__ = [
    "ANY",
    "Anything",
    "BadFacts",
    "Column",
    "Compiled",
    "Condition",
    "Fault",
    "Interval",
    "Is",
    "OneOf",
    "Outcome",
    "Row",
    "Table",
    "Value",
    "Words",
    "evaluate",
    "faults",
]
