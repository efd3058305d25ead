"""Drafting, confirming and ending versions: two people, a day from which it holds, and no table with a fault in force.

``draft`` → ``confirm`` → in force from a day on; the version before it ends that day. ``withdraw`` drops a draft, or
ends a version from a day on: what it decided until then stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from zhili.base.decisions import Fault, Table, Words
from zhili.base.decisions.document import from_document, to_document
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.posts import check_day
from zhili.core.tables import checks, rights, telling
from zhili.core.tables.models import State, TableVersion
from zhili.core.tables.telling import DATED, TABLE, facts_of
from zhili.core.trail import changes

NAME: Final = re.compile(r"[^\s/\\?#%&<>\"'|]{1,120}")


@transaction.atomic
def draft(
    table: Table,
    source: str,
    actor: Actor,
    *,
    flags: Iterable[tuple[int, Words]] = (),
    looked_through: bool = True,
) -> TableVersion:
    """Keep a table as a draft of its next version; faults may still be in it. Raises AdminRefused, PermissionDenied.

    ``looked_through`` False: brought in by a machine; a person has to ``take_over`` before it can be confirmed.
    """
    _check_shape(table, source)
    changes.begin(TABLE, f"name {table.name}")
    office = _office_of(table.name)
    if looked_through:
        rights.check_keep(actor, office)
    last = TableVersion.objects.filter(name=table.name).aggregate(last=Max("number"))["last"] or 0
    document = to_document(table)
    made = TableVersion.objects.create(
        name=table.name,
        number=last + 1,
        title=table.title[:200],
        document=document,
        sha256=telling.digest(document),
        source=source.strip()[:300],
        office_id=office or actor.office_id,
        flags=telling.flags(flags),
        drafted_at=timezone.now(),
        drafted_by=actor.account_id if looked_through else None,
        drafted_label=actor.label[:180] if looked_through else "",
    )
    _record("drafted", made, actor, source)
    return made


@transaction.atomic
def take_over(version_id: int, actor: Actor, seen: int | None) -> TableVersion:
    """Somebody has looked through what was brought in from a file, and answers for the draft from now on."""
    version = _held(version_id, seen)
    rights.check_keep(actor, version.office_id)
    if version.state != State.DRAFT or version.drafted_by is not None:
        raise AdminRefused("", _("这份草稿已经有人核对过。"))
    version.drafted_by, version.drafted_label = actor.account_id, actor.label[:180]
    version.office_id = version.office_id or actor.office_id
    version.flags = []
    version.save()
    _record("looked through", version, actor, _("逐条核对过导入的条款"))
    return version


@transaction.atomic
def confirm(
    version_id: int, first: date, actor: Actor, seen: int | None, *, backdated: bool = False
) -> TableVersion:
    """The second person: in force from a day on, today at the earliest.

    ``backdated`` is for tables that were in force before this site was: a loader may say so, a page never does.
    Raises AdminRefused, PermissionDenied, Overtaken.
    """
    version = _held(version_id, seen)
    rights.check_keep(actor, version.office_id)
    if version.state != State.DRAFT:
        raise AdminRefused("", _("这一版已经办完，不能再确认。"))
    if version.drafted_by is None:
        raise AdminRefused("", _("这一版从文件导入，还没有人逐条核对；请先由一人核对，再由另一人确认。"))
    if version.drafted_by == actor.account_id:
        raise PermissionDenied(_("拟定和确认要由两个人办，您不能确认自己拟的表。"))
    if not backdated:
        check_day("first", first)
    found = faults_of(version)
    if found:
        told = {"count": len(found), "first": telling.said(found[0].words)}
        raise AdminRefused("", _("表里还有 %(count)d 处问题，不能生效。第一处：%(first)s") % told)
    _end_former(version, first, actor)
    version.state, version.valid_from = State.IN_FORCE, first
    version.confirmed_at, version.confirmed_by = (
        timezone.now(),
        actor.account_id,
    )  # the moment of its change below
    version.confirmed_label = actor.label[:180]
    version.save()
    _record("confirmed", version, actor, version.source, since=first)
    return version


@transaction.atomic
def withdraw(
    version_id: int, reason: str, actor: Actor, seen: int | None, *, last: date | None = None
) -> TableVersion:
    """Drop a draft, or end a confirmed version: ``last`` is the first day it no longer holds (None: today).

    A version that has not begun never holds, and the one before it goes on. Raises as ``confirm``.
    """
    version = _held(version_id, seen)
    rights.check_keep(actor, version.office_id)
    if not reason.strip():
        raise AdminRefused("reason", _("请写明撤回的原因。"))
    if version.state == State.WITHDRAWN:
        raise AdminRefused("", _("这一版已经撤回。"))
    if version.state == State.IN_FORCE:
        _end(version, last or timezone.localdate())
        _go_on(version, actor)
    version.state = State.WITHDRAWN
    version.save()
    _record("withdrawn", version, actor, reason, since=version.valid_to)
    return version


def faults_of(version: TableVersion) -> list[Fault]:
    """What keeps a version from coming into force."""
    return checks.faults_in(from_document(version.document))


def _check_shape(table: Table, source: str) -> None:
    if not NAME.fullmatch(table.name):
        raise AdminRefused("", _("表的编码不能空，不超过120字，不含空格和斜线等符号。"))
    if not table.title.strip():
        raise AdminRefused("", _("表要有名称。"))
    if not source.strip():
        raise AdminRefused("source", _("请写明这张表的依据：文件名称和文号。"))


def _office_of(name: str) -> int | None:
    """Whose table it is: the office of its latest version that was not dropped."""
    known = TableVersion.objects.filter(name=name).exclude(state=State.WITHDRAWN, confirmed_at=None)
    return known.order_by("-number").values_list("office_id", flat=True).first()


def _held(version_id: int, seen: int | None) -> TableVersion:
    name = TableVersion.objects.filter(pk=version_id).values_list("name", flat=True).first()
    if name is None:
        raise AdminRefused("", _("没有这一版。"))
    changes.begin(TABLE, f"name {name}")
    changes.begin(TABLE, version_id, seen)
    return TableVersion.objects.select_for_update().get(pk=version_id)


def _end_former(version: TableVersion, first: date, actor: Actor) -> None:
    """The version that holds on that day ends there; one that is to begin later stands in the way."""
    others = TableVersion.objects.select_for_update().filter(name=version.name, confirmed_at__isnull=False)
    for other in others.exclude(valid_to=F("valid_from")):
        if other.valid_from is not None and other.valid_from >= first:
            told = {"number": other.number, "day": other.valid_from.isoformat()}
            raise AdminRefused(
                "first", _("第%(number)d版从%(day)s起生效，请选更晚的日期，或先撤回那一版。") % told
            )
        if other.valid_to is None or other.valid_to > first:
            other.valid_to = first
            other.save()
            _record(
                "ended", other, actor, _("由第%(number)d版接替") % {"number": version.number}, since=first
            )


def _end(version: TableVersion, last: date) -> None:
    if last < timezone.localdate():
        raise AdminRefused("last", _("最早从今天起停用：以前作出的决定不变。"))
    if version.valid_to is not None and version.valid_to <= last:
        raise AdminRefused("last", _("这一版在那天之前已经停用。"))
    assert version.valid_from is not None
    version.valid_to = max(last, version.valid_from)


def _go_on(version: TableVersion, actor: Actor) -> None:
    """A version withdrawn before its first day had cut the one before it short: that one goes on."""
    if version.valid_to != version.valid_from:
        return
    former = TableVersion.objects.select_for_update().filter(
        name=version.name, state=State.IN_FORCE, valid_to=version.valid_from
    )
    for other in former.exclude(pk=version.pk):
        other.valid_to = None
        other.save()
        told = {"number": version.number}
        _record("goes on", other, actor, _("第%(number)d版没有生效就撤回了") % told, since=other.valid_from)


def _record(done: str, version: TableVersion, actor: Actor, reason: str, since: date | None = None) -> None:
    made = changes.record(
        TABLE,
        done,
        actor,
        key=version.pk,
        name=version.name,
        office=version.office_id,
        after=facts_of(version),
        since=since,
        reason=reason,
        facts={"table": version.name, "number": version.number, "sha256": version.sha256},
    )
    if column := DATED.get(done):
        setattr(version, column, made.at)
        version.save(update_fields=[column])
