"""A worker's own bank account put right (article 31): the clerk enters it, the worker says that it is theirs.

Only then does it take the former's place. Each word is a row with a leaf; the values stay sealed, the former too,
because the ledger of what was paid where speaks of it (article 15). A wage the bank sent back goes to the new one.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhili.core.cases.errors import Refused
from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.scenarios.wages import registering
from zhili.scenarios.wages.models import AccountChange, Engagement, Project, Worker
from zhili.scenarios.wages.money import keeping

MOST = 200
ANSWERS = ("confirmed", "declined")


def ask(actor: Actor, engagement: Engagement, typed: str) -> AccountChange:
    """Enter an account; it is used for nothing yet. ``engagement`` with worker, crew and project; whether ``actor``
    may is the caller's. One entered before and not answered is replaced by it.

    Raises Refused for a number that is none, or the one that stands already.
    """
    number = registering.account_number(typed)
    if not number:
        raise Refused("bad_account", _("银行账号应是 8 到 30 位数字，请核对"), 422)
    with transaction.atomic():
        worker = _held(engagement.worker_id)
        now = worker.bank_account
        if (
            now is not None
            and number
            in secrets.open_many(
                [now.pk], actor, _("核对本人银行账号是否有变"), engagement.crew.project_id
            ).values()
        ):
            raise Refused("same_account", _("登记的就是这个账号，不用改"), 409)
        row = secrets.prepare("bank_account", number, worker.account_id)
        secrets.save([row])
        made = AccountChange(
            worker=worker,
            project=engagement.crew.project,
            step="asked",
            former=now,
            bank_account=Secret.objects.get(pk=row.id),
        )
        return _keep(actor, made)


def answer(actor: Actor, change: AccountChange, step: str, how: str) -> AccountChange:
    """The worker's own word; whether ``actor`` is the worker, or the digits theirs, is the caller's.

    Raises Refused when another account was entered since, it was answered already, or who entered it also holds the
    pad on which the worker's digits are typed: whoever can make digits anew could pay a wage to themselves.
    """
    if step not in ANSWERS:
        raise Refused("bad_step", _("这一步不由您办理"), 403)
    with transaction.atomic():
        worker = _held(change.worker_id)
        last = waiting(worker)
        if last is None or last.pk != change.pk:
            raise Refused("stale", _("这个账号已经答复过，或者又登记了别的账号，请刷新页面"), 409)
        if how == "pad" and actor.account_id == last.account_id:
            words = _("登记账号的人不能再替本人在平板上确认；请总包单位的劳资专管员或分包单位的另一位来办")
            raise Refused("second_person", words, 403)
        made = AccountChange(
            worker=worker,
            project=last.project,
            step=step,
            former=last.former,
            bank_account=last.bank_account,
            how=how,
        )
        _keep(actor, made)
        if step == "confirmed":
            worker.bank_account = last.bank_account
            worker.save(update_fields=["bank_account"])
    return made


def waiting(worker: Worker) -> AccountChange | None:
    """The account that waits for the worker's word. One query."""
    rows = AccountChange.objects.filter(worker=worker).select_related(
        "project__case", "bank_account", "former"
    )
    last = rows.order_by("-id").first()
    return last if last is not None and last.step == "asked" else None


def just_changed(project: Project) -> list[AccountChange]:
    """Accounts in use that were put right since the project's last file for the bank, the latest first. One query."""
    rows = AccountChange.objects.filter(project=project, step="confirmed").select_related("worker")
    if (last := project.payments.order_by("-id").first()) is not None:
        rows = rows.filter(at__gt=last.at)
    return list(rows.order_by("-id")[:MOST])


def _held(worker: int) -> Worker:
    rows = Worker.objects.select_for_update(of=("self",), no_key=True).select_related("bank_account")
    return rows.get(pk=worker)


def _keep(actor: Actor, row: AccountChange) -> AccountChange:
    project: Project = row.project
    row.account_id = actor.account_id
    keeping.keep(keeping.REBANKED, actor, project, [row], lambda one: facts(one, project.case.number))
    row.save(force_insert=True)
    return row


def facts(row: AccountChange, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Public: that an account of somebody on a project was entered, confirmed, declined. Committed to: whose, and by
    their salted hashes which.
    """
    sealed = {
        "worker": row.worker_id,
        "former": row.former.hash if row.former else "",
        "bank_account": row.bank_account.hash,
        "how": row.how,
        "account": row.account_id,
    }
    return {"project": number, "step": row.step}, sealed
