"""A rule over measurements: what it waits for, about whom it speaks, how grave it is, and what follows.

Everything that can be refused is refused when the module is read; what needs the site's own lists (measures,
procedures, zones) is found by ``core.signals.registry.faults``, a part of ``zhili check``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

from zhili.base.rules import AutomatedRule
from zhili.base.signals import conditions
from zhili.base.signals.conditions import Condition, Expression, Sequence, Step, Threshold, Tuned, Window
from zhili.base.signals.expression import RESERVED, ExpressionRefused, compile_expression, names_in

Level = Literal["blue", "yellow", "orange", "red"]
LEVELS: Final = ("blue", "yellow", "orange", "red")
"""From the lightest to the gravest: 蓝 黄 橙 红."""

GROUPS: Final = ("subject", "device", "cell", "division", "office", "category")
"""What the readings of a rule may be gathered by: what the device is about, the device, or where it stands."""

PERSONS: Final = frozenset(
    {"person", "people", "account", "user", "phone", "mobile", "telephone", "reporter", "citizen", "resident", "holder",
     "villager", "household", "identity", "id_number", "name", "party", "patient", "family", "guardian", "wearer"}
)  # fmt: skip
"""Words for a person: told apart from a slip, so that the refusal says why."""

WEARER: Final = "wearer"
FACTS: Final = frozenset({"value", "n", "since", "seconds", "minutes", "limit_name"})
"""What a firing says under names of its own; ``limit`` is its main threshold."""
_QUIET: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_OPENS: Final = re.compile(r"[a-z_]\w*\.[a-z_]\w*/[a-z_]\w*")


class RuleRefused(ValueError):
    """A rule that may not be: ``str(error)`` names the rule and the place at fault."""


@dataclass(frozen=True, slots=True)
class SignalRule:
    """A declared rule. ``about.name`` is its name, unique in a site; ``about`` stands in the public register.

    ``condition``: see ``conditions``. ``reason``: Chinese sentence shown on the warning, with facts of the firing
    (``judging.Firing``): %(value)s %(limit)s %(since)s %(minutes)s %(n)s, an Expression's own names.
    ``by``: readings are gathered by this, one state and one edge for each; the subject itself unless said.
    ``quiet``: "22:00-07:00", local: warnings below red wait until its end. ``merge``: seconds within which repeats
    about the same are one warning. ``escalate``: who is told next, after how many seconds without anybody accepting.
    ``opens``: "scenario.procedure/opening", the case a warning opens. ``screen``: sentence for public displays, with
    %(cell)s; empty: never shown there. ``consent``: the procedure whose open case is the wearer's consent.
    ``fuse``: (share of the subjects, seconds): when more than that share fire within that time, the rule is cut off.
    ``lateness``: seconds. Within it readings may come in any order, and are judged only when it has passed (but for
    ``Happens``, which never waits); later ones are counted, not judged. 0: judged as they come, and an older one than
    the last is counted.
    ``starts``: how it stands on a site until a person says otherwise: *trial* is judged, shown on the
    desk, and tells nobody; *off* waits until it was tried on the past.
    """

    about: AutomatedRule
    condition: Condition
    level: Level = "yellow"
    reason: str = ""
    by: str = "subject"
    quiet: str = ""
    merge: int = 0
    escalate: tuple[tuple[str, int], ...] = ()
    opens: str = ""
    screen: str = ""
    consent: str = ""
    fuse: tuple[float, int] = (0.5, 3600)
    lateness: int = 0
    starts: Literal["on", "trial", "off"] = "on"
    _machine: Any = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            faults = [*_who(self), *_shape(self), *_of_condition(self.condition)]
        except ExpressionRefused as error:
            raise RuleRefused(f"rule {self.name}: condition {error}") from error
        if faults:
            raise RuleRefused("; ".join(f"rule {self.name}: {one}" for one in faults))
        own = tuple(self.key(one.name) for one in self.tuned)
        others = tuple(one for one in self.about.params if one not in own)
        object.__setattr__(self, "about", replace(self.about, params=(*own, *others)))

    @property
    def name(self) -> str:
        return self.about.name

    @property
    def tuned(self) -> tuple[Tuned, ...]:
        """The numbers an office may set; the main threshold first."""
        return conditions.tuned(self.condition)

    @property
    def measures(self) -> tuple[str, ...] | None:
        """The measures it reads; None for any."""
        return conditions.measures(self.condition)

    def key(self, tuned: str) -> str:
        """The parameter that holds one of its numbers."""
        return f"signals.{self.name}.{tuned}"

    def defaults(self) -> dict[str, float]:
        """Its numbers as declared."""
        return {one.name: one.default for one in self.tuned}

    def with_values(self, values: Mapping[str, float]) -> dict[str, float]:
        """Its numbers, with these in place of the declared ones. Raises RuleRefused for one that cannot be."""
        known = {one.name: one for one in self.tuned}
        for name, value in values.items():
            if name not in known:
                raise RuleRefused(f"rule {self.name}: {name} is none of its numbers")
            if not known[name].holds(value):
                low, high = known[name].low, known[name].high
                raise RuleRefused(f"rule {self.name}: {name} = {value} is not within {low} to {high}")
        return self.defaults() | dict(values)


def _who(rule: SignalRule) -> list[str]:
    """A rule speaks of places, things, devices, offices; of a person only where that person agreed."""
    faults = []
    if rule.by not in GROUPS:
        why = "yields a person" if rule.by.lower() in PERSONS else f"is none of {', '.join(GROUPS)}"
        faults.append(f'by="{rule.by}" {why}')
    if rule.about.subject == WEARER and not rule.consent:
        faults.append(
            'subject "wearer" is a person: consent must name the procedure whose open case is their consent'
        )
    if rule.about.subject == WEARER and rule.by != "subject":
        faults.append(f'by="{rule.by}": a wearer agreed to a rule about themselves; gather by "subject"')
    if rule.consent and rule.about.subject != WEARER:
        faults.append(f'consent is asked of a wearer, and the subject is "{rule.about.subject}"')
    if not rule.about.stops:
        faults.append("must stop on its last day (about.stops): nobody renews what never ends")
    return faults


def _shape(rule: SignalRule) -> list[str]:
    faults = []
    if rule.level not in LEVELS:
        faults.append(f'level "{rule.level}" is none of {", ".join(LEVELS)}')
    if rule.quiet and not _QUIET.fullmatch(rule.quiet):
        faults.append(f'quiet="{rule.quiet}" is not like "22:00-07:00"')
    if rule.merge < 0 or not 0 <= rule.lateness <= 7 * 86400:
        faults.append("merge and lateness are seconds, lateness 7 days at most")
    waits = [seconds for _to, seconds in rule.escalate]
    if any(seconds < 1 for seconds in waits) or waits != sorted(set(waits)):
        faults.append("escalate: each is told after more seconds than the one before")
    if rule.opens and not _OPENS.fullmatch(rule.opens):
        faults.append(f'opens="{rule.opens}" is not like "eldercare.alarm/raise"')
    if not (0 < rule.fuse[0] <= 1 and rule.fuse[1] > 0):
        faults.append(f"fuse={rule.fuse}: a share above 0 up to 1, and seconds")
    try:
        date.fromisoformat(rule.about.until)
    except ValueError:
        faults.append(f"until={rule.about.until!r}: its last day is no date")
    names = [one.name for one in rule.tuned]
    facts = {"limit"} if "limit" in names[1:] else set()
    if isinstance(rule.condition, Expression):
        names_of_facts = {*names, *rule.condition.measures}
    else:
        names_of_facts = set(names)
    if clash := sorted(names_of_facts & (FACTS | facts)):
        faults.append(f"{clash[0]} is what every firing says by itself; call the number otherwise")
    if len(set(names)) != len(names):
        faults.append(f"two of its numbers have one name: {', '.join(names)}")
    if long := [rule.key(one) for one in names if len(rule.key(one)) > 90]:
        faults.append(f"the name of its parameter is too long: {long[0]}")
    return faults


def _of_condition(condition: Condition) -> list[str]:
    faults = []
    match condition:
        case Threshold() | Window():
            faults += _one_side(condition, "condition")
            if isinstance(condition, Window):
                faults += _of_window(condition)
            elif condition.back and condition.above and condition.back.default > condition.above.default:
                faults.append("back lies above the threshold: it would never be reached again")
            elif condition.back and condition.below and condition.back.default < condition.below.default:
                faults.append("back lies below the threshold: it would never be reached again")
        case Sequence():
            if not 2 <= len(condition.steps) <= 8:
                faults.append(f"a sequence has 2 to 8 steps, not {len(condition.steps)}")
            for place, link in enumerate(condition.links, 1):
                if link.above and link.below:
                    faults.append(f"step {place} is above and below at once")
        case Expression():
            faults += _of_expression(condition)
    if getattr(condition, "fresh", 1) < 1:
        faults.append("fresh is a number of seconds, 1 or more")
    for name in ("over", "longer", "within", "hold"):
        time = getattr(condition, name, None)
        if time is not None and not 1 <= time.default <= 366 * 86400:
            faults.append(f"{name}: {time.default} is no time of 1 second to a year")
    return faults


def _one_side(condition: Threshold | Window | Step, what: str) -> list[str]:
    if (condition.above is None) == (condition.below is None):
        return [f"{what} needs above or below, one of the two (an event: Happens)"]
    return []


def _of_window(window: Window) -> list[str]:
    faults = []
    if window.fold not in conditions.FOLDS:
        faults.append(f'fold "{window.fold}" is none of {", ".join(conditions.FOLDS)}')
    if window.least < 1:
        faults.append("least is a number of readings, 1 or more")
    return faults


def _of_expression(condition: Expression) -> list[str]:
    names = (*condition.measures, *(one.name for one in condition.tuned))
    if not condition.measures or len(condition.measures) > 16:
        return ["an expression reads 1 to 16 measures"]
    if clash := sorted(
        (set(condition.measures) & {one.name for one in condition.tuned}) | (set(names) & RESERVED)
    ):
        return [f"{clash[0]} means two things in its expression"]
    compile_expression(condition.text, names)
    used = names_in(condition.text)
    if idle := [one for one in names if one not in used]:
        return [f"{idle[0]} is declared and not in its expression"]
    return []
