"""GeoReport's arguments and the questions of a form: which is which, decided from the declaration alone.

``description`` answers the form's first free text, the location its place, ``service_code`` its category; names,
telephone and e-mail its personal questions of that kind. Every other question is an attribute of the service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhili.core.exchange.open311.catalogue import CATEGORY
from zhili.core.forms import Bool, Choice, DateTime, Field, Form, FormErrors, MultiChoice, Personal
from zhili.core.places.models import Cell
from zhili.core.places.tree import nodes

Args = Mapping[str, Sequence[str]]
"""Parameters as sent: each name with all its values."""
CONTACT = {"name": ("last_name", "first_name"), "phone": ("phone",), "email": ("email",)}
"""Which arguments answer a personal question of each kind."""
DATATYPES = {
    "longtext": "text",
    "integer": "number",
    "decimal": "number",
    "rating": "number",
    "date": "datetime",
    "datetime": "datetime",
}
URL_LONGEST = 1000
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](\[\d*\])?")
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """The questions of a form by what answers them."""

    words: Field | None
    place: Field | None
    contact: tuple[Personal, ...]
    rest: tuple[Field, ...]


@dataclass
class Filled:
    """Answers for the form. ``notice``: what the sender must be told, empty for nothing."""

    data: dict[str, Any] = field(default_factory=dict)
    notice: str = ""


def plan_of(form: type[Form]) -> Plan:
    """Which question each argument answers."""
    asked = form.fields()
    texts = [one for one in asked if one.type in ("longtext", "text")]
    words = next((one for one in texts if one.type == "longtext"), texts[0] if texts else None)
    place = next((one for one in asked if one.type == "place"), None)
    contact = tuple(one for one in asked if isinstance(one, Personal) and one.kind in CONTACT)
    spoken_for = {one.name for one in (words, place, *contact) if one is not None} | {CATEGORY}
    rest = tuple(one for one in asked if one.name not in spoken_for and one.type != "files")
    return Plan(words, place, contact, rest)


def attributes(form: type[Form]) -> list[dict[str, Any]]:
    """The attributes of a service definition. Those with ``variable`` false only say something.

    They tell what ``description`` must hold and who will see a name: a form says so wherever it is filled in.
    """
    plan = plan_of(form)
    found = [_said("description", plan.words, _required(plan.words))] if plan.words else []
    found += [_asked(one) for one in plan.rest]
    found += [_said(CONTACT[one.kind][-1], one, one.reader()) for one in plan.contact]
    return [{**one, "order": n} for n, one in enumerate(found, start=1)]


def _required(one: Field) -> str:
    return _("必填。") if one.required else ""


def _said(argument: str, one: Field, more: str) -> dict[str, Any]:
    words = " ".join(filter(None, (f"{argument}: {one.title}", one.hint(), more)))
    return _attribute(f"_{one.name}", "text", False, False, words)


def _asked(one: Field) -> dict[str, Any]:
    datatype = DATATYPES.get(one.type, "string")
    values: list[dict[str, str]] = []
    if isinstance(one, Bool):
        datatype = "singlevaluelist"
        values = [{"key": "true", "name": _("是")}, {"key": "false", "name": _("否")}]
    elif isinstance(one, Choice) and one.offered():
        datatype = "multivaluelist" if isinstance(one, MultiChoice) else "singlevaluelist"
        values = [{"key": value, "name": _(title)} for value, title, _group in one.offered()]
    needed = one.required and one.when is None and one.default is None
    words = " ".join(filter(None, (one.title, one.hint(), one.reader())))
    return _attribute(one.name, datatype, True, needed, words, values)


def _attribute(
    code: str,
    datatype: str,
    variable: bool,
    required: bool,
    words: str,
    values: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "variable": variable,
        "code": code,
        "datatype": datatype,
        "required": required,
        "datatype_description": None,
        "order": 0,
        "description": words,
    }
    return found | ({"values": values} if values else {})


def fill(form: type[Form], category: str, args: Args, *, placed: bool = True) -> Filled:
    """The answers of a form. Raises FormErrors naming arguments; the form itself is judged by the door.

    ``placed``: some location must be given, as the specification has it.
    """
    plan, filled = plan_of(form), Filled({CATEGORY: category} if category else {})
    errors: dict[str, list[str]] = {}
    for part in (_words, _place, _attributes, _contact):
        part(plan, args, filled, errors)
    if placed and not any(one_of(args, name) for name in ("lat", "long", "address_string", "address_id")):
        errors["lat"] = [_("请给出 lat 和 long，或 address_string，或 address_id。")]
    if errors:
        raise FormErrors(errors)
    return filled


def one_of(args: Args, name: str) -> str:
    """The one value of an argument; empty and absent are the same, as the specification says."""
    values = args.get(name) or ()
    return values[-1].strip() if values else ""


def _words(plan: Plan, args: Args, filled: Filled, errors: dict[str, list[str]]) -> None:
    text = one_of(args, "description")
    links = [link.strip() for link in args.get("media_url") or () if link.strip()]
    if any(len(link) > URL_LONGEST or not _LINK.fullmatch(link) for link in links):
        errors["media_url"] = [_("应当是 http 或 https 地址。")]
        return
    # kept as words: the server never fetches what a stranger names
    text = "\n".join([text, *(f"附件链接：{link}" for link in links)] if links else [text]).strip()
    if plan.words is not None and text:
        filled.data[plan.words.name] = text


def _place(plan: Plan, args: Args, filled: Filled, errors: dict[str, list[str]]) -> None:
    lat, lon = one_of(args, "lat"), one_of(args, "long")
    address, address_id = one_of(args, "address_string"), one_of(args, "address_id")
    if bool(lat) != bool(lon):
        errors["lat"] = [_("lat 和 long 要一起给出。")]
    if plan.place is None or "lat" in errors or not (lat or address or address_id):
        return
    place: dict[str, Any] = {"lon": lon, "lat": lat} if lat else {}
    if not place and address_id:
        point = point_of(address_id)
        if point is None:
            errors["address_id"] = [_("没有这个地址代码；应为12位区划代码或14位网格代码。")]
            return
        place = {"lon": point[0], "lat": point[1]}
    filled.data[plan.place.name] = place | ({"address": address} if address else {})


def point_of(address_id: str) -> tuple[float, float] | None:
    """The middle of a division (12 digits) or a grid cell (14) in force: what an ``address_id`` means here."""
    if not (address_id.isascii() and address_id.isdigit()):
        return None
    if len(address_id) == 14:
        return Cell.objects.filter(code=address_id, valid_to=None).values_list("lon", "lat").first()
    known = [one for one in nodes().values() if one.code == address_id and one.valid_to is None]
    return (known[0].lon, known[0].lat) if known else None


def _attributes(plan: Plan, args: Args, filled: Filled, errors: dict[str, list[str]]) -> None:
    asked = {one.name: one for one in plan.rest}
    for name, values in args.items():
        found = _ATTRIBUTE.fullmatch(name)
        if found is None:
            continue
        one = asked.get(found[1])
        if one is None:
            errors[name[:120]] = [_("这类事项没有这个属性。")]
        elif isinstance(one, MultiChoice):
            filled.data.setdefault(one.name, []).extend(value for value in values if value.strip())
        elif values[-1].strip():
            filled.data[one.name] = _moment(one, values[-1].strip())


def _moment(one: Field, value: str) -> str:
    """A day may come as a whole moment; a form's date wants the day."""
    return value[:10] if one.type == "date" and not isinstance(one, DateTime) and "T" in value else value


