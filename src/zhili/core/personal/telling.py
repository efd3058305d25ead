"""Telling people that somebody looked: at once if they want to know, and when a lawful delay is over in any case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhili.base.codes import show_case_number
from zhili.core.notices.models import Channel, Notice, State
from zhili.core.people import secrets
from zhili.core.people.models import Account, Secret
from zhili.core.people.offices import tree
from zhili.core.personal import delaying
from zhili.core.personal.mine import KINDS, ORIGINAL
from zhili.core.personal.models import Delay
from zhili.core.streams import Consumer, Event
from zhili.core.trail.models import Access

OPENED: Final = "personal.opened"
DELAY_OVER: Final = "personal.delay_over"
# Whose a value is, and in which matter: as mine.GIVEN, from the other end.
WHOSE: Final = """
SELECT cs.secret_id, c.id, c.number, who.account_id FROM cases_casesecret cs
JOIN cases_case c ON c.id = cs.case_id
JOIN cases_step s ON s.case_id = cs.case_id AND s.seq = cs.step_seq
CROSS JOIN LATERAL (
  SELECT c.opener_id AS account_id
  UNION SELECT p.account_id FROM cases_participation p WHERE p.case_id = c.id AND p.role = 'reporter') who
WHERE cs.secret_id = ANY(%(ids)s) AND who.account_id IS NOT NULL AND (
  (s.seq = 1 AND c.parent_id IS NULL)
  OR s.actor_kind = 'account' AND s.account_id = who.account_id
  OR s.actor_kind = 'grant' AND s.actor_id IN
     (SELECT g.id FROM people_grant g WHERE g.case_id = cs.case_id AND g.party = 'reporter'))
UNION ALL
SELECT v.id, NULL, '', v.subject_id FROM people_secret v
WHERE v.id = ANY(%(ids)s) AND v.subject_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM cases_casesecret cs WHERE cs.secret_id = v.id)
UNION ALL
SELECT DISTINCT fa.file_id, c.id, c.number, who.account_id FROM files_attachment fa
JOIN cases_case c ON c.id = fa.case_id
JOIN cases_step s ON s.case_id = fa.case_id AND s.seq = fa.step_seq
CROSS JOIN LATERAL (
  SELECT c.opener_id AS account_id
  UNION SELECT p.account_id FROM cases_participation p WHERE p.case_id = c.id AND p.role = 'reporter') who
