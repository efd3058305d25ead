"""What is somebody's own among the personal values: what they gave, by account or by the code of one case.

Not what others wrote of them: an office's notes stay the office's, and a third person's number in them is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhili.base.clock import Duration
from zhili.core import params
from zhili.core.cases import holds
from zhili.core.cases.models import Case
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.web import words

KINDS: Final = {
    "name": gettext_noop("姓名"),
    "phone": gettext_noop("电话"),
    "citizen_id": gettext_noop("身份证号"),
    "bank_account": gettext_noop("银行账号"),
    "address": gettext_noop("住址"),
    "email": gettext_noop("电子邮箱"),
    "text": gettext_noop("说明中的个人信息"),
}
ORIGINAL: Final = gettext_noop("照片、录像原件（里面有拍摄地点或机主）")
MOST: Final = 5000
"""More values than anybody gives by hand; of a machine's account the newest are shown."""
# What the reporter gave: with the first step (whoever typed it in), and with steps of their own.
GIVEN: Final = """
SELECT cs.secret_id, cs.case_id, cs.step_seq FROM cases_casesecret cs
JOIN cases_case c ON c.id = cs.case_id
JOIN cases_step s ON s.case_id = cs.case_id AND s.seq = cs.step_seq
WHERE cs.case_id = ANY(%(cases)s) AND (
  (s.seq = 1 AND c.parent_id IS NULL)
  OR s.actor_kind = 'account' AND s.account_id = %(account)s
  OR s.actor_kind = 'grant' AND s.actor_id IN
     (SELECT g.id FROM people_grant g WHERE g.case_id = cs.case_id AND g.party = 'reporter'))
ORDER BY cs.case_id DESC, cs.id DESC LIMIT %(most)s"""
# The same of files: what came with those steps, where the original tells more than is to be seen.
SENT: Final = """
SELECT DISTINCT fa.file_id, fa.case_id FROM files_attachment fa
JOIN files_file f ON f.id = fa.file_id AND f.tells <> ''
JOIN cases_case c ON c.id = fa.case_id
JOIN cases_step s ON s.case_id = fa.case_id AND s.seq = fa.step_seq
WHERE fa.case_id = ANY(%(cases)s) AND (
  (s.seq = 1 AND c.parent_id IS NULL)
  OR s.actor_kind = 'account' AND s.account_id = %(account)s
  OR s.actor_kind = 'grant' AND s.actor_id IN
     (SELECT g.id FROM people_grant g WHERE g.case_id = fa.case_id AND g.party = 'reporter'))
ORDER BY fa.case_id DESC LIMIT %(most)s"""
OWN: Final = """
SELECT id FROM cases_case WHERE opener_id = %(account)s
UNION SELECT case_id FROM cases_participation WHERE account_id = %(account)s AND role = 'reporter'"""


@dataclass(frozen=True)
class Held:
    """One value that is kept, or was: masked, never opened here."""

    secret: Secret
    case: Case | None
    """The matter it was given in; None for the account's own."""
    step_seq: int = 0

    @property
    def id(self) -> UUID:
        return self.secret.pk

    @property
    def title(self) -> str:
        """What it is, in words."""
        return _(KINDS.get(self.secret.kind, self.secret.kind))

    @property
    def gone(self) -> bool:
        return self.secret.erased_at is not None

    @property
    def under(self) -> str:
        """By which rule it went."""
        return under_words(self.secret.erased_under)

    @property
    def corrected(self) -> bool:
        return self.secret.replaced_by is not None


@dataclass(frozen=True)
class Original:
    """A picture or recording somebody sent, whose original says where it was taken or whose device it was."""

    id: UUID
    case: Case

    @property
    def title(self) -> str:
        return _(ORIGINAL)


def cases_of(actor: Actor) -> list[int]:
    """The matters somebody reported: by account (also those linked to it later), or the one of a code. One query."""
    if actor.kind == "grant":
        own = actor.grant_party == "reporter" and not actor.grant_actions
        return [actor.grant_case] if own and actor.grant_case else []
    if actor.account_id is None:
        return []
    return [pk for (pk,) in _rows(OWN, {"account": actor.account_id})]


def held(actor: Actor) -> list[Held]:
    """Everything of theirs, the newest first: five queries at most, nothing decrypted."""
    cases = cases_of(actor)
    account = actor.account_id if actor.kind != "grant" else None
    given = _rows(GIVEN, {"cases": cases, "account": account or 0, "most": MOST}) if cases else []
    found = {one.pk: one for one in Secret.objects.filter(pk__in=[row[0] for row in given])}
    known = {one.pk: one for one in Case.objects.filter(pk__in={row[1] for row in given})}
    shown = [Held(found[pk], known[case], seq) for pk, case, seq in given if pk in found]
    if account is not None:
        shown += _of_account(account)
    return sorted(shown, key=lambda one: (one.secret.created_at, one.secret.pk), reverse=True)


def originals(actor: Actor) -> list[Original]:
    """Their own files whose originals offices open on the record only: two queries."""
    cases = cases_of(actor)
    account = actor.account_id if actor.kind != "grant" else None
    sent = _rows(SENT, {"cases": cases, "account": account or 0, "most": MOST}) if cases else []
    known = {one.pk: one for one in Case.objects.filter(pk__in={case for _file, case in sent})}
    return [Original(file, known[case]) for file, case in sent if case in known]


def _of_account(account_id: int) -> list[Held]:
    """What belongs to the account and to no matter: its telephone numbers, now and before."""
    rows = Secret.objects.extra(
        where=["NOT EXISTS (SELECT 1 FROM cases_casesecret cs WHERE cs.secret_id = people_secret.id)"]
    ).filter(subject_id=account_id)
    return [Held(one, None) for one in rows.order_by("-created_at")[:MOST]]


def held_by_law(cases: list[int]) -> set[int]:
    """Those of the matters that a legal hold keeps whole."""
    return holds.held(cases) if cases else set()


def under_words(text: str) -> str:
    """By which rule a value went, as its tombstone has it, for its person: a parameter's key becomes its name."""
    key, _space, rest = text.partition(" ")
    declared = params.declared().get(key)
    if declared is None:
        return text
    value, _space, law = rest.partition(" ")
    try:
        amount = words.duration(Duration.parse(value))
    except ValueError:
        amount = value
    return _("%(rule)s（%(amount)s）%(law)s") % {
        "rule": _(declared.title), "amount": amount, "law": law.replace(" ", ""),
    }  # fmt: skip


def _rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
