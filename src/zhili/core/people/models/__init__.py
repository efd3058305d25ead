"""Who acts, where they sit, and what is known of persons: the tables of this app."""

from zhili.core.people.models.accounts import Account, AccountKind, ApiToken
from zhili.core.people.models.offices import (
    Deputy,
    Office,
    OfficeEdition,
    OfficeKind,
    OfficeLevel,
    Post,
    PostHolding,
    Role,
)
from zhili.core.people.models.protected import Grant, Secret
from zhili.core.people.models.shells import ShellAccount, UsedTicket

__all__ = [
    "Account",
    "AccountKind",
    "ApiToken",
    "Deputy",
    "Grant",
    "Office",
    "OfficeEdition",
    "OfficeKind",
    "OfficeLevel",
    "Post",
    "PostHolding",
    "Role",
    "Secret",
    "ShellAccount",
    "UsedTicket",
]