WHERE fa.file_id = ANY(%(ids)s) AND who.account_id IS NOT NULL AND (
  (s.seq = 1 AND c.parent_id IS NULL)
  OR s.actor_kind = 'account' AND s.account_id = who.account_id
  OR s.actor_kind = 'grant' AND s.actor_id IN
     (SELECT g.id FROM people_grant g WHERE g.case_id = fa.case_id AND g.party = 'reporter'))"""


@dataclass(frozen=True)
class Whose:
    """A value, the account it is of, and the matter it was given in."""

    secret: UUID
    case_id: int | None
    number: str
    account_id: int


class Openings(Consumer):
    """Writes a message to whoever wants to know that an office looked; nothing while a delay is in force."""

    name = "personal"
    types = frozenset({secrets.OPENED})
    from_start = False

    def handle(self, events: list[Event]) -> None:
        asked = {UUID(one) for event in events for one in _opened(event)}
        owners: dict[UUID, list[Whose]] = {}
        for one in whose(asked):
            owners.setdefault(one.secret, []).append(one)
        people = Account.objects.filter(is_active=True, tell_openings=True).in_bulk(
            {one.account_id for found in owners.values() for one in found}
        )
        cases = {one.case_id for found in owners.values() for one in found if one.case_id}
        hidden: set[int | None] = set(
            delaying.in_force(timezone.now()).filter(case_id__in=cases).values_list("case_id", flat=True)
        )
        kinds = dict(Secret.objects.filter(pk__in=asked).values_list("pk", "kind"))
        rows = [row for event in events for row in _rows(event, owners, people, hidden, kinds)]
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _opened(event: Event) -> list[str]:
    """The ids of the values and of the files an event is about."""
    return [*event.payload.get("secrets", ()), *event.payload.get("files", ())]


def whose(ids: Iterable[UUID]) -> list[Whose]:
    """The accounts these values, or originals of files, are of. One query."""
    with connection.cursor() as cursor:
        cursor.execute(WHOSE, {"ids": list(ids)})
        return [Whose(*row) for row in cursor.fetchall()]


def _rows(
    event: Event,
    owners: dict[UUID, list[Whose]],
    people: dict[int, Account],
    hidden: set[int | None],
    kinds: dict[UUID, str],
) -> list[Notice]:
    """One message for each person and matter, whatever number of values was opened."""
    found: dict[tuple[int, int | None, str], list[str]] = {}
    for text in _opened(event):
        for one in owners.get(UUID(text), ()):
            mine = one.account_id == event.payload.get("account")
            if one.account_id in people and not mine and one.case_id not in hidden:
                found.setdefault((one.account_id, one.case_id, one.number), []).append(
                    kinds.get(one.secret, "")
                )
    node = tree().nodes.get(event.payload.get("office") or 0)
    made = []
    for (account_id, case_id, number), what in found.items():
        with translation.override(people[account_id].language or settings.LANGUAGE_CODE):
            office = node.name if node else _("承办单位")
            titles = "、".join(dict.fromkeys(_(KINDS.get(kind, ORIGINAL)) for kind in what))
            body = _("%(office)s查看了您的%(what)s。用途和每一次查看，都在“我的信息”里。") % {
                "office": office, "what": titles,
            }  # fmt: skip
            subject = (
                _("%(number)s：有单位查看了您的信息") % {"number": show_case_number(number)}
                if number
                else _("有单位查看了您的信息")
            )
            made.append(_notice(account_id, case_id, OPENED, subject, body, f"{event.id}/{case_id or 0}"))
    return made


def _notice(account_id: int, case_id: int | None, kind: str, subject: str, body: str, key: str) -> Notice:
    return Notice(
        account_id=account_id, case_id=case_id, kind=kind, channel=Channel.APP, subject=subject[:200],
        body=body, key=f"{key}/{kind}/a{account_id}"[:120], state=State.SENT, sent_at=timezone.now(),
    )  # fmt: skip


def tell_ended(limit: int = 50) -> int:
    """The worker's part: say to those concerned that a delay is over and what it hid can be seen; how many delays."""
    now = timezone.now()
    with transaction.atomic():
        found = list(delaying.ended_untold(now).select_for_update(of=("self",), skip_locked=True)[:limit])
        for one in found:
            Notice.objects.bulk_create(_of_delay(one, now), ignore_conflicts=True)
        Delay.objects.filter(pk__in=[one.pk for one in found]).update(told_at=now)
    return len(found)


def _of_delay(one: Delay, now: datetime) -> list[Notice]:
    """To everybody whose values were opened under it, whether or not they asked for messages: the law says so."""
    looked = Access.objects.filter(
        case_id=one.case_id, at__gte=one.since, at__lt=one.ended_at or one.until, actor_kind="post"
    )
    owners = {w.account_id for w in whose(looked.values_list("secret_id", flat=True).distinct())}
    made = []
    for account in Account.objects.filter(pk__in=owners, is_active=True):
        with translation.override(account.language or settings.LANGUAGE_CODE):
            ground = delaying.GROUNDS[one.ground]
            body = _("依据%(law)s%(article)s，先前有几次对您信息的查看暂缓告知，现在可以在“我的信息”里看到。") % {
                "law": _(delaying.LAW), "article": _(ground.article),
            }  # fmt: skip
            subject = _("暂缓告知已经结束")
            made.append(_notice(account.pk, None, DELAY_OVER, subject, body, f"delay{one.pk}"))
    return made