def _contact(plan: Plan, args: Args, filled: Filled, errors: dict[str, list[str]]) -> None:
    """Names and numbers, where the form asks for them.

    A form may ask only those who give their name ("when" a box says so): then giving one says so, unless the sender
    answered the box. Who gives too little for that is taken as not giving any, and told; a report is worth more
    than a complete form.
    """
    given = {one: value for one in plan.contact if (value := _person(one.kind, args))}
    if not given:
        return
    asked_when = {one.when[0]: one.accepted()[0] for one in given if one.when is not None}
    if set(asked_when) & set(filled.data):
        filled.data |= {one.name: value for one, value in given.items()}
        return
    missing = [
        one
        for one in plan.contact
        if one.required and one not in given and (one.when or ("",))[0] in asked_when
    ]
    if missing:
        lacking = "、".join(f"{CONTACT[one.kind][-1]}（{one.title}）" for one in missing)
        filled.notice = _("联系方式不全（还需要%(lacking)s），已按匿名登记，所给的联系方式没有保存。") % {
            "lacking": lacking
        }
        return
    filled.data |= asked_when | {one.name: value for one, value in given.items()}


def _person(kind: str, args: Args) -> str:
    parts = [value for name in CONTACT[kind] if (value := one_of(args, name))]
    if kind != "name" or all(part.isascii() for part in parts):
        return " ".join(reversed(parts))
    return "".join(parts)  # 张 + 三


def argument_of(form: type[Form], name: str) -> str:
    """What the argument behind a question is called, for complaints."""
    plan = plan_of(form)
    if plan.words is not None and name == plan.words.name:
        return "description"
    if plan.place is not None and name == plan.place.name:
        return "lat"
    for one in plan.contact:
        if name == one.name:
            return CONTACT[one.kind][-1]
    return "service_code" if name == CATEGORY else f"attribute[{name}]" if name in form.known() else name
