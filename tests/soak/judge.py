"""Run with the site's settings after the load: does the database hold what was promised, each thing once?

Reads the ledger's reports as JSON; writes {"wrong": [sentences], "counts": {...}}.
"""

import hashlib
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any


def main(reports: list[dict[str, Any]]) -> dict[str, Any]:
    from zhili.core.cases.models import Case, Step

    steps: dict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.order_by("case_id", "seq").iterator(5000):
        steps[step.case_id].append(step)
    cases = {case.pk: case for case in Case.objects.iterator(5000)}
    checks: tuple[Iterable[str], ...] = (
        promised(reports, cases, steps),
        chained(cases, steps),
        sealed(cases, steps),
        told(steps),
        timed(cases, steps),
        kept(reports, cases),
        noticed(cases),
        counted(cases, steps),
    )
    wrong = [sentence for check in checks for sentence in check]
    counts = {"cases": len(cases), "steps": sum(map(len, steps.values())), "reports": len(reports)}
    return {"wrong": wrong, "counts": counts}


def promised(reports: list[dict[str, Any]], cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[str]:
    """Every 201 is there with its own words and acts; there is no case that nobody was told of."""
    by_number = {case.number: case for case in cases.values()}
    numbers = Counter(report["number"] for report in reports)
    yield from (f"{number} was given to {n} keys" for number, n in numbers.items() if n > 1)
    sent = {case.number for pk, case in cases.items() if "记号" in steps[pk][0].data.get("what", "")}
    yield from (f"{number} was promised to nobody" for number in sent - set(numbers))
    for report in reports:
        case = by_number.get(report["number"])
        if case is None:
            yield f"{report['number']} is lost (key {report['key']})"
            continue
        of_case = steps[case.pk]
        if f"记号{report['marker']}。" not in of_case[0].data.get("what", ""):
            yield f"{case.number} has other words than were sent: {of_case[0].data}"
        found = [(step.seq, step.action) for step in of_case]
        if found != [(1, "report"), *map(tuple, report["acts"])]:
            yield f"{case.number} has the steps {found}, promised were {report['acts']}"


def chained(cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[str]:
    """Steps without a gap, each from where the last one led, and the case where its last step led."""
    for pk, case in cases.items():
        of_case = steps[pk]
        if [step.seq for step in of_case] != list(range(1, case.seq + 1)):
            yield f"{case.number}: seq {case.seq}, steps {[step.seq for step in of_case]}"
            continue
        here = ""
        for step in of_case:
            if step.from_stage != here:
                yield f"{case.number}/{step.seq} comes from {step.from_stage}, the case was {here}"
            here = step.to_stage
        if case.stage != here:
            yield f"{case.number} is {case.stage}, its last step led to {here}"
        if (case.closed_at is not None) != stage_of(case, here).final:
            yield f"{case.number} is {here}, closed {case.closed_at}"


def sealed(cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[str]:
    """Exactly one leaf for each step, which says what the step says and seals what it holds."""
    from zhili.base.canonical import commitment
    from zhili.core.cases.committing import columns_of, private
    from zhili.core.trail.models import Leaf

    leaves: dict[tuple[str, int], Any] = {}
    for leaf in Leaf.objects.filter(kind="step").iterator(5000):
        body = json.loads(bytes(leaf.body))
        place = (body["what"]["case"], body["what"]["seq"])
        if place in leaves:
            yield f"two leaves for {place}"
        leaves[place] = body
        if hashlib.sha256(b"\0" + bytes(leaf.body)).digest() != bytes(leaf.hash):
            yield f"the leaf of {place} has another hash"
    for pk, of_case in steps.items():
        for step in of_case:
            body = leaves.pop((cases[pk].number, step.seq), None)
            if body is None:
                yield f"{cases[pk].number}/{step.seq} has no leaf"
            elif body["seal"] != commitment(bytes(step.salt), private(columns_of(step))).hex():
                yield f"{cases[pk].number}/{step.seq} is not what its leaf seals"
    yield from (f"leaf without a step: {place}" for place in leaves)


def told(steps: dict[int, Any]) -> Iterator[str]:
    """Exactly one event for each step, and none set aside."""
    from zhili.core.streams.models import Parked, StreamEvent

    events = Counter(
        (case, payload["seq"])
        for case, payload in StreamEvent.objects.filter(type="step").values_list("subject", "payload")
    )
    there = Counter((pk, step.seq) for pk, of_case in steps.items() for step in of_case)
    yield from (f"step {place}: {there[place]} steps, {events[place]} events" for place in events - there)
    yield from (f"step {place}: {there[place]} steps, {events[place]} events" for place in there - events)
    yield from (f"parked by {one.consumer}: {one.error}" for one in Parked.objects.all())


def timed(cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[str]:
    """The clocks fit the stage: the stage's own since it was entered, the procedure's by their declaration."""
    from zhili.base.clock import ClockState
    from zhili.core.cases import registry
    from zhili.core.cases.clocks import STAGE
    from zhili.core.cases.models import Clock

    clocks: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in Clock.objects.iterator(5000):
        clocks[row.case_id][row.name] = row
    for pk, case in cases.items():
        procedure, stage = registry.procedures()[case.procedure], stage_of(case, case.stage)
        rows = clocks[pk]
        states = {name: ClockState.of_json(row.state) for name, row in rows.items()}
        for name, row in rows.items():
            facts = (row.due_at, row.next_fire_at, row.running)
            if facts != (states[name].due_at, states[name].next_fire_at, states[name].running):
                yield f"{case.number} clock {name}: columns and state differ"
        running = {name for name, state in states.items() if state.running}
        wanted = {STAGE} if stage.limit is not None and not stage.final else set()
        for name, declared in procedure.clocks.items():
            over = stage.final or case.stage in declared.until
            has = declared.applies is None or name in rows
            if declared.begins:  # starts with a step of its own, and a step may end it
                has = name in states and states[name].stopped_at is None
            if has and not over and case.stage not in declared.paused_in:
                wanted.add(name)
        if running != wanted:
            yield f"{case.number} in {case.stage}: clocks {sorted(running)} run, not {sorted(wanted)}"
            continue
        if wanted and case.due_at != min(rows[name].due_at for name in wanted):
            yield f"{case.number}: due {case.due_at}, by its clocks at another time"
        elif not wanted and case.due_at is not None:
            yield f"{case.number}: due {case.due_at} though no clock runs"
        if STAGE in wanted and rows[STAGE].started_at != entered(steps[pk], procedure):
            yield f"{case.number}: the clock of {case.stage} did not start when it was entered"


def _name(target: Any) -> str:
    return str(getattr(target, "name", target))


def entered(of_case: list[Any], procedure: Any) -> datetime:
    """When the last step that led anywhere was taken."""
    known = {**procedure.openings, **procedure.actions}
    moving = [
        step.at
        for step in of_case
        if step.action in known
        and known[step.action].move.target is not None
        # a part of a fine paid leaves the case where it is, though the last part ends it
        and (step.from_stage != step.to_stage or step.to_stage == _name(known[step.action].move.target))
    ]
    found: datetime = moving[-1]
    return found


def kept(reports: list[dict[str, Any]], cases: dict[int, Any]) -> Iterator[str]:
    """Photos of what was accepted lie there with the bytes that were sent; names are sealed once."""
    from django.core.files.storage import default_storage

    from zhili.core.cases.models import CaseSecret
    from zhili.core.files import blobs
    from zhili.core.files.models import Attachment
    from zhili.core.people.models import Secret

    by_number = {case.number: case.pk for case in cases.values()}
    attached: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in Attachment.objects.select_related("file"):
        attached[one.case_id][str(one.file_id)] = one.file
    for report in reports:
        here = attached[by_number.get(report["number"], 0)]
        if set(here) != set(report["files"]):
            yield f"{report['number']}: files {sorted(here)}, sent were {sorted(report['files'])}"
            continue
        for file_id, digest in report["files"].items():
            row = here[file_id]
            with default_storage.open(blobs.original(row.sha256)) as stream:
                there = hashlib.sha256(stream.read()).hexdigest()
            if not (there == row.sha256 == digest) or row.expires_at is not None:
                yield f"{report['number']}: photo {file_id} is not what was sent, or will be removed"
    sealed_in = Counter(CaseSecret.objects.values_list("case_id", flat=True))
    for report in reports:
        if sealed_in[by_number.get(report["number"], 0)] != (2 if report["named"] else 0):
            yield f"{report['number']}: {sealed_in[by_number[report['number']]]} personal values"
    lost = CaseSecret.objects.exclude(secret_id__in=Secret.objects.values("pk")).count()
    if lost:
        yield f"{lost} personal values are lost"


def noticed(cases: dict[int, Any]) -> Iterator[str]:
    """Each message that a step calls for is there, once, and no other but those of warnings."""
    from zhili.core.cases import routing
    from zhili.core.cases.models import Case, Participation
    from zhili.core.notices.models import Notice
    from zhili.core.notices.telling import FOLLOWED, To, declared
    from zhili.core.streams import Event
    from zhili.core.streams.models import StreamEvent

    grounds = dict(Case.objects.values_list("pk", "division_id"))
    parties: dict[tuple[int, str], list[int]] = defaultdict(list)
    parts = Participation.objects.filter(account_id__isnull=False)
    for case_id, role, account_id in parts.values_list("case_id", "role", "account_id"):
        parties[case_id, role].append(account_id)
    wanted: Counter[str] = Counter()
    for row in StreamEvent.objects.filter(type__in=("step", "due_soon")):
        event = Event(row.pk, 0, row.at, row.type, row.subject, row.payload)
        for _procedure, notify in declared(event):
            if notify.to == "holder":
                wanted[To("app", office_id=row.payload["office"]).key(event)] += 1
            elif notify.to == "above":
                over = row.payload["office"] and routing.above(
                    row.payload["office"], grounds[row.payload["case"]]
                )
                if over:
                    wanted[To("app", office_id=over).key(event)] += 1
            elif notify != FOLLOWED:  # nobody here has met with the same
                for account_id in parties[row.payload["case"], notify.to.name]:
                    wanted[To("app", account_id=account_id).key(event)] += 1
    there = Counter(Notice.objects.exclude(key__startswith="warning/").values_list("key", flat=True))
    yield from (f"message {key}: wanted {wanted[key]}, there {there[key]}" for key in wanted - there)
    yield from (f"message {key}: wanted {wanted[key]}, there {there[key]}" for key in there - wanted)


def counted(cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[str]:
    """The figures are those that a recount from the steps gives."""
    from zhili.core.indicators.rebuilding import rebuild

    before = figures()
    if not before:
        yield "there are no figures at all"
    rebuild(lambda: history(cases, steps))
    after = figures()
    for key in sorted(before.keys() | after.keys(), key=str):
        if before.get(key) != after.get(key):
            yield f"figures of {key}: {before.get(key)}, recounted {after.get(key)}"


def figures() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Every sum shown, by what it is a sum of; sums of nothing left out."""
    from zhili.core.indicators.measures import MEASURES
    from zhili.core.indicators.models import Duration, Edition, Fact

    shown = getattr(Edition.objects.first(), "generation", 0)
    found: dict[tuple[Any, ...], tuple[int, ...]] = {}
    key = ("division_id", "grain", "period", "scenario", "category")
    for row in Fact.objects.filter(generation=shown).values_list(*key, *MEASURES):
        found[row[: len(key)]] = tuple(row[len(key) :])
    key = ("division_id", "grain", "period", "scenario", "measure", "days")
    for row in Duration.objects.filter(generation=shown).values_list(*key, "count"):
        found[row[:-1]] = (row[-1],)
    return {key: sums for key, sums in found.items() if any(sums)}


def history(cases: dict[int, Any], steps: dict[int, Any]) -> Iterator[dict[str, Any]]:
    """What each step means to the figures, worked out from cases and steps alone."""
    for pk, of_case in steps.items():
        case, answered = cases[pk], False
        # a child was given its category by whoever asked for it, and some kinds have but one: no form says it
        unsaid = case.parent_id is not None or "category" not in of_case[0].data
        category = of_case[0].category if unsaid else ""
        for step in of_case:
            category = step.data.get("category") or category
            yield meaning(case, step, category, answered)
            answered = not reopens(case, step) and (answered or stage_of(case, step.to_stage).answers)


def meaning(case: Any, step: Any, category: str, answered: bool) -> dict[str, Any]:
    from django.utils import timezone

    from zhili.core.cases import registry

    stage = stage_of(case, step.to_stage)
    first_answer = stage.answers and (not answered or reopens(case, step))
    days = (timezone.localtime(step.at).date() - timezone.localtime(case.opened_at).date()).days
    return {
        "division": case.division_id,
        "category": category or None,
        "scenario": case.scenario,
        "action": step.action,
        "at": step.at.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "first": step.seq == 1,
        "confidential": case.confidential,
        "child": case.parent_id is not None or not registry.procedures()[case.procedure].counted,
        "final": closes(step, stage),
        "outcome": getattr(stage, "outcome", None),
        "answered": first_answer,
        "reopened": reopens(case, step),
        "returned": step.action == "send_back",
        "overdue": False,  # no limit of the demo city runs out within minutes
        "rating": step.data.get("rating"),
        "days": days if closes(step, stage) or first_answer else None,
    }


def closes(step: Any, stage: Any) -> bool:
    """Whether the case ended by it; what is done to an ended case ends it no second time."""
    return bool(stage.final and (step.seq == 1 or step.from_stage != step.to_stage))


def stage_of(case: Any, name: str) -> Any:
    from zhili.core.cases import registry

    return registry.procedures()[case.procedure].stages[name]


def reopens(case: Any, step: Any) -> bool:
    from zhili.core.cases import registry

    procedure = registry.procedures()[case.procedure]
    return step.seq > 1 and step.action in procedure.actions and procedure.actions[step.action].reopens


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    import django

    django.setup()
    json.dump(main(json.load(sys.stdin)), sys.stdout, ensure_ascii=False)
