"""What programs are told about a form: its JSON Schema, and the JSON an offline page draws it from."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from zhili.core.forms.field import Field

if TYPE_CHECKING:
    from zhili.core.forms.form import Form

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(form: "type[Form]") -> dict[str, Any]:
    """JSON Schema 2020-12 of what `Form.validate` takes, titles in the reader's language.

    Whatever it admits, validation admits too, save what only the moment can tell (choices asked of a
    callable, dates measured from today, check digits). Validation is kinder to browsers ("true", "3").
    """
    fields = form.fields()
    conditions = [rule for one in fields if one.required and one.when and (rule := condition(form, one))]
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {one.name: described(one) for one in fields},
        "required": [one.name for one in fields if one.required and not one.when and no_default(one)],
        "additionalProperties": False,
    } | ({"allOf": conditions} if conditions else {})


def described(one: Field) -> dict[str, Any]:
    notes = " ".join(filter(None, (one.hint(), one.reader())))
    return {"title": one.title} | ({"description": notes} if notes else {}) | one.schema()


def no_default(one: Field) -> bool:
    return one.default is None or one.type == "bool"


def condition(form: "type[Form]", one: Field) -> dict[str, Any]:
    """The rule that a conditional field is required when its condition holds."""
    assert one.when is not None
    name, accepted = one.when[0], one.accepted()
    asked = form.named(name)
    premise: dict[str, Any] = {"properties": {name: {"enum": accepted}}}
    if asked.default not in accepted:
        premise["required"] = [name]
    if asked.when and (outer := condition(form, asked)["if"]):
        premise = {"allOf": [outer, premise]}
    return {"if": premise, "then": {"required": [one.name]}}


def spec(form: "type[Form]") -> dict[str, Any]:
    """Enough to draw and pre-check the form without the server: {"form", "version", "fields": […]}.

    version: changes whenever the questions or their limits do, whatever the language.
    """
    bones = [
        {
            "name": one.name,
            "type": one.type,
            "required": one.required,
            "when": one.when and [one.when[0], one.accepted()],
        }
        for one in form.fields()
    ]
    fields = [
        bone
        | {"label": one.title, "help": one.hint(), "seen_by": one.reader(), "default": one.default}
        | one.spec()
        for bone, one in zip(bones, form.fields(), strict=True)
    ]
    limits = [[bone, one.schema()] for bone, one in zip(bones, form.fields(), strict=True)]
    digest = hashlib.sha256(json.dumps(limits, sort_keys=True, default=str).encode())
    return {"form": form.__name__, "version": digest.hexdigest()[:12], "fields": fields}
