"""What becomes of one matter: the steps that its people decide to take, and when. Nothing here asks the site.

A life is drawn once, from the matter's own stream. Who holds a matter follows from the duty list, so steps are meant
for "whoever holds it"; where a grid worker and an office go different ways, both are written down (``when``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhili.simulate import proportions as share
from zhili.simulate import wording
from zhili.simulate.chance import Chance
from zhili.simulate.city import Cell, City
from zhili.simulate.rhythm import GRID, OFFICE, PEOPLE, awake

ACCEPT, HANDLE, REVIEW, RULE = (
    f"citizen_reports.{one}" for one in ("accept", "handle", "review", "arbitrate")
)
ASSIST_ACCEPT, ASSIST, SUPERVISE, APPROVE = (
    f"referrals.{one}" for one in ("accept", "assist", "supervise", "approve")
)
SUPPLEMENT, REOPEN, OVERALL = (f"citizen_reports.{one}" for one in ("supplement", "reopen", "overall"))
HOLDER, LEADER, REPORTER, HOTLINE = "holder", "leader", "reporter", "hotline"
ARBITER, COMMANDER = "arbiter", "commander"
ASSISTANCE, SUPERVISION, EXTENSION = "referrals.assistance", "referrals.supervision", "referrals.extension"
ENTERS = {"finish", "issue", "decline", "answered_with_lead"}
"""Steps that answer the reporter."""


@dataclass(frozen=True)
class Move:
    """One step: ``at`` in hours of simulated time. ``when``: only if held by the ``grid``, or by an ``office``.

    ``child``: a step on the case of this kind that was opened about the matter, at the office of id ``office`` if
    given.
    """

    at: float
    who: str
    action: str
    data: dict[str, Any] = field(default_factory=dict)
    when: tuple[str, ...] = ()
    late: bool = False
    child: str = ""
    office: int = 0


@dataclass
class Life:
    """A life being drawn. ``at``: the moment reached; ``moves``: what was decided."""

    city: City
    start: date
    chance: Chance
    at: float
    cell: Cell | None
    code: str
    kind: str = "handled"
    moves: list[Move] = field(default_factory=list)
    answered: float | None = None
    since: float = 0.0
    """When the office that has it began to handle it."""

    def within(
        self, limit: str, late: float, who: tuple[float, float] = GRID, since: float | None = None
    ) -> bool:
        """Go on to when somebody does what is due since then (now), mostly early; True if after the limit."""
        hours = self.city.limits[limit]
        since = self.at if since is None else since
        if self.chance.hits(late):
            self.at = max(self.at, since + hours * self.chance.between(1.2, 1.8))
            return True
        since = min(self.at, since + hours * 0.5) if since < self.at else since
        quick = 0.01 + 0.74 * self.chance.between(0, 1) ** 2.5  # half of it in the first seventh of the limit
        then = awake(since + hours * quick, since + hours * 0.8, who, self.start, self.chance)
        self.at = max(then, self.at)
        return False

    def after(self, low: float, high: float) -> None:
        """Go on by so many hours of a reporter's own time, at least a little of what the window allows."""
        since = self.at
        self.at = awake(
            since + self.chance.between(low, high), since + 2 * high, PEOPLE, self.start, self.chance
        )

    def add(
        self, who: str, action: str, late: bool = False, *, when: tuple[str, ...] = (), **data: Any
    ) -> None:
        """Somebody takes a step now, with this form."""
        self.put(who, action, data, late, when)

    def put(
        self, who: str, action: str, data: dict[str, Any], late: bool = False, when: tuple[str, ...] = ()
    ) -> None:
        self.moves.append(Move(round(self.at, 4), who, action, data, when, late))
        if action in ENTERS:
            self.answered = self.at

    def child(self, kind: str, action: str, office: int = 0, **data: Any) -> None:
        """Somebody takes a step on a case that was opened about this one."""
        self.moves.append(Move(round(self.at, 4), HOLDER, action, data, child=kind, office=office))

    def say(self, kind: str) -> str:
        return wording.phrase(kind, self.chance)

    # --- parts of a life ------------------------------------------------------------------------------------

    def accepted(self, who: tuple[float, float] = GRID, *, said: bool = True) -> None:
        late = self.within(ACCEPT, share.LATE_ACCEPT, who)
        self.put(HOLDER, "accept", {} if said else {"category": self.code}, late)
        self.since = self.at

    def asked(self) -> None:
        """The reporter is asked for more; without an answer the clock lets the office go on."""
        window = self.city.limits[SUPPLEMENT]
        self.at += window * 0.01
        self.add(HOLDER, "ask_reporter", reason=self.say("asks"))
        if self.chance.hits(share.SUPPLIES):
            self.after(window * 0.05, window * 0.4)
            self.add(REPORTER, "supply", what=self.say("supplies"))
        else:
            self.at += window * 1.05
            if self.city.scaled is None:  # no clock of the site runs out in simulated time
                self.add(REPORTER, "supply", what=self.say("supplies"))
        self.since = self.at

    def worked(self) -> None:
        """Handled, at times with a word in between, and answered: by the grid at once, by an office in two steps."""
        if self.chance.hits(share.PROGRESS):
            self.at += self.city.limits[HANDLE] * 0.005
            self.add(HOLDER, "progress", note=self.say("progress"))
        grid = self.kind == "handled"
        late = self.within(HANDLE, share.LATE_HANDLE, since=self.since or None)
        words = wording.answer(self.code, self.chance)
        self.add(HOLDER, "finish", late, when=("grid",), answer=words)
        ended = self.at
        self.add(HOLDER, "draft", late, when=("office",), answer=words)
        if self.chance.hits(share.REDRAFTED):
            self.within(REVIEW, 0, OFFICE)
            self.add(LEADER, "redraft", when=("office",), reason="请写明做了什么、结果如何。")
            self.at += self.city.limits[HANDLE] * 0.02
            self.add(HOLDER, "draft", when=("office",), answer=words + "如有反复请再联系我们。")
        late = self.within(REVIEW, 0 if grid else share.LATE_REVIEW, OFFICE)
        self.add(LEADER, "issue", late, when=("office",), answer=words)
        if grid:  # its word needs no review
            self.at = self.answered = ended

    def heard(self, again: bool = True) -> None:
        """After an answer: the hotline may call, the reporter may rate it or not accept it. Silence is the clock's."""
        window = self.city.limits[REOPEN]
        if self.chance.hits(share.CALLED_BACK):
            result = self.chance.weighted(share.CALL)
            self.at = awake(self.at + window * 0.02, self.at + window * 0.2, OFFICE, self.start, self.chance)
            self.add(HOTLINE, "call_back", result=result, note=self.say("calls"))
            if result == "dissatisfied" and again:
                self.at += window * 0.001
                self.add(HOTLINE, "reopen_after_call", reason=self.say("again"))
                return self._once_more()
        if again and self.chance.hits(share.REOPENED):
            self.after(window * 0.01, window * 0.2)
            self.add(REPORTER, "reopen", what=self.say("again"))
            return self._once_more()
        if self.chance.hits(share.RATED):
            self.after(window * 0.01, window * 0.3)
            self.rated()

    def rated(self) -> None:
        comment = self.say("comments")
        mark = self.chance.weighted(share.RATINGS)
        self.put(REPORTER, "rate", {"rating": mark} | ({"comment": comment} if comment else {}))

    def _once_more(self) -> None:
        self.accepted()
        self.worked()
        self.heard(again=False)


