"""What every field of a form has in common."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from zhili.core.forms.errors import Invalid

When = tuple[str, Any]
"""(name of an earlier field, its value or a tuple/list/set of values)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form's spreadsheet. A row `{key: cell}` is itself valid input to `Form.validate`."""

    key: str
    title: str
    type: str
    required: bool = False
    personal: bool = False
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Gathered:
    """What validation collects, field by field; becomes `Cleaned`."""

    values: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    files: dict[str, str] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)


class Field:
    """A question on a form.

    label, help, seen_by: Chinese source text, translated when shown. `seen_by` completes "谁会看到：".
    required: must be answered (only while `when` holds). public: may appear in the public view.
    when: the field is asked only if the earlier field has that value; otherwise what was given is dropped
    unread, so that a name typed before choosing "anonymous" goes nowhere.
    """

    type: ClassVar[str]
    partial: ClassVar[str] = "input"
    parts: ClassVar[tuple[str, ...]] = ()
    """Suffixes of the form keys the field also accepts, e.g. ("lon", "lat") for where_lon, where_lat."""
    many: ClassVar[bool] = False
    """Whether a browser sends the key several times."""

    def __init__(
        self,
        label: str,
        *,
        required: bool = False,
        help: str = "",
        public: bool = False,
        when: When | None = None,
        seen_by: str = "",
        default: Any = None,
    ) -> None:
        self.label = label
        self.required = required
        self.help = help
        self.public = public
        self.when = when
        self.seen_by = seen_by
        self.default = default
        self.name = ""

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return gettext(self.label)

    def in_words(self, value: Any, answers: Mapping[str, Any]) -> str | None:
        """A kept answer as a reader wants it, where what is kept is a code; None: as it stands.

        ``answers``: the whole step's, since what a code means may depend on another.
        """
        return None

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether the question is asked, given the cleaned answers before it."""
        if self.when is None:
            return True
        if self.when[0] not in values:
            return False
        given = values[self.when[0]]
        # True == 1 in Python; an answer of 1 is not a "yes".
        return any(type(given) is type(one) and given == one for one in self.accepted())

    def accepted(self) -> list[Any]:
        """The values of the deciding field with which this one is asked."""
        wanted = self.when[1] if self.when else ()
        if isinstance(wanted, set | frozenset):
            return sorted(wanted)
        return list(wanted) if isinstance(wanted, tuple | list) else [wanted]

    def empty(self, raw: object) -> bool:
        return raw is None or (isinstance(raw, str) and not raw.strip()) or raw == [] or raw == {}

    def clean(self, raw: Any, choices: Iterable[Any] | None = None) -> Any:
        """The answer as JSON keeps it; None or "" when it turns out to be empty. Raises Invalid."""
        raise NotImplementedError

    def keep(self, value: Any, into: Gathered) -> None:
        """Puts the cleaned answer where it belongs."""
        into.values[self.name] = value

    def please(self) -> str:
        """What to say when a required answer is missing."""
        return _("请填写“{label}”。").format(label=self.title)

    def schema(self) -> dict[str, Any]:
        """The field's JSON Schema, without title and description."""
        raise NotImplementedError

    def spec(self) -> dict[str, Any]:
        """What an offline page needs besides the common members."""
        return {}

    def columns(self) -> list[Column]:
        return [Column(self.name, self.title, self.type, self.required and not self.when, help=self.hint())]

    def hint(self) -> str:
        return gettext(self.help) if self.help else ""

    def reader(self) -> str:
        """Who will see the answer, as a sentence; "" when it says nothing about a person."""
        return _("谁会看到：{who}").format(who=gettext(self.seen_by)) if self.seen_by else ""

    def wrong(self, sentence: str, **values: Any) -> Invalid:
        """An Invalid whose sentence names this field as {label}."""
        return Invalid(sentence.format(label=self.title, **values))
