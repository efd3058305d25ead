"""A rule tried on what was measured: asked for, reckoned by the worker piece by piece, compared with what people said.

A piece is some subjects. Each is replayed whole, with the numbers asked for and with every value of the sweep; what a
piece gave is kept with its place, so that a worker that was killed goes on after the last. Nobody is told of a firing.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.signals import backtest
from zhili.base.signals.conditions import Tuned
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import SignalRule
from zhili.core.cases.errors import Refused
from zhili.core.people.actors import Actor
from zhili.core.places.tree import nodes
from zhili.core.signals import registry
from zhili.core.signals.judge import subjects
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.store import keeping, storing
from zhili.core.signals.warnings import wording
from zhili.core.trail.models import Change
from zhili.scenarios.early_warning.models import BackTest, TestState

log = logging.getLogger("zhili.signals")
LONGEST = timedelta(days=92)
SUBJECTS_MOST = 2_000
AT_ONCE = 8
"""Subjects of one piece: a turn of the worker stays short."""
STEPS = 9
"""Values of a sweep."""
KEPT_AT = 5_000
"""Moments of firings kept for the plot."""
NEAR = timedelta(minutes=10)
"""A firing so near to a warning's moment, or within its span, is that warning."""
SEEN = """
SELECT DISTINCT m.source_id FROM {table} m
WHERE m.measure = ANY(%s) AND m.keeps = ANY(%s) AND m.at >= %s AND m.at < %s LIMIT %s"""

Key = tuple[str, int]


def ask(
    rule: SignalRule,
    since: datetime,
    until: datetime,
    values: Mapping[str, float],
    sweep: str,
    actor: Actor,
) -> BackTest:
    """Put it into the queue. Raises Refused (for rules about wearers too), RuleRefused for an impossible number."""
    if wording.personal(rule):
        raise Refused("personal", gettext("这条规则用的是佩戴人的数据，不能拿来回测。"), 422)
    if until <= since or until - since > LONGEST + timedelta(days=1):
        raise Refused("days", gettext("一次最多试 %(n)s 天。") % {"n": LONGEST.days}, 422)
    tuning = rule.with_values(values)
    swept = next((one for one in rule.tuned if one.name == sweep), None)
    return BackTest.objects.create(
        rule=rule.name,
        since=since,
        until=until,
        tuning=tuning,
        sweep=swept.name if swept else "",
        values=around(swept, tuning[swept.name]) if swept else [],
        post_id=actor.id or 0,
        office_id=actor.office_id or 0,
        label=actor.label[:180],
    )


def around(tuned: Tuned, now: float) -> list[float]:
    """Values below and above the one that holds, within what is allowed; the one itself among them."""
    wanted = [now * (0.4 + 0.15 * n) for n in range(STEPS)] if now else [float(n) for n in range(STEPS)]
    found = {round(one, 3) for one in wanted if tuned.holds(one)} | {now}
    return sorted(found)


def check_tried(rule: SignalRule) -> None:
    """A rule that starts switched off is tried on the past before it is ever switched on. Raises Refused."""
    if rule.starts == "on" or wording.personal(rule):
        return
    if Change.objects.filter(subject="signals.rule", key=rule.name, done="switched_on").exists():
        return
    if not BackTest.objects.filter(rule=rule.name, state=TestState.DONE).exists():
        raise Refused("not_tried", gettext("第一次打开以前，先用过去的数据试一遍。"), 409)


def turn() -> int:
    """The worker's: one piece of the oldest trial that is not done; how many were reckoned."""
    with transaction.atomic():
        due = BackTest.objects.filter(state__in=[TestState.WAITING, TestState.RUNNING]).order_by("id")
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                _step(row)
        except Exception as error:  # said on its page; the worker goes on with others
            log.exception("back-test %s of %s", row.pk, row.rule)
            row.state, row.trouble = TestState.FAILED, f"{type(error).__name__}: {error}"[:300]
            row.ended_at = timezone.now()
        row.save()
    return 1


def _step(row: BackTest) -> None:
    rule = registry.rules()[row.rule]
    if row.state == TestState.WAITING:
        row.pieces, row.state = pieces(rule, row.since, row.until), TestState.RUNNING
        row.result = {"firings": 0, "readings": 0, "real": 0, "false": 0, "at": [], "subjects": []}
        row.result["sweep"] = [{"value": one, "firings": 0, "real": 0, "false": 0} for one in row.values]
        return
    if row.done < len(row.pieces):
        _piece(rule, row, row.pieces[row.done])
        row.done += 1
    if row.done >= len(row.pieces):
        row.result["subjects"].sort(key=lambda one: -one["n"])
        row.result["at"].sort()
        row.state, row.ended_at = TestState.DONE, timezone.now()