def draw(life: Life, *, reporter: bool, said: bool, accepted: bool = False) -> None:
    """The life of a matter in a cell, from its opening on. ``reporter``: somebody waits for the answer."""
    chance = life.chance
    if reporter and chance.hits(share.ADDS):
        life.at += life.city.limits[ACCEPT] * 0.01
        life.add(REPORTER, "add", what=life.say("adds"))
    if forgotten(life):
        return
    if reporter and chance.hits(share.WITHDRAWN):
        life.kind = "withdrawn"
        life.at += life.city.limits[ACCEPT] * chance.between(0.005, 0.015)
        life.add(REPORTER, "withdraw")
        return
    if life.code in life.city.direct and said and not accepted:  # without a category the place decides
        life.kind = "direct"
    elif not chance.hits(grid_share(life.city)):
        return passed(life, reporter=reporter)
    if not accepted:
        life.accepted(said=said)
    if reporter and chance.hits(share.SUPPLEMENT):
        life.asked()
    life.worked()
    if reporter:
        life.heard()


def forgotten(life: Life) -> bool:
    """Whether nobody ever ends it."""
    if not life.chance.hits(share.NEVER / (1 - share.CHANNELS["fixed"])):
        return False
    life.kind = "never"
    return True


def grid_share(city: City) -> float:
    """Of matters that begin with the grid and are not ended at once, the part it must end for the whole to be as the
    seed says."""
    fixed = share.CHANNELS["fixed"] / share.LOCATED
    table = wording.categories().values()
    direct = sum(c.weight for c in table if c.code in city.direct) / sum(c.weight for c in table)
    return min(1.0, (share.ENDED_BY_GRID - fixed) / ((1 - fixed) * (1 - direct)))


