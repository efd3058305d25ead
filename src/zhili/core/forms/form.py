"""A form is declared once; pages, API schema, offline JSON and spreadsheet columns all come from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _

from zhili.base.geo import Point
from zhili.core.forms import describe
from zhili.core.forms.bound import BoundForm, from_post
from zhili.core.forms.errors import WHOLE_FORM, FormErrors, Invalid
from zhili.core.forms.field import Column, Field, Gathered
from zhili.core.forms.special import Place

Choices = Mapping[str, Iterable[Any]]
"""What may be picked here and now, by field name; overrides the declared choices."""
SHOWN_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Answers that passed.

    values: by field, JSON-able, personal fields left out; unanswered optional fields are absent.
    personal: plain text by field; kinds: the same fields' kinds, for people.secrets.prepare.
    files: uuids in order; tokens: the upload token of each that came with one; groups: the kinds its question takes.
    """

    values: dict[str, Any]
    personal: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    files: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def place(self) -> Point | None:
        return Point(self.lon, self.lat) if self.lon is not None and self.lat is not None else None


class Form:
    """Subclass it and set fields as class attributes, in the order they are asked."""

    own_page: ClassVar[str] = ""
    """Where it is filled in on a page of its own, under the case's address; empty: on the case's page."""
    found_at: ClassVar[str] = ""
    """The page that offers it; then the list of all that may be reported leaves it out: who reports a broken lamp is
    not asked first what kind of matter it is."""
    _fields: ClassVar[dict[str, Field]] = {}
    _flat: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        fields = dict(cls._fields)
        for name, value in list(vars(cls).items()):
            if isinstance(value, Field):
                value.name = name
                fields[name] = value
            elif name in fields:
                del fields[name]  # a subclass may drop a question with `name = None`
        cls._fields = fields
        cls._flat = {f"{f.name}_{part}": (f.name, part) for f in fields.values() for part in f.parts}
        declared_well(cls)

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        return tuple(cls._fields.values())

    @classmethod
    def named(cls, name: str) -> Field:
        return cls._fields[name]

    @classmethod
    def check(cls, cleaned: Cleaned) -> Mapping[str, Iterable[str]]:
        """Rules across fields: {field or WHOLE_FORM: sentences}. Asked when each field is right by itself."""
        return {}

    @classmethod
    def validate(cls, data: Any, choices: Choices | None = None) -> Cleaned:
        """The cleaned answers. Raises FormErrors, with every field's reasons, and nothing else."""
        if not isinstance(data, Mapping):
            raise FormErrors({WHOLE_FORM: [_("没有收到可以读懂的表单，请重新填写后提交。")]})
        raw, errors = cls.gather(data)
        found = Gathered()
        for name, one in cls._fields.items():
            if name not in errors and one.applies(found.values):
                try:
                    answer(one, raw.get(name), found, None if choices is None else choices.get(name))
                except Invalid as invalid:
                    errors[name] = invalid.messages
        if errors:
            raise FormErrors(errors)
        cleaned = Cleaned(
            found.values,
            found.personal,
            found.kinds,
            found.lon,
            found.lat,
            found.address,
            list(found.files),
            {identity: token for identity, token in found.files.items() if token},
            found.groups,
        )
        if crossed := cls.check(cleaned):
            raise FormErrors(crossed)
        return cleaned

    @classmethod
    def gather(cls, data: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The given answers by field, with split keys (where_lon …) joined, and complaints about the keys."""
        raw: dict[str, Any] = {}
        split: dict[str, dict[str, Any]] = {}
        errors: dict[str, list[str]] = {}
        for key, value in data.items():
            if key in cls._fields:
                raw[key] = value
            elif key in cls._flat:
                name, part = cls._flat[key]
                split.setdefault(name, {})[part] = value
            elif len(errors) < SHOWN_UNKNOWN:
                shown = str(key)[:64].encode("utf-8", "replace").decode()
                errors[shown] = [_("表单里没有“{name}”这一项，请去掉它。").format(name=shown)]
        for name, parts in split.items():
            if raw.get(name) is None:
                raw[name] = parts
            else:
                errors[name] = [_("“{label}”请只用一种写法填写。").format(label=cls._fields[name].title)]
        return raw, errors

    @classmethod
    def public_values(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the kept answers that the declaration marks as public."""
        return {name: values[name] for name, one in cls._fields.items() if one.public and name in values}

    @classmethod
    def known(cls) -> Mapping[str, Field]:
        return cls._fields

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON Schema 2020-12, for the API's description."""
        return describe.schema(cls)

    @classmethod
    def spec(cls) -> dict[str, Any]:
        """What a page without signal needs to draw and pre-check the form."""
        return describe.spec(cls)

    @classmethod
    def bind(
        cls,
        data: Mapping[str, Any] | None = None,
        errors: Mapping[str, list[str]] | None = None,
        **drawing: Any,
    ) -> BoundForm:
        """The form to draw, with what was typed and what is wrong; see BoundForm for `drawing`."""
        return BoundForm(cls, data, errors, **drawing)

    @classmethod
    def from_post(cls, post: QueryDict, stored: Mapping[str, Iterable[str]] | None = None) -> dict[str, Any]:
        """A browser's form as a mapping for validate; see bound.from_post."""
        return from_post(cls, post, stored)

    @classmethod
    def columns(cls) -> list[Column]:
        """The spreadsheet's columns, in order."""
        return [column for one in cls._fields.values() for column in one.columns()]


def answer(one: Field, given: Any, found: Gathered, choices: Iterable[Any] | None) -> None:
    """Cleans one answer and puts it where it belongs. Raises Invalid."""
    if one.empty(given):
        given = one.default
        if given is None:
            if one.required:
                raise Invalid(one.please())
            return
    value = one.clean(given, choices)
    if value is None or value == "" or value == []:
        if one.required:
            raise Invalid(one.please())
        return
    one.keep(value, found)


def declared_well(cls: type[Form]) -> None:
    """Refuses, when the class is made, a declaration that could not work."""
    seen: set[str] = set()
    for name, one in cls._fields.items():
        where = f"{cls.__name__}.{name}"
        if name.startswith("_") or hasattr(Form, name) or name in cls._flat:
            raise TypeError(f"{where}: this name is taken")
        if one.when is not None and one.when[0] not in seen:
            raise TypeError(f"{where}: `when` names {one.when[0]!r}, which is not a kept answer before it")
        if one.type != "personal":
            seen.add(name)
    if sum(isinstance(one, Place) for one in cls._fields.values()) > 1:
        raise TypeError(f"{cls.__name__}: a form asks for one place at most")
