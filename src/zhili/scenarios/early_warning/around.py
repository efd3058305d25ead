"""The data around a firing, as a plot: what was measured before and after, with the threshold that held."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from zhili.base.signals.conditions import Absence, Threshold, Window
from zhili.base.signals.measures import Reading
from zhili.base.signals.rules import WEARER, SignalRule
from zhili.core.people.actors import Actor
from zhili.core.signals import registry
from zhili.core.signals.models import Source, Warning
from zhili.core.signals.store import storing
from zhili.core.signals.warnings import wording
from zhili.scenarios.early_warning import plots, words
from zhili.scenarios.early_warning.plots import Plot

LEAST = timedelta(hours=2)
MOST = timedelta(days=14)
POINTS = 600
"""More a plot of this width cannot show; the table has every n-th."""
ROWS = 60
EVENTS = 40
"""So many events are shown each at its own time, more by the hour."""


def span(rule: SignalRule, values: Mapping[str, float]) -> timedelta:
    """How far before and after a firing to look: three times what the rule itself looks back."""
    known = rule.with_values({k: v for k, v in values.items() if k in rule.defaults()})
    times = [known[one.name] for one in rule.tuned if one.unit == words.SECONDS]
    return min(max(LEAST, timedelta(seconds=3 * max(times, default=0))), MOST)


def readings(
    rule: SignalRule, warning: Warning, actor: Actor | None = None, purpose: str = ""
) -> list[Reading]:
    """What the subject's devices told around the firing; personal measures only with a purpose, which makes a leaf."""
    reach = span(rule, warning.tuning)
    until = min(warning.last_at + reach, timezone.now())
    kind, subject = warning.subject_kind, warning.subject_id
    if kind == "device" and warning.source:  # a device is told of by what it is about now
        row = Source.objects.filter(pk=warning.source).values_list("subject_kind", "subject_id").first()
        kind, subject = (row[0], row[1] or subject) if row else (kind, subject)
    named = rule.measures if rule.measures is not None else tuple(registry.measures())
    if not purpose:
        named = tuple(one for one in named if not registry.measures()[one].personal)
    found = storing.history(kind, [subject], named, warning.at - reach, until, actor=actor, purpose=purpose)
    return sorted(found, key=lambda one: one.at)


def of_wearer(rule: SignalRule, warning: Warning) -> bool:
    """Whether its data tell of a person, events too: they are shown only to whoever said why."""
    if wording.personal(rule) or wording.of_wearer(rule) or warning.subject_kind == WEARER:
        return True
    source = warning.source or 0
    return Source.objects.filter(pk=source, subject_kind=WEARER).exists()


def plot(rule: SignalRule, warning: Warning, found: list[Reading]) -> Plot | None:
    """None where nothing is left of it."""
    if not found:
        return None
    numbers = [one for one in found if registry.measures()[one.measure].kind == "number"]
    if not isinstance(rule.condition, Absence) and not numbers and len(found) <= EVENTS:
        return _each(rule, warning, found)
    if isinstance(rule.condition, Absence) or not numbers:
        return _by_hour(rule, warning, found)
    return _lines(rule, warning, numbers)


def _lines(rule: SignalRule, warning: Warning, found: list[Reading]) -> Plot:
    """Each measure as a line; of a window also what it folds to, which is what the threshold is about."""
    by_measure: dict[str, list[Reading]] = {}
    for one in found:
        by_measure.setdefault(one.measure, []).append(one)
    drawn = []
    what = rule.condition
    limits = _limits(rule, warning)
    folded = None
    if isinstance(what, Window) and what.fold != "count":
        folded = windowed(what.fold, by_measure.get(what.measure, []), _value(rule, warning, what.over.name))
        name = gettext(words.FOLDS[what.fold]) % {"measure": words.measure(what.measure)}
        values = [[plots.millis(at), value] for at, value in plots.thinned(folded, POINTS)]
        drawn.append(plots.line(name, "now", values, right=True))
    for name, rows in by_measure.items():
        values = [[plots.millis(one.at), one.value] for one in plots.thinned(rows, POINTS)]
        drawn.append(plots.line(words.measure(name), "quiet" if folded else "now", values))
    first = next(iter(by_measure))
    unit = gettext(words.unit(first)) if words.unit(first) else ""
    drawing = {
        "lines": drawn,
        "limits": limits,
        "marks": [{"name": gettext("触发"), "at": plots.millis(warning.at)}],
        "unit": unit,
        "right": unit,
    }
    rows = plots.thinned(found, ROWS)
    table = [[plots.clock(one.at), words.measure(one.measure), words.number(one.value or 0)] for one in rows]
    heads = [gettext("时间"), gettext("测的是什么"), gettext("测得（%(unit)s）") % {"unit": unit or "–"}]
    return Plot(_said(rule, warning, found), heads, table, drawing)


