"""The 64-bit transaction id of PostgreSQL as a column."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression


class Xid8Field(models.Field):
    """PostgreSQL's xid8: a transaction id that never wraps. An int in Python."""

    description = "64-bit transaction id"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(
        self, value: Any, expression: Expression, connection: BaseDatabaseWrapper
    ) -> int | None:
        return None if value is None else int(value)

    def to_python(self, value: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        # There is no cast from integer to xid8, only from text.
        return str(value) if isinstance(value, int) else value


class CurrentTransactionId(models.Func):
    """The id of the running transaction; the same inside its savepoints."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = Xid8Field()


class TransactionTime(models.Func):
    """The start of the running transaction: equal for all rows it writes."""

    template = "CURRENT_TIMESTAMP"
    arity = 0
    output_field = models.DateTimeField()
