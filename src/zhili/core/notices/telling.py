"""The consumer that turns steps into messages, as procedures declare them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from zhili.base.procedure import Notify, Party, Procedure, Stage
from zhili.core.cases import joining, registry, routing
from zhili.core.cases.models import Case, CaseSecret, Joined, Participation
from zhili.core.documents.actions import ISSUED, VOIDED
from zhili.core.notices.composing import Facts, compose
from zhili.core.notices.mail import configured
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people.models import Account, Secret
from zhili.core.people.offices import tree as offices
from zhili.core.streams import Consumer, Event

# Clocks warn every holder; a procedure need not say so.
DUE_SOON = Notify("due_soon", "holder", "{number}将于{due}到期：{title}。")
OPENER = "reporter"
# Whoever met with the same matter hears of it when its reporter does, but not of what the reporter alone can do.
FOLLOWED = Notify("joined", Party(joining.ROLE), "您也遇到的{number}有了进展：{stage}。")
# A document about a case: its reporter is told, whatever the procedure.
ABOUT_DOCUMENTS = {
    ISSUED: Notify(ISSUED, Party(OPENER), "您的{number}有一份正式文书已签发，可在事项页面阅读和下载。"),
    VOIDED: Notify(VOIDED, Party(OPENER), "您的{number}先前收到的一份文书已作废，请以事项页面为准。"),
}


@dataclass(frozen=True, slots=True)
class To:
    """One recipient on one channel."""

    channel: str
    account_id: int | None = None
    office_id: int | None = None
    secret_id: UUID | None = None
    language: str = ""

    def key(self, event: Event) -> str:
        who = f"a{self.account_id}" if self.account_id else f"o{self.office_id}"
        return f"{event.id}/{self.secret_id or who}/{self.channel}"


@dataclass
class Known:
    """What a batch of events needs to know, read in a few queries whatever its size."""

    cases: dict[int, Case] = field(default_factory=dict)
    parties: dict[tuple[int, str], list[Account]] = field(default_factory=dict)
    addresses: dict[int, list[UUID]] = field(default_factory=dict)


class Notices(Consumer):
    """Writes the messages of a step once; sending them is delivery.py's."""

    name = "notices"
    types = frozenset({"step", "due_soon", *ABOUT_DOCUMENTS})

    def handle(self, events: list[Event]) -> None:
        wanted = [(event, procedure, notify) for event in events for procedure, notify in declared(event)]
        if not wanted:
            return
        known = _read({event.payload["case"] for event, _, _ in wanted})
        rows = [row for event, procedure, notify in wanted for row in _rows(event, procedure, notify, known)]
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def declared(event: Event) -> Iterator[tuple[type[Procedure], Notify]]:
    """The notices declared for this event, by the procedure in force today."""
    procedure = registry.procedure(event.payload["procedure"])
    if procedure is None:  # a scenario taken out of the site: its last events are nobody's
        return
    if event.type == DUE_SOON.on:
        yield procedure, DUE_SOON
        return
    if event.type in ABOUT_DOCUMENTS:
        yield procedure, ABOUT_DOCUMENTS[event.type]
        return
    for notify in procedure.notices:
        if notify.on in ("*", event.payload["action"]):
            yield procedure, notify
            if notify.to == Party(OPENER) and not _asks_party(procedure, event.payload["to"]):
                yield procedure, FOLLOWED


def _asks_party(procedure: type[Procedure], name: str) -> bool:
    """Whether the case now waits for somebody to tell more: no result to speak of."""
    stage = procedure.stages.get(name)
    return isinstance(stage, Stage) and isinstance(stage.owner, Party) and not stage.answers


def _rows(event: Event, procedure: type[Procedure], notify: Notify, known: Known) -> Iterator[Notice]:
    payload = event.payload
    case = known.cases.get(payload["case"])
    if case is None:
        return
    now = timezone.now()
    for to in _recipients(notify, payload, case, known):
        facts = Facts(case.title, _office_name(payload["office"]), _due(payload, case), _link(case, to))
        message = compose(payload, notify, facts, procedure, to.language or settings.LANGUAGE_CODE)
        queued = to.channel != Channel.APP
        yield Notice(
            account_id=to.account_id,
            office_id=to.office_id,
            secret_id=to.secret_id,
            case_id=case.pk,
            kind=f"{payload['procedure']}.{notify.on}"[:120],
            channel=to.channel,
            subject=message.subject,
            body=message.body,
            key=to.key(event),
            state=State.QUEUED if queued else State.SENT,
            next_at=now if queued else None,
            sent_at=None if queued else now,
        )


def _recipients(notify: Notify, payload: dict[str, Any], case: Case, known: Known) -> Iterator[To]:
    match notify.to:
        case Party(name=party):
            yield from _party(party, case, known)
        case "holder":
            if payload["office"] is not None:
                yield To(Channel.APP, office_id=payload["office"])
        case "above":
            over = payload["office"] and routing.above(payload["office"], case.division_id)
            if over:
                yield To(Channel.APP, office_id=over)


def _party(party: str, case: Case, known: Known) -> Iterator[To]:
    """In the app to accounts; by e-mail to the address left in the case, else to the accounts'."""
    accounts = known.parties.get((case.pk, party), [])
    for account in accounts:
        yield To(Channel.APP, account_id=account.pk, language=account.language)
    if not configured() or case.confidential:
        return
    addresses = known.addresses.get(case.pk, []) if party == OPENER else []
    language = accounts[0].language if accounts else ""
    for secret_id in addresses:
        yield To(Channel.EMAIL, secret_id=secret_id, language=language)
    if not addresses:
        for account in accounts:
            if account.email:
                yield To(Channel.EMAIL, account_id=account.pk, language=account.language)


def _read(case_ids: Iterable[int]) -> Known:
    known = Known(cases={c.pk: c for c in Case.objects.filter(pk__in=case_ids)})
    taking_part = Participation.objects.filter(case_id__in=known.cases, account_id__isnull=False)
    rows = list(taking_part.values_list("case_id", "role", "account_id"))
    followed = [case.pk for case in known.cases.values() if case.joined]
    joined = Joined.objects.filter(case_id__in=followed, account_id__isnull=False) if followed else ()
    rows += [(one.case_id, joining.ROLE, one.account_id) for one in joined if one.account_id]
    wanted = {account_id for _, _, account_id in rows}
    people = Account.objects.filter(is_active=True).only("email", "language").in_bulk(wanted)
    for case_id, role, account_id in rows:
        if account_id in people:
            known.parties.setdefault((case_id, role), []).append(people[account_id])
    if configured():
        opening = CaseSecret.objects.filter(case_id__in=known.cases, step_seq=1)
        emails = Secret.objects.filter(kind="email", erased_at=None, pk__in=opening.values("secret_id"))
        owners = dict(opening.values_list("secret_id", "case_id"))
        for secret_id in emails.values_list("pk", flat=True):
            known.addresses.setdefault(owners[secret_id], []).append(secret_id)
    return known


def _office_name(office_id: int | None) -> str:
    node = offices().nodes.get(office_id or 0)
    return node.name if node else ""


def _due(payload: dict[str, Any], case: Case) -> datetime | None:
    """The event's own due time where it says one, else the case's of now."""
    return datetime.fromisoformat(payload["due"]) if payload.get("due") else case.due_at


def _link(case: Case, to: To) -> str:
    site: str = getattr(settings, "SITE_URL", "")
    return f"{site.rstrip('/')}/c/{case.number}" if site and to.channel == Channel.EMAIL else ""
