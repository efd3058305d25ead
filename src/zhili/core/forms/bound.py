"""A form on a page: what was typed, what is wrong with it, and the marks that tie the two together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from zhili.core.forms.choosing import Choice, Rating
from zhili.core.forms.errors import WHOLE_FORM
from zhili.core.forms.field import Field
from zhili.core.forms.plain import Bool, DateTime

if TYPE_CHECKING:
    from zhili.core.forms.form import Choices, Form


def from_post(
    form: "type[Form]", post: QueryDict, stored: Mapping[str, Iterable[str]] | None = None
) -> dict[str, Any]:
    """A browser's form as a mapping for `Form.validate`.

    stored: "id:token" of files that came in the same request, by field. The page's own keys (those with a
    leading underscore, and Django's csrfmiddlewaretoken) are left out; other strangers stay, to be refused.
    """
    data: dict[str, Any] = {}
    for key in post:
        if key.startswith("_") or key == "csrfmiddlewaretoken":
            continue
        one = form.known().get(key)
        data[key] = post.getlist(key) if one is not None and one.many else post.get(key)
    for one in form.fields():
        if isinstance(one, Bool):  # an unticked box sends nothing
            data.setdefault(one.name, False)
    for name, uploaded in (stored or {}).items():
        data[name] = [*data.get(name, []), *uploaded]
    return data


UNFOLDED, UNFOLDED_OPTIONS = 4, 24
"""So many groups, or options, of a question with several answers are shown whole."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to pick, as drawn."""

    id: str
    value: str
    title: str
    chosen: bool