def _piece(rule: SignalRule, row: BackTest, piece: list[list[Any]]) -> None:
    """Replay these subjects, and count what came of it."""
    found = readings(rule, piece, row.since, row.until)
    judged = _judged(rule, found, row.since, row.until)
    result = row.result
    for key, several in found.items():
        firings = replay(rule, row.tuning, several, row.until)
        result["firings"] += len(firings)
        result["readings"] += len(several)
        result["at"] += [round(one.timestamp()) for one in firings][: KEPT_AT - len(result["at"])]
        if firings:
            result["subjects"].append({"name": name_of(key), "n": len(firings)})
        _count(result, firings, judged.get(key, []))
        for line in result["sweep"]:
            tuning = {**row.tuning, row.sweep: line["value"]}
            again = replay(rule, tuning, several, row.until) if tuning != row.tuning else firings
            line["firings"] += len(again)
            _count(line, again, judged.get(key, []))


def _count(into: dict[str, Any], firings: list[datetime], judged: list[Warning]) -> None:
    """How many of the warnings people judged would have been raised again."""
    for one in judged:
        if any(one.at - NEAR <= at <= one.last_at + NEAR for at in firings):
            into[one.feedback] += 1


def replay(
    rule: SignalRule, tuning: Mapping[str, float], found: Iterable[Reading], until: datetime
) -> list[datetime]:
    """The moments a rule would have fired about one subject, merged as warnings are."""
    fired, _late, _skipped = backtest.firings(rule, tuning, list(found), until)
    return backtest.merged(rule, fired)


def pieces(rule: SignalRule, since: datetime, until: datetime) -> list[list[list[Any]]]:
    """Who was heard of, a few at a time: each as [kind, id, [kind and id of what its devices are about]]."""
    seen = subjects.sources(_heard(rule, since, until))
    groups: dict[Key, set[Key]] = defaultdict(set)
    for one in seen.values():
        key = one.key(rule.by)
        if key is not None and one.kind != "wearer":
            groups[key].add((one.kind, one.subject))
    keys = sorted(groups)[:SUBJECTS_MOST]
    listed = [[kind, pk, sorted(groups[kind, pk])] for kind, pk in keys]
    return [listed[n : n + AT_ONCE] for n in range(0, len(listed), AT_ONCE)]


def _heard(rule: SignalRule, since: datetime, until: datetime) -> list[int]:
    """Sources that told any of what the rule reads in that time."""
    known = registry.measures()
    named = rule.measures if rule.measures is not None else tuple(known)
    wanted = [known[one] for one in named if not known[one].personal]
    numbers = {name: number for number, name in keeping.names().items()}
    ids = [numbers[one.name] for one in wanted if one.name in numbers]
    if not ids:
        return []
    keeps = sorted({one.keeps_days for one in wanted})
    with connection.cursor() as cursor:
        cursor.execute(
            SEEN.format(table=keeping.ORDINARY), [ids, keeps, since, until, SUBJECTS_MOST * AT_ONCE]
        )
        return [pk for (pk,) in cursor.fetchall()]


def readings(
    rule: SignalRule, piece: list[list[Any]], since: datetime, until: datetime
) -> dict[Key, list[Reading]]:
    """What was measured of these subjects, each whole."""
    known = registry.measures()
    named = rule.measures if rule.measures is not None else tuple(known)
    named = tuple(one for one in named if not known[one].personal)
    about: dict[str, set[int]] = defaultdict(set)
    for _kind, _pk, sources in piece:
        for kind, subject in sources:
            about[kind].add(subject)
    wanted = {(kind, pk) for kind, pk, _sources in piece}
    found: dict[Key, list[Reading]] = {key: [] for key in wanted}
    for kind, ids in about.items():
        rows = list(storing.history(kind, ids, named, since, until))
        seen = subjects.sources({one.source for one in rows})
        for one in rows:
            key = seen[one.source].key(rule.by) if one.source in seen else None
            if key in found:
                found[key].append(one)
    return found


def _judged(
    rule: SignalRule, found: Mapping[Key, Any], since: datetime, until: datetime
) -> dict[Key, list[Warning]]:
    """The warnings of these subjects in that time that people called real or false. One query."""
    rows = Warning.objects.filter(
        rule=rule.name,
        at__gte=since,
        at__lt=until,
        feedback__in=("real", "false"),
        subject_id__in={pk for _kind, pk in found},
    )
    kept: dict[Key, list[Warning]] = defaultdict(list)
    for one in rows:
        kept[one.subject_kind, one.subject_id].append(one)
    return kept


def name_of(key: Key) -> str:
    """A thing by its device's title, a place by its name."""
    kind, pk = key
    if kind == "division" and pk in nodes():
        return nodes()[pk].name
    rows = (
        Source.objects.filter(pk=pk)
        if kind == "device"
        else Source.objects.filter(subject_kind=kind, subject_id=pk)
    )
    title = rows.exclude(title="").values_list("title", flat=True).first()
    return str(title or f"{kind} {pk}")
