"""The declared life of a kind of case: stages, actions, who may act, how long it may take.

A procedure is a class body read like a page of a manual::

    class Problem(Procedure):
        title = "餐饮问题"
        found = Stage("已发现", owner=Duty(), limit=Limit("catering.check"))
        fixed = Final("已整改")

        find = Opening("检查发现", found, by=Role("enforcer"), form=Finding)
        accept = Action("复查通过", found >> fixed, by=Holder(), form=Proof)

Nothing here touches a database: the kernel (``zhili.core.cases``) plays what is declared, ``checker`` proves it
sound and ``diagram`` draws it. Titles are Chinese source texts, translated where they are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from zhili.base.canonical import canonical
from zhili.base.rules import AutomatedRule
from zhili.base.who import (
    Above,
    Anyone,
    Back,
    By,
    Chosen,
    Clock,
    Desk,
    Duty,
    Had,
    Holder,
    Keep,
    Opener,
    Owner,
    Party,
    Referred,
    Referring,
    Role,
    Rule,
    Site,
    Up,
    describe,
)

__all__ = [
    "Above",
    "Action",
    "Anyone",
    "Back",
    "By",
    "Chosen",
    "Clock",
    "Desk",
    "Duty",
    "Final",
    "Had",
    "Holder",
    "Keep",
    "Limit",
    "Move",
    "Notify",
    "Opener",
    "Opening",
    "Owner",
    "Party",
    "Procedure",
    "Referred",
    "Referring",
    "Role",
    "Rule",
    "RunningClock",
    "Scenario",
    "Site",
    "Stage",
    "Up",
    "describe",
]

# --- how long ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """A time limit, by the key of a dated parameter.

    When it runs out the case is marked overdue and the office above is told; with ``then``, the clock takes
    that action instead (a window that closes). ``param`` must hold a duration such as ``"5wd"``.
    """

    param: str
    then: str | None = None
    warn_at: float = 0.8


@dataclass(frozen=True)
class RunningClock:
    """A clock over several stages: starts with the case, stops on entering a stage of ``until`` or a final one.

    It pauses in the stages of ``paused_in``. Named by the procedure attribute that holds it. With ``begins`` it starts
    with those actions (or openings) and no others, each time anew: a legal limit that runs from the filing, say.
    """

    title: str
    limit: Limit
    until: tuple[str, ...] = ()
    paused_in: tuple[str, ...] = ()
    applies: Callable[[Any], bool] | None = None
    """``f(change)`` of the step it would start with: whether this case has the clock at all; None: each has."""
    begins: tuple[str, ...] = ()


# --- stages -----------------------------------------------------------------------------------------------


class _Stages:
    """One stage or several, so that ``(a | b) >> c`` reads as a move from either."""

    def __init__(self, stages: tuple[Stage, ...]) -> None:
        self.stages = stages

    def __or__(self, other: _Stages) -> _Stages:
        return _Stages(self.stages + other.stages)

    def __rshift__(self, target: Stage) -> Move:
        return Move(self.stages, target)

    def stay(self) -> Move:
        """An action that leaves the case in the stage it is in."""
        return Move(self.stages, None)


class Stage(_Stages):
    """A stage in which somebody owes the next step.

    ``plain`` is what a resident reads; ``answers`` marks the stage in which the matter counts as answered;
    ``pauses``: no clock of the case runs in it. ``standing``: the kernel's own, not the procedure's.
    """

    final = False

    def __init__(
        self,
        title: str,
        *,
        owner: Owner | None = None,
        limit: Limit | None = None,
        plain: str = "",
        answers: bool = False,
        pauses: bool = False,
    ) -> None:
        super().__init__((self,))
        self.name = ""
        self.standing = False
        self.pauses = pauses
        self.title = title
        self.owner = owner
        self.limit = limit
        self.plain = plain or title
        self.answers = answers

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name or self.title}>"


class Final(Stage):
    """A stage in which nothing more is owed. ``outcome`` is counted: closed, refused or withdrawn."""

    final = True

    def __init__(
        self, title: str, *, plain: str = "", outcome: str = "closed", answers: bool = False
    ) -> None:
        super().__init__(title, plain=plain, answers=answers)
        self.outcome = outcome


@dataclass(frozen=True)
class Move:
    """From any of these stages to that one; ``target`` None: stays where it is."""

    sources: tuple[Stage, ...]
    target: Stage | None


# --- actions ----------------------------------------------------------------------------------------------

Effect = Callable[[Any], None]


class Action:
    """A step somebody may take.

    ``hands`` overrides who holds the case afterwards; ``returns`` counts as a return (the third goes to the
    arbiter); ``reopens`` counts as a reopening; ``plain`` is what the resident reads of it, ``public`` whether
    they read the form's public fields too; ``hidden``: they are not told of it at all. ``refers`` names a
    procedure (``scenario.procedure``) of which a child case is opened with the form's fields of the same name.
    ``standing``: the kernel's own, which every procedure has (``base.standing``). ``offline``: a post may take it on
    a phone without signal, to be sent later. ``harmless``: nothing that was prepared before it is made wrong by it.
    ``begins_as``: the action whose last words its form begins with, where both ask the same (a draft that is issued).
    ``not_who``: actions (or openings) whose last taker may not take this one: it needs a second person. Told apart by
    account, so a person who sits in two posts is still one. ``offered=False``: an opening reached from a page of its
    own only, which stands in no list of what may be begun. ``possible``: ``f()``, quick, says whether this site has
    what the action needs at all (an agreement with another city); pages do not offer it otherwise.
    """

    def __init__(
        self,
        title: str,
        move: Move,
        *,
        by: By | Iterable[By],
        form: Any = None,
        hands: Owner | None = None,
        effects: Iterable[Effect] = (),
        plain: str = "",
        public: bool = True,
        returns: bool = False,
        reopens: bool = False,
        refers: str | None = None,
        hint: str = "",
        hidden: bool = False,
        offline: bool = False,
        harmless: bool = False,
        begins_as: str = "",
        not_who: tuple[str, ...] = (),
        offered: bool = True,
        possible: Callable[[], bool] | None = None,
    ) -> None:
        self.name = ""
        self.standing = False
        self.hidden = hidden
        self.offline = offline
        self.harmless = harmless
        self.begins_as = begins_as
        self.not_who = not_who
        self.offered = offered
        self.possible = possible
        self.title = title
        self.move = move
        self.by: tuple[By, ...] = (by,) if isinstance(by, By) else tuple(by)
        self.form = form
        self.hands = hands
        self.effects = tuple(effects)
        self.plain = plain or title
        self.public = public
        self.returns = returns
        self.reopens = reopens
        self.refers = refers
        self.hint = hint

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name or self.title}>"


class Opening(Action):
    """A way a case of this kind begins, straight in ``stage``."""

    def __init__(
        self, title: str, stage: Stage, *, by: By | Iterable[By], form: Any = None, **options: Any
    ) -> None:
        super().__init__(title, Move((), stage), by=by, form=form, **options)


@dataclass(frozen=True)
class Notify:
    """A message to send when an action is taken: ``on`` is its name, ``*`` for every one, or ``overdue``.

    ``to`` is a party, ``"holder"`` (the office that has it now) or ``"above"`` (the office over it). ``text`` may use
    {number} {stage} {title} {office} {due}; personal values never enter it.
    """

    on: str
    to: Party | str
    text: str


# --- the procedure ----------------------------------------------------------------------------------------


class Procedure:
    """Declared by subclassing; never instantiated. See the module's docstring."""

    title: ClassVar[str] = ""
    zone: ClassVar[str] = "government"
    investigation: ClassVar[bool] = False
    """Whether a person may lawfully be told later who looked at their data in it (core.personal.delaying)."""
    kept_by_law: ClassVar[str] = ""
    """The parameter, with its article, that says how long after its end its personal values must be kept."""
    detail: ClassVar[str] = ""
    """``app_label.Model`` of the one-to-one CaseDetail with the columns that are filtered, joined or summed."""
    notices: ClassVar[tuple[Notify, ...]] = ()
    moves: ClassVar[Mapping[str, str]] = {}
    """Stages dropped since the last version, and where their open cases go."""
    open_to_all: ClassVar[bool] = False
    """Whether anybody may read its matters (home page, city map, Open311) once an office has looked at them. Never a
    confidential one, one without a place, a child, or one of a category that is not public."""
    counted: ClassVar[bool] = True
    """Whether figures count its cases as matters; what one office asks of another is none, like any child."""
    party_first: ClassVar[bool] = False
    """Whether a case of it may wait for a party from its opening on. An effect of the opening names the office it
    stands before (``case.office_id``); where it names none, it is between its parties alone."""
    names_seen_from: ClassVar[str] = "town"
    """The lowest level of office that may open a personal value of the case."""
    returns_to_arbiter: ClassVar[str] = "cases.returns_to_arbiter"
    standing: ClassVar[tuple[str, ...] | None] = None
    """Which of the kernel's standing actions it has, by name: None all of them, ``()`` none."""

    # As the child of another case (Opening by Referred):
    on_return: ClassVar[Callable[[Any, Any], None] | None] = None
    """``f(parent's change, child's change)``: what its result alters in the parent, in the step that tells it."""
    returns_public: ClassVar[bool] = False
    """Whether the parent's reporter reads the result."""
    awaited: ClassVar[bool] = False
    """Whether the parent may not be answered or finished while it is open."""
    recall: ClassVar[str] = ""
    """The action by which it is called back when its parent ends; empty: it goes on by itself."""
    follows: ClassVar[bool] = False
    """Whether it goes to the office its parent is handed to."""

    name: ClassVar[str] = ""
    scenario: ClassVar[str] = ""
    stages: ClassVar[dict[str, Stage]] = {}
    actions: ClassVar[dict[str, Action]] = {}
    openings: ClassVar[dict[str, Opening]] = {}
    clocks: ClassVar[dict[str, RunningClock]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.stages, cls.actions, cls.openings, cls.clocks = {}, {}, {}, {}
        for name, value in vars(cls).copy().items():
            if isinstance(value, Stage):
                value.name = name
                cls.stages[name] = value
            elif isinstance(value, Opening):
                value.name = name
                cls.openings[name] = value
            elif isinstance(value, Action):
                value.name = name
                cls.actions[name] = value
            elif isinstance(value, RunningClock):
                cls.clocks[name] = value
        if not cls.name:
            cls.name = "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")

    @classmethod
    def full_name(cls) -> str:
        """``scenario.procedure``, unique in a site."""
        return f"{cls.scenario}.{cls.name}" if cls.scenario else cls.name

    @classmethod
    def from_stage(cls, stage: str) -> Iterator[Action]:
        """The actions of a stage, in the order they were written; the kernel's standing ones last."""
        return (a for a in cls.actions.values() if any(s.name == stage for s in a.move.sources))

    @classmethod
    def declared(cls) -> Iterator[Action]:
        """Its own openings, then its own actions, without those the kernel adds."""
        return (a for a in (*cls.openings.values(), *cls.actions.values()) if not a.standing)

    @classmethod
    def own_stages(cls) -> dict[str, Stage]:
        """Its stages without those the kernel adds."""
        return {name: s for name, s in cls.stages.items() if not s.standing}

    @classmethod
    def begins_referred(cls) -> Opening | None:
        """The opening by which it begins as another case's child; None when it cannot."""
        own = (o for o in cls.openings.values() if not o.standing)
        return next((o for o in own if any(isinstance(who, Referred) for who in o.by)), None)

    @classmethod
    def limits(cls) -> Iterator[Limit]:
        """Every limit the procedure names: its stages', then its clocks'."""
        yield from (s.limit for s in cls.stages.values() if s.limit)
        yield from (c.limit for c in cls.clocks.values())

    @classmethod
    def spec(cls) -> dict[str, Any]:
        """The declaration as JSON: what is kept of each version so that old timelines still render."""
        return {
            "name": cls.full_name(),
            "title": cls.title,
            "stages": {
                s.name: {
                    "title": s.title,
                    "plain": s.plain,
                    "final": s.final,
                    "limit": s.limit.param if s.limit else None,
                }
                for s in cls.own_stages().values()
            },
            "actions": {
                a.name: {
                    "title": a.title,
                    "plain": a.plain,
                    "from": [s.name for s in a.move.sources],
                    "to": a.move.target.name if a.move.target else None,
                    "by": [describe(who) for who in a.by],
                    **({"not_who": list(a.not_who)} if a.not_who else {}),
                }
                for a in cls.declared()
            },
            "clocks": {
                name: {
                    "title": c.title,
                    "limit": c.limit.param,
                    **({"begins": list(c.begins)} if c.begins else {}),
                }
                for name, c in cls.clocks.items()
            },
        }

    @classmethod
    def digest(cls) -> str:
        """SHA-256 of the spec in hex: a new digest is a new version."""
        return hashlib.sha256(canonical(cls.spec())).hexdigest()


@dataclass(frozen=True)
class Scenario:
    """A system of the city, declared: its procedures and the parameters and categories they need."""

    name: str
    title: str
    procedures: tuple[type[Procedure], ...] = ()
    params: tuple[Any, ...] = ()
    categories: str = ""
    """Path of a CSV beside the scenario: code, parent, name, public."""
    summary: str = ""
    zone: str = "government"
    indicators: tuple[Any, ...] = field(default=())
    rules: tuple[AutomatedRule, ...] = ()
    """What it does by itself; each stands in the public register."""
    documents: tuple[Any, ...] = ()
    """Templates of outgoing documents of its own (``core.documents.letters.Template``)."""
    measures: tuple[Any, ...] = ()
    """What its devices tell beyond the kernel's own (``base.signals.measures.Measure``)."""
    signals: tuple[Any, ...] = ()
    """Its rules over measurements (``base.signals.rules.SignalRule``); each ``about`` stands in the public register."""