def passed(life: Life, *, reporter: bool) -> None:
    """What the grid cannot end: up to the village, the town or the department on duty, and its fate there."""
    fate = life.chance.weighted(share.PASSED)
    level = life.chance.weighted(share.PASSED_TO)
    if fate not in ("handled", "declined"):
        level = "town"
    life.kind = f"passed:{fate}"
    for _ in range(("village", "town", "county").index(level) + 1):
        life.within(ACCEPT, 0)
        life.add(HOLDER, "pass_up", reason=life.say("ups"))
    if fate == "declined":
        return _declined(life, reporter=reporter)
    if fate != "handled":
        _between_offices(life, fate)
    life.accepted(OFFICE)
    beside(life, by_department=level == "county" or fate != "handled")
    life.worked()
    if reporter:
        life.heard()


def beside(life: Life, *, by_department: bool) -> None:
    """What goes on beside a matter an office has: the one above urges, more time is asked for, others help."""
    if life.chance.hits(share.SUPERVISED):
        _on_the_way(life, SUPERVISE, 0.02)
        life.add(COMMANDER, "supervise", ask=life.say("urges"))
        _on_the_way(life, SUPERVISE, 0.1)
        life.child(SUPERVISION, "report", report=life.say("progress"))
        _on_the_way(life, SUPERVISE, 0.1)
        life.child(SUPERVISION, "release", opinion="已报告，同意销号。")
    if life.chance.hits(share.EXTENDED):
        _on_the_way(life, APPROVE, 0.05)
        life.add(HOLDER, "ask_extension", days=life.chance.number(1, 5), reason=life.say("extends"))
        _on_the_way(life, APPROVE, 0.2)
        if life.chance.hits(share.EXTENSION_GRANTED):
            life.child(EXTENSION, "approve", reason="情况属实，同意延期。")
        else:
            life.child(EXTENSION, "refuse", reason="请按期办结。")
    if life.chance.hits(share.ASSISTED):
        _helped(life, by_department=by_department)


def _helped(life: Life, *, by_department: bool) -> None:
    """One or two offices do their part; the lead office answers when all of them have come back."""
    assert life.cell is not None
    found = [o.id for o in life.city.departments(life.cell.county)]
    first = life.chance.number(0, len(found) - 1)
    two = life.chance.hits(0.4)
    helpers = [life.city.town_of(life.cell).id] if by_department else [found[first]]
    if two and not by_department:
        helpers.append(found[(first + 1) % len(found)])
    _on_the_way(life, ASSIST_ACCEPT, 0.1)
    life.add(HOLDER, "ask_assistance", offices=helpers, what=life.say("assists"))
    for one in helpers:
        _on_the_way(life, ASSIST_ACCEPT, 0.2)
        if life.chance.hits(share.HELP_REFUSED):
            life.child(ASSISTANCE, "refuse", one, reason=life.say("backs"))
            continue
        life.child(ASSISTANCE, "accept", one)
        _on_the_way(life, ASSIST, 0.08)
        life.child(ASSISTANCE, "reply", one, result=life.say("replies"))


