"""What the trail covers of its own: openings of personal values, changes of offices, and its keys, alarms, restores."""

from zhili.core.trail import access, changes
from zhili.core.trail.audit.covering import Rows, Told, record, register
from zhili.core.trail.models import Access, Change, Fork, Restoration, SigningKey


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


def _key(row: SigningKey) -> Told:
    said = {"vkey": (row.vkey, "vkey"), "origin": (row.origin, "origin")}
    return Told(row.at, said, sealed={"reason": row.reason}, salt=bytes(row.salt), hidden=("reason", "salt"))


def _fork(row: Fork) -> Told:
    said = {
        "alarm": (row.kind, "kind"),
        "size": (row.size, "size"),
        "ours": (bytes(row.ours).hex(), "ours"),
        "theirs": (bytes(row.theirs).hex(), "theirs"),
    }
    hidden = {"text": row.text, "source": row.source}
    return Told(row.at, said, sealed=hidden, salt=bytes(row.salt), hidden=("text", "source", "salt"))


def _restoration(row: Restoration) -> Told:
    said = {
        "size": (row.size, "size"),
        "root": (bytes(row.root).hex(), "root"),
        "former": (row.former, "former"),
        "origin": (row.origin, "origin"),
    }
    return Told(row.at, said, sealed={"reason": row.reason}, salt=bytes(row.salt), hidden=("reason", "salt"))


COLUMN = {"change": "subject", "done": "done", "by": "actor_kind", "since": "since"}
ID = ("id",)

register(
    Rows(Access, lambda leaf: leaf.kind == "access", _access, without=ID),
    Rows(Change, lambda leaf: leaf.kind == "change", _change, without=ID),
    Rows(SigningKey, record("trail.key"), _key, without=ID),
    Rows(Fork, record("trail.fork"), _fork, without=ID),
    Rows(Restoration, record("trail.restored"), _restoration, without=ID),
)
