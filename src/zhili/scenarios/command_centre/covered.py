"""How a line of the duty log is tied to its leaf."""

from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.scenarios.command_centre.duty import sealed
from zhili.scenarios.command_centre.models import DutyEntry


def _entry(row: DutyEntry) -> Told:
    hidden = ("office_id", "post_id", "account_id", "text", "salt")
    return Told(row.at, {}, sealed=sealed(row), salt=bytes(row.salt or b""), hidden=hidden)


register(Rows(DutyEntry, record("duty_log"), _entry, without=("id",)))