def _on_the_way(life: Life, limit: str, most: float) -> None:
    """Go on by a small part of a limit."""
    life.at += life.city.limits[limit] * life.chance.between(most / 4, most)


def _between_offices(life: Life, fate: str) -> None:
    """From the town to a department; it may send it back, or ask who is right."""
    county = life.cell.county if life.cell else ""
    found = life.city.departments(county)
    first = life.chance.number(0, len(found) - 1)
    second = found[(first + life.chance.number(1, len(found) - 1)) % len(found)]
    life.within(ACCEPT, 0, OFFICE)
    life.add(HOLDER, "hand_over", office=found[first].id, reason=life.say("over"))
    if fate == "returned":
        life.within(ACCEPT, 0, OFFICE)
        life.add(HOLDER, "send_back", reason=life.say("backs"))
        life.within(ACCEPT, 0, OFFICE)
        life.add(HOLDER, "hand_over", office=second.id, reason=life.say("over"))
    if fate == "ruled":
        life.within(ACCEPT, 0, OFFICE)
        life.add(HOLDER, "ask_ruling", reason=life.say("backs"))
        life.within(RULE, 0, OFFICE)
        life.add(ARBITER, "rule", office=second.id, reason=life.say("rulings"))


def _declined(life: Life, *, reporter: bool) -> None:
    late = life.within(ACCEPT, share.LATE_ACCEPT, OFFICE)
    life.add(HOLDER, "decline", late, reason=life.say("declines"))
    if not reporter or not life.chance.hits(share.CONTESTED):
        return
    life.after(1, 48)
    life.add(REPORTER, "contest", what=life.say("contests"))
    life.within(RULE, 0, OFFICE)
    assert life.cell is not None
    life.add(ARBITER, "rule", office=life.city.town_of(life.cell).id, reason=life.say("rulings"))
    life.kind = "contested"
    life.accepted(OFFICE)
    life.worked()
    life.heard(again=False)


def placeless(life: Life, *, reporter: bool, outside: bool, where: Cell) -> None:
    """Not in any cell: the arbiter has it, who declines what is another city's and finds an office for the rest."""
    if forgotten(life):
        return
    late = life.within(ACCEPT, share.LATE_ACCEPT, OFFICE)
    if outside and life.chance.hits(0.6):
        life.kind = "elsewhere"
        life.add(HOLDER, "decline", late, reason=life.say("declines"))
        return
    life.kind = "placed by the arbiter"
    life.add(HOLDER, "hand_over", late, office=life.city.town_of(where).id, reason=life.say("rulings"))
    life.accepted(OFFICE)
    life.worked()
    if reporter:
        life.heard()


def found(life: Life) -> None:
    """The grid worker's own find, accepted by being found. No reporter waits, so the window closes by the clock."""
    draw(life, reporter=False, said=True, accepted=True)


def echo(life: Life, lead: str, until: float) -> None:
    """Reported before by somebody else: merged into the first, whose answer answers it. ``until``: when that comes.

    Where it could not be merged it goes its own way (``alone``).
    """
    life.kind = "merged"
    since = life.at
    life.at += min(life.city.limits[ACCEPT] * 0.3, (until - since) * life.chance.between(0.2, 0.6))
    life.add(HOLDER, "merge_into", lead=lead, reason="同一地点、同一件事，已有人先报。")
    life.at = until
    life.add(HOLDER, "accept", when=("alone",))
    life.add(HOLDER, "finish", when=("alone", "grid"), answer=wording.answer(life.code, life.chance))
    if life.chance.hits(share.RATED):
        life.after(1, life.city.limits[REOPEN] * 0.3)
        life.rated()
