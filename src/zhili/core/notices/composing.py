"""The words of a message, from what a procedure declares and what a step's event says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhili.base.codes import show_case_number
from zhili.base.procedure import Action, Notify, Procedure

SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words may use beside the event: nothing personal (a title is redacted where it is made)."""

    title: str
    office: str
    due_at: datetime | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    body: str


def compose(
    payload: Mapping[str, Any],
    notify: Notify,
    facts: Facts,
    procedure: type[Procedure],
    language: str | None = None,
) -> Message:
    """The message of one declared notice about one step, in the recipient's language.

    `payload` as an event of type "step" or "due_soon" carries it. Residents read a stage's and an
    action's plain words, offices its proper title.
    """
    inside = isinstance(notify.to, str)
    with translation.override(language or translation.get_language()):
        number = show_case_number(payload["number"])
        body = _(notify.text).format(
            number=number,
            title=facts.title,
            office=facts.office or _("承办单位"),
            stage=_stage(procedure, payload, inside),
            due=_moment(facts.due_at) if facts.due_at else _("规定期限"),
        )
        subject = _("%(matter)s %(number)s：%(what)s") % {
            "matter": _(procedure.title),
            "number": number,
            "what": _happened(procedure, payload, inside),
        }
        if facts.link:
            body += "\n\n" + facts.link
    return Message(" ".join(subject.split())[:SUBJECT_LENGTH], body)


def _moment(at: datetime) -> str:
    """A limit that ends with a day is said so: 11月23日 24:00, not the next day's midnight."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) == (0, 0):
        return _("%(day)s 24:00") % {"day": date_format(local - timedelta(minutes=1), "MONTH_DAY_FORMAT")}
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {local:%H:%M}"


def _stage(procedure: type[Procedure], payload: Mapping[str, Any], inside: bool) -> str:
    stage = procedure.stages.get(payload.get("to") or "")
    if stage is None:
        return ""
    return _(stage.title) if inside else _(stage.plain)


def _happened(procedure: type[Procedure], payload: Mapping[str, Any], inside: bool) -> str:
    name = payload.get("action")
    if name is None:
        return _("即将到期")
    if name == "overdue":
        return _("超过时限")
    action: Action | None = procedure.actions.get(name) or procedure.openings.get(name)
    if action is None:
        return _("有新的进展")
    return _(action.title) if inside else _(action.plain)
