"""A matter from another site becomes a case here: by the agreement, in the procedure and the fields it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from zhili.base.exchange.wire import WireError
from zhili.base.procedure import Anyone, Opening, Procedure, Referred, Site
from zhili.base.text import redact
from zhili.core.cases import doors, registry
from zhili.core.cases.errors import Refused
from zhili.core.cases.opening import PassedOn
from zhili.core.cases.routing import directory
from zhili.core.exchange.handover import agreed
from zhili.core.exchange.handover.reasons import HANDED_OVER, HANDED_PERSONAL
from zhili.core.exchange.models import RemoteSite, SiteAgreement
from zhili.core.forms import WHOLE_FORM, Form, FormErrors
from zhili.core.people.actors import Actor

CHANNEL: Final = "exchange"
HANDED: Final = "handed"
"""Where the first step keeps what came with the matter beside its form: history, files, whom it came from."""


def unfit(procedure: str, opening: str) -> str:
    """Why a matter from elsewhere cannot be opened this way; empty when it can. For whoever loads an agreement."""
    declared = registry.procedure(procedure)
    begin = declared.openings.get(opening) if declared else None
    if declared is None or begin is None:
        return _("没有这种事项：%(name)s") % {"name": f"{procedure}/{opening}"}
    if not any(isinstance(who, Anyone | Referred | Site) for who in begin.by):
        return _("“%(title)s”只能由本市的人发起，不能收外地移交来的事项") % {"title": _(begin.title)}
    return ""


def agreement_for(site: RemoteSite, code: str) -> SiteAgreement:
    """The edition in force today. Raises WireError no_agreement."""
    found = agreed.covering(site.pk, code)
    if found is None:
        raise WireError("no_agreement", f"no agreement {code[:64]} in force with you today", "body.agreement")
    return found


def open_here(
    agreement: SiteAgreement, body: Mapping[str, Any], actor: Actor, site: RemoteSite
) -> doors.Opened:
    """The case. Raises WireError with the path of what does not fit."""
    text = agreed.text_of(agreement)
    here = text.other(site.site)
    text.check(body, here)
    declared = registry.procedure(agreement.procedure)
    begin = declared.openings.get(agreement.opening) if declared else None
    if declared is None or begin is None or begin.form is None:
        raise WireError("no_agreement", "nothing is opened here under this agreement", "body.agreement")
    data, sent_as = _filled(declared, begin, agreement, body, site)
    passed = PassedOn(
        title=redact(str(body["title"])),
        category=str(body["category"]) if _known(declared, str(body["category"])) else "",
        why=_why(agreement, body, site),
        data={HANDED: _beside(agreement, body, site)},
    )
    try:
        return doors.open_case(
            agreement.procedure, agreement.opening, actor, data, channel=CHANNEL, passed=passed
        )
    except FormErrors as error:
        raise _mapping(error, sent_as) from None
    except Refused as error:
        raise WireError("mapping", error.message[:500], "body.category") from None


def _filled(
    declared: type[Procedure],
    begin: Opening,
    agreement: SiteAgreement,
    body: Mapping[str, Any],
    site: RemoteSite,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The form's answers, and by which path of the message each came."""
    form: type[Form] = begin.form
    fields = {one.name: one for one in form.fields()}
    data: dict[str, Any] = {}
    sent_as: dict[str, str] = {}

    def put(name: str, value: Any, path: str) -> None:
        data[name], sent_as[name] = value, path

    _put_matter(declared, fields, agreement.local_field, body, put)
    for one in fields.values():
        if one.type == "office":
            put(one.name, site.office_id, "body.agreement")
    for part in ("fields", "personal"):
        for name, value in (body.get(part) or {}).items():
            local, path = agreement.local_field.get(name, name), f"body.{part}.{name}"
            if local not in fields or (part == "personal") != (fields[local].type == "personal"):
                raise WireError("mapping", f"nothing here takes {name}", path)
            put(local, value, path)
            if part == "personal" and (when := fields[local].when) is not None:
                put(when[0], fields[local].accepted()[0], path)  # asked for only of those who give their name
    return data, sent_as


def _put_matter(
    declared: type[Procedure],
    fields: Mapping[str, Any],
    local_field: Mapping[str, str],
    body: Mapping[str, Any],
    put: Any,
) -> None:
    """What every matter has: the matter itself, its category, its place, each in the form's own field for it."""
    what = local_field.get("what") or next((n for n, f in fields.items() if f.type == "longtext"), "")
    if what not in fields:
        raise WireError("mapping", "nothing here takes the matter's own words", "body.what")
    put(what, body["what"], "body.what")
    category = local_field.get("category", "category")
    if category in fields:
        put(category, body["category"], "body.category")
    elif not _known(declared, str(body["category"])) and _has_categories(declared):
        raise WireError("mapping", f"no category {body['category']} here", "body.category")
    if place := body.get("place"):
        named = next((n for n, f in fields.items() if f.type == "place"), "")
        if not named:
            raise WireError("mapping", "nothing here takes a place", "body.place")
        address = {"address": place["address"]} if place.get("address") else {}
        put(named, {"lon": place["lon"], "lat": place["lat"], **address}, "body.place")


def _known(declared: type[Procedure], category: str) -> bool:
    return (declared.scenario, category) in directory().names


def _has_categories(declared: type[Procedure]) -> bool:
    return any(scenario == declared.scenario for scenario, _code in directory().names)


def _why(agreement: SiteAgreement, body: Mapping[str, Any], site: RemoteSite) -> tuple[str, ...]:
    title = agreed.title_of(agreement)
    said = [HANDED_OVER(site=site.title, agreement=title, version=agreement.version)]
    if body.get("personal"):
        said.append(HANDED_PERSONAL(agreement=title, fields="、".join(sorted(body["personal"]))))
    return tuple(said)


def _beside(agreement: SiteAgreement, body: Mapping[str, Any], site: RemoteSite) -> dict[str, Any]:
    """Kept with the first step. Words of others are looked through for what is personal, as ours are."""
    return {
        "site": site.title,
        "agreement": agreement.code,
        "version": str(agreement.version),
        "joint": body["joint"],
        "due_days": body["due_days"],
        "reported_at": body["reported_at"],
        "personal": sorted(body.get("personal") or {}),
        "history": [{**one, "words": redact(one["words"])} for one in body.get("history") or ()],
    }


def _mapping(error: FormErrors, sent_as: Mapping[str, str]) -> WireError:
    name, sentences = next(iter(error.errors.items()))
    field = "body" if name == WHOLE_FORM else sent_as.get(name, f"body.fields.{name}")
    return WireError("mapping", " ".join(str(one) for one in sentences)[:500], field)