class BoundField:
    """One question with what was typed into it."""

    def __init__(self, bound: "BoundForm", field: Field) -> None:
        self.bound = bound
        self.field = field
        self.name = field.name
        self.id = f"{bound.prefix}-{field.name}"
        self.label = field.title
        self.help = field.hint()
        self.seen_by = field.reader()
        self.errors = bound.errors.get(field.name, [])
        self.raw = bound.data.get(field.name)
        if self.raw is None and not bound.filled:
            self.raw = field.default
        self.condition = condition_in_words(bound.form, field)

    @property
    def optional(self) -> bool:
        return not self.field.required

    @property
    def value(self) -> str:
        """The text to show again, just as it was typed."""
        if isinstance(self.field, DateTime) and isinstance(self.raw, str):
            return local_minute(self.raw)
        return shown(self.raw)

    @property
    def checked(self) -> bool:
        return self.raw is True or (isinstance(self.raw, str) and self.raw.strip().lower() in Bool.yes)

    @property
    def part(self) -> dict[str, str]:
        """A place's lon, lat and address as typed, whichever way they came."""
        whole = self.raw if isinstance(self.raw, Mapping) else {"address": self.raw}
        return {
            part: shown(self.bound.data.get(f"{self.name}_{part}", whole.get(part)))
            for part in self.field.parts
        }

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        """(group's title or "", its options) in order."""
        picked = {shown(one) for one in self.raw} if isinstance(self.raw, list | tuple) else {self.value}
        found: dict[str, list[Option]] = {}
        for number, (value, title, group) in enumerate(self.offered()):
            option = Option(f"{self.id}-{number}", value, gettext(title), value in picked)
            found.setdefault(gettext(group) if group else "", []).append(option)
        return list(found.items())

    @property
    def folded(self) -> set[str]:
        """Of many groups, those of which nothing is picked: they are folded, so that the page stays short."""
        groups = self.groups
        if len(groups) <= UNFOLDED or sum(len(options) for _title, options in groups) <= UNFOLDED_OPTIONS:
            return set()
        return {title for title, options in groups if title and not any(one.chosen for one in options)}

    @property
    def options(self) -> list[Option]:
        return [option for _group, options in self.groups for option in options]

    @property
    def few(self) -> bool:
        """Whether all options fit on the page, rather than folded into a list."""
        return self.field.type == "choice" and len(self.offered()) <= Choice.few

    def offered(self) -> Sequence[tuple[str, str, str]]:
        if isinstance(self.field, Rating):
            return [(str(n), word, "") for n, word in enumerate(self.field.words, start=1)]
        if isinstance(self.field, Choice):
            return self.field.offered(self.bound.choices.get(self.name))
        return []

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Files already here: ("id:token", name)."""
        given = self.raw if isinstance(self.raw, list | tuple) else [self.raw]
        values = [one for one in given if isinstance(one, str) and one.strip()]
        return [
            (one, self.bound.file_names.get(one.partition(":")[0]) or _("文件 {n}").format(n=number))
            for number, one in enumerate(values, start=1)
        ]

    @property
    def focus(self) -> str:
        """The id of what an error message should lead to."""
        if self.field.partial == "place":
            return f"{self.id}-address"
        if self.field.partial in ("multichoice", "rating") or self.few:
            return f"{self.id}-0"
        return self.id

    @property
    def described_by(self) -> str:
        """The ids a screen reader reads with the field: error first."""
        present = (
            ("error", self.errors),
            ("when", self.condition),
            ("help", self.help),
            ("seen", self.seen_by),
        )
        return " ".join(f"{self.id}-{part}" for part, text in present if text)

    @property
    def when(self) -> dict[str, str]:
        """Which field decides whether this one is asked, and by which values, for a script to fold it."""
        if self.field.when is None:
            return {}
        values = [str(one).lower() if isinstance(one, bool) else str(one) for one in self.field.accepted()]
        return {"name": self.field.when[0], "values": " ".join(values)}

    @property
    def attributes(self) -> Mapping[str, str]:
        """type, inputmode, autocomplete and the like of a one-line input."""
        found = {name: getattr(self.field, name, "") for name in ("inputmode", "autocomplete")}
        limit = getattr(self.field, "max_length", None)
        # Not `maxlength`: browsers cut pasted text to it without a word.
        found["data-max-length"] = str(limit) if limit else ""
        found["type"] = getattr(self.field, "input_type", "text")
        return {name: value for name, value in found.items() if value}

    def __str__(self) -> SafeString:
        return render_to_string(f"forms/{self.field.partial}.html", {"field": self})


class BoundForm:
    """A form to draw. data: as given to validate, or a QueryDict; errors: from FormErrors.

    choices: what may be picked here and now, by field. file_names: by file id. prefix: of element ids,
    for pages with several forms.
    """

    def __init__(
        self,
        form: "type[Form]",
        data: Mapping[str, Any] | None = None,
        errors: Mapping[str, list[str]] | None = None,
        choices: "Choices | None" = None,
        file_names: Mapping[str, str] | None = None,
        prefix: str = "f",
    ) -> None:
        self.form = form
        self.filled = isinstance(data, QueryDict) or bool(errors)
        self.data: Mapping[str, Any] = from_post(form, data) if isinstance(data, QueryDict) else data or {}
        self.errors = dict(errors or {})
        self.choices = choices or {}
        self.file_names = file_names or {}
        self.prefix = prefix

    def __iter__(self) -> Iterator[BoundField]:
        return (BoundField(self, field) for field in self.form.fields())

    def __getitem__(self, name: str) -> BoundField:
        return BoundField(self, self.form.named(name))

    @property
    def multipart(self) -> bool:
        """Whether the page's <form> needs enctype="multipart/form-data"."""
        return any(field.type == "files" for field in self.form.fields())

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id to go to, or "" for none; sentence) of every error, in the order of the page."""
        found = [(one.focus, message) for one in self for message in one.errors]
        known = {field.name for field in self.form.fields()}
        strangers = [name for name in self.errors if name == WHOLE_FORM or name not in known]
        return [("", message) for name in strangers for message in self.errors[name]] + found

    def __str__(self) -> SafeString:
        return render_to_string("forms/form.html", {"bound": self})


def shown(raw: Any) -> str:
    return str(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""


def local_minute(raw: str) -> str:
    """An ISO moment with an offset, as the browser's local-time input wants it; anything else untouched."""
    try:
        moment = datetime.fromisoformat(raw)
        return moment.astimezone(get_default_timezone()).strftime("%Y-%m-%dT%H:%M") if moment.tzinfo else raw
    except (ValueError, OverflowError):
        return raw


def condition_in_words(form: "type[Form]", field: Field) -> str:
    """When to answer a conditional question, for readers whose browser does not fold it away."""
    if field.when is None:
        return ""
    asked = form.named(field.when[0])
    if isinstance(asked, Bool):
        sentence = (
            _("勾选了“{label}”才需要填写。")
            if True in field.accepted()
            else _("没有勾选“{label}”才需要填写。")
        )
        return sentence.format(label=asked.title)
    titles: dict[str, str] = {}
    if isinstance(asked, Choice):
        titles = {value: gettext(title) for value, title, _group in asked.offered()}
    values = "、".join(titles.get(str(one), str(one)) for one in field.accepted())
    return _("“{label}”选“{values}”时才需要填写。").format(label=asked.title, values=values)
