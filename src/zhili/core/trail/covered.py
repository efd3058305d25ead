"""What the trail covers of its own: openings of personal values, and changes to how offices are set up."""

from zhili.core.trail import access, changes
from zhili.core.trail.audit.covering import Rows, Told, register
from zhili.core.trail.models import Access, Change


def _access(row: Access) -> Told:
    return Told(
        at=row.at,
        what={
            "secret": (str(row.secret_id), "secret_id"),
            "by": (row.actor_kind, "actor_kind"),
            "office": (row.office_id, "office_id"),
        },
        sealed=access.private(row),
        salt=bytes(row.salt or b""),
        hidden=("actor_id", "account_id", "purpose", "case_id", "salt"),
        subject=row.case_id,
    )


def _change(row: Change) -> Told:
    said = {name: (value, COLUMN[name]) for name, value in changes.public(row).items()}
    return Told(
        at=row.at,
        what={"since": (None, "since"), **said},
        sealed=changes.private(row),
        salt=bytes(row.salt),
        hidden=("key", "name", "before", "after", "office_id", "reason", "actor_id", "account_id",
                "actor_office_id", "actor_label", "salt"),
    )  # fmt: skip


COLUMN = {"change": "subject", "done": "done", "by": "actor_kind", "since": "since"}
ID = ("id",)

register(
    Rows(Access, lambda leaf: leaf.kind == "access", _access, without=ID),
    Rows(Change, lambda leaf: leaf.kind == "change", _change, without=ID),
)
