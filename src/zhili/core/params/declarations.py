"""Parameters are declared in code with their legal source; a site's dated rows override them."""

from dataclasses import dataclass
from typing import Final

from zhili.base.clock import Duration

OFFICE: Final = "@"
"""``catering.rectify@12``: the value office 12 has set for itself."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: `key` ("scenario.name"), `default` as text ("15d", "3", "0.8"), and where it comes from.

    `title` is Chinese source text. `confirmed=False` marks a source not yet checked against its text; it is
    shown as 待确认.
    """

    key: str
    default: str
    title: str
    source: str = ""
    article: str = ""
    confirmed: bool = True
    low: float | None = None
    high: float | None = None
    """Bounds of a number, both allowed; a value outside them is refused."""
    by_office: bool = False
    """Whether an office may set a value of its own, which holds for it and the offices below it."""

    def __post_init__(self) -> None:
        if not self.key or len(self.key) > 100 or self.key != self.key.strip():
            raise ValueError(f"a parameter's key has 1 to 100 characters without outer blanks: {self.key!r}")
        if OFFICE in self.key:
            raise ValueError(
                f"{self.key}: {OFFICE} stands before an office's own value, and in no parameter's name"
            )
        if not self.default or not self.title:
            raise ValueError(f"parameter {self.key} needs a default and a title")

    @property
    def unit(self) -> str:
        """ "d", "wd", "wh", "min", "h" for a time limit, else empty."""
        return unit_of(self.default)


_declared: dict[str, Param] = {}


def declare(*params: Param) -> None:
    """Makes parameters known; called when apps load. The same key twice must say the same thing."""
    for param in params:
        former = _declared.setdefault(param.key, param)
        if former != param:
            raise ValueError(f"parameter {param.key} is declared twice and differently: {former} / {param}")


def declared() -> dict[str, Param]:
    """Every declared parameter by key (a copy)."""
    return dict(_declared)


def find(key: str) -> Param | None:
    """What is declared of a key; of an office's own, what is declared of the city's."""
    return _declared.get(key.partition(OFFICE)[0])


def office_key(key: str, office_id: int) -> str:
    """Under which an office's own values of a parameter are kept."""
    return f"{key}{OFFICE}{office_id}"


def split_key(key: str) -> tuple[str, int | None]:
    """A key's parameter, and the office whose own value it holds (None: the city's)."""
    name, _at, office = key.partition(OFFICE)
    return name, int(office) if office.isdecimal() and office.isascii() else None


def unit_of(text: str) -> str:
    """The unit of a value that is a duration; empty for other values."""
    try:
        return Duration.parse(text).unit
    except ValueError:
        return ""