def _said(rule: SignalRule, warning: Warning, found: list[Reading]) -> str:
    told = {"n": len(found), "since": plots.clock(found[0].at), "until": plots.clock(found[-1].at)}
    limits = _limits(rule, warning)
    words_ = gettext("%(since)s到%(until)s共 %(n)s 个测量值，竖线是触发的时刻") % told
    return words_ + (gettext("，横线是当时的门槛。") if limits else gettext("。"))


def _each(rule: SignalRule, warning: Warning, found: list[Reading]) -> Plot:
    """A few events, each named by its own minute."""
    counted = Counter(plots.clock(one.at) for one in found)
    names = list(counted)
    mark = plots.clock(warning.at)
    return _counts(rule, found, names, counted, mark)


def _by_hour(rule: SignalRule, warning: Warning, found: list[Reading]) -> Plot:
    """Of events, and of silence: how much came in each hour."""
    zone = timezone.get_current_timezone()
    hours: Counter[datetime] = Counter(
        one.at.astimezone(zone).replace(minute=0, second=0, microsecond=0) for one in found
    )
    first = min(hours)
    last = max(*hours, warning.at.astimezone(zone).replace(minute=0, second=0, microsecond=0))
    steps = int((last - first) / timedelta(hours=1)) + 1
    days = steps > 96
    counted: Counter[str] = Counter()
    names: list[str] = []
    for n in range(steps):
        at = first + timedelta(hours=n)
        name = plots.short(at.date()) if days else plots.clock(at)
        if not names or names[-1] != name:
            names.append(name)
        counted[name] += hours[at]
    shown = warning.at.astimezone(zone)
    mark = plots.short(shown.date()) if days else plots.clock(shown.replace(minute=0))
    return _counts(rule, found, names, counted, mark)


def _counts(
    rule: SignalRule, found: list[Reading], names: list[str], counted: Counter[str], mark: str
) -> Plot:
    drawing = {
        "names": names,
        "lines": [plots.line(gettext("条数"), "now", [counted[name] for name in names], bars=True)],
        "marks": [{"name": gettext("触发"), "at": mark}] if mark in counted else [],
    }
    told = {"n": len(found), "what": words.watches(rule), "last": plots.clock(found[-1].at)}
    said = gettext("一共 %(n)s 条“%(what)s”，最后一条在%(last)s；竖线是触发的时刻。") % told
    return Plot(
        said, [gettext("时间"), gettext("条数")], [[name, str(counted[name])] for name in names], drawing
    )


def windowed(fold: str, rows: list[Reading], over: float) -> list[tuple[datetime, float]]:
    """What the last ``over`` seconds fold to, at each reading."""
    kept: deque[Reading] = deque()
    found = []
    for one in rows:
        kept.append(one)
        while kept[0].at < one.at - timedelta(seconds=over):
            kept.popleft()
        values = [each.value or 0.0 for each in kept]
        found.append((one.at, _FOLDED[fold](values)))
    return found


_FOLDED: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
    "change": lambda values: values[-1] - values[0],
}


def _limits(rule: SignalRule, warning: Warning) -> list[dict[str, object]]:
    what = rule.condition
    if not isinstance(what, Threshold | Window) or getattr(what, "fold", "") == "count":
        return []
    tuned = what.above or what.below
    if tuned is None:
        return []
    value = _value(rule, warning, tuned.name)
    name = f"{gettext(tuned.title)} {words.number(value, tuned.unit or words.unit(what.measure))}"
    return [{"name": name, "value": value}]


def _value(rule: SignalRule, warning: Warning, name: str) -> float:
    """A number of the rule as it held for this warning."""
    return float(warning.tuning.get(name, rule.defaults()[name]))
