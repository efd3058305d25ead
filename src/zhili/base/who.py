"""Who holds a case and who may act on it, as a procedure says it. Part of ``zhili.base.procedure``."""

from __future__ import annotations

from dataclasses import dataclass

# --- who holds a case -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Duty:
    """Held by the office the duty list names for the case's category and place."""


@dataclass(frozen=True)
class Keep:
    """Stays with the office that has it."""


@dataclass(frozen=True)
class Up:
    """Goes to the office responsible one level up: grid → village → town → county → city."""


@dataclass(frozen=True)
class Back:
    """Goes back to the office that handed it on."""


@dataclass(frozen=True)
class Chosen:
    """Goes to the office named in a field of the action's form."""

    field: str = "office"


@dataclass(frozen=True)
class Desk:
    """Held by the city's office of one kind: ``arbiter`` (分派有争议时裁定) or ``hotline``."""

    kind: str


@dataclass(frozen=True)
class Party:
    """An outsider of the case by role, such as ``reporter``; as an owner, the case waits for them."""

    name: str


@dataclass(frozen=True)
class Opener:
    """Held by the office whose post opened it; as it was, when no office did."""


Owner = Duty | Keep | Up | Back | Chosen | Desk | Party | Opener

# --- who may act ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """A post of the office that holds the case; with ``roles``, only posts with one of them."""

    roles: tuple[str, ...] = ()

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)


@dataclass(frozen=True)
class Role:
    """Any post with one of these roles, where it may see the case."""

    roles: tuple[str, ...]

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)


@dataclass(frozen=True)
class Anyone:
    """Anybody, signed in or not. For openings only."""


@dataclass(frozen=True)
class Clock:
    """Nobody: the step is taken when a clock runs out."""


@dataclass(frozen=True)
class Rule:
    """Nobody: a declared rule begins the case, or takes the step, when it fires."""


@dataclass(frozen=True)
class Above:
    """A post of an office above the one that holds the case; with ``roles``, only posts with one of them."""

    roles: tuple[str, ...] = ()

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)


@dataclass(frozen=True)
class Referred:
    """Nobody: the case begins as the child of another, by a step on that one. For openings only."""


@dataclass(frozen=True)
class Referring:
    """A post of the office that holds the parent case; with ``roles``, only posts with one of them."""

    roles: tuple[str, ...] = ()

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)


@dataclass(frozen=True)
class Had:
    """A post of the office that has the case or had it before; with ``roles``, only posts with one of them."""

    roles: tuple[str, ...] = ()

    def __init__(self, *roles: str) -> None:
        object.__setattr__(self, "roles", roles)


@dataclass(frozen=True)
class Site:
    """Another city's site that has a part in the case, by a message over the exchange protocol. Never a person here."""


By = Had | Holder | Role | Anyone | Clock | Rule | Party | Above | Referred | Referring | Site


def describe(who: By | Owner) -> str:
    """A short stable word for an owner or an actor, as in ``holder:leader`` or ``party:reporter``."""
    word = type(who).__name__.lower()
    match who:
        case (
            Had(roles=roles)
            | Holder(roles=roles)
            | Role(roles=roles)
            | Above(roles=roles)
            | Referring(roles=roles)
        ) if roles:
            return f"{word}:{','.join(roles)}"
        case Party(name=name) | Desk(kind=name) | Chosen(field=name):
            return f"{word}:{name}"
    return word
