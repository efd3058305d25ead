"""One matter, played step by step through the API by those whose step it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from zhili.simulate import lives
from zhili.simulate.api import NOBODY, Answer, Api, Asker
from zhili.simulate.chance import Chance
from zhili.simulate.city import City, Office
from zhili.simulate.lives import Move
from zhili.simulate.pace import Pace
from zhili.simulate.plan import PROCEDURE, Matter, Options
from zhili.simulate.tally import Fate, Tally

KEEPS = {
    "accept", "progress", "draft", "redraft", "add", "call_back", "supply", "ask_reporter",
    "supervise", "ask_extension", "ask_assistance",
}  # fmt: skip
"""Steps after which the same office has the matter."""
ENDS = {"fixed", "closed", "refused", "withdrawn"}
ANSWERED = {"answered", "declined"}
MAY_FAIL = {"rate", "call_back", "add", "merge_into"}
"""Steps that may come too late, without anything being wrong: the life goes on."""
MERGED, PATIENCE, GLANCE = "merged", 20.0, 0.3
"""How long a reporter waits for the site to bring the answer of the lead to a duplicate, and how often they look."""
LOOKS_AT_INBOX, LOOKS_AT_ACTIONS, LOOKS_AT_TIMELINE = 0.3, 0.3, 0.5
"""How often somebody looks there before a step; the matter itself they always read."""


@dataclass
class Played:
    """A matter while it is played. ``office``: who has it, "" when that must be asked; ``before``: steps of an
    earlier run that are still to be passed over."""

    matter: Matter
    fate: Fate
    chance: Chance
    asker: Asker = NOBODY
    office: str = ""
    merged: bool = False
    before: list[str] = field(default_factory=list)


class Player:
    """Plays matters of a city through the API."""

    def __init__(self, city: City, options: Options, api: Api, pace: Pace, tally: Tally) -> None:
        self._city, self._options, self._api, self._pace, self._tally = city, options, api, pace, tally
        self._watch = Asker.of(_seat(city.centre(), "commander", "leader"))
        self._numbers: dict[str, asyncio.Future[str]] = {}

    async def live(self, matter: Matter) -> None:
        """From its opening to its last step. Raises Stopped, Unreachable."""
        opened: asyncio.Future[str] = self._numbers.setdefault(
            matter.name, asyncio.get_running_loop().create_future()
        )
        fate = self._tally.fates[matter.name] = Fate()
        one = Played(matter, fate, Chance(self._options.seed, "looks", matter.name))
        try:
            if not await self._open(one):
                return
            opened.set_result(fate.number)
        finally:
            if not opened.done():
                opened.set_result("")
        for n, move in enumerate(matter.moves):
            if fate.stage in ENDS or not await self._move(one, n, move):
                return

    async def _open(self, one: Played) -> bool:
        matter = one.matter
        opener = self._opener(matter)
        answer = await self._api.post(
            f"/cases/{PROCEDURE}/{matter.opening}",
            matter.body,
            opener,
            matter.key(self._options),
            kind=f"POST {matter.opening}",
        )
        if answer.status != 201:
            one.fate.stuck = self._refused(answer, matter.opening)
            return False
        one.fate.number = str(answer.body["number"])
        one.asker = opener if matter.resident is not None else Asker(code=answer.body.get("code") or "")
        if answer.repeated:
            await self._look_back(one)
        else:
            stage = {"find": "handling", "found_fixed": "fixed"}.get(matter.opening, "received")
            self._took(one, matter.opening, self._label(matter), stage)
        return True

    def _opener(self, matter: Matter) -> Asker:
        if matter.resident is not None:
            return Asker(self._city.residents[matter.resident])
        if matter.channel == "hotline":
            return Asker.of(_seat(self._city.of_kind("hotline"), "hotline"))
        if matter.channel in ("patrol", "fixed") and matter.cell:
            return Asker.of(_seat(self._city.offices[matter.cell], "grid"))
        return NOBODY

    def _label(self, matter: Matter) -> str:
        return matter.cell or "" if matter.channel in ("patrol", "fixed") else matter.channel

    async def _look_back(self, one: Played) -> None:
        """Opened in an earlier run: what was done then is read from the matter itself and not done again."""
        self._tally.repeats += 1
        one.fate.played_before = True
        told = await self._api.get(f"/cases/{one.fate.number}/timeline", self._watch, kind="GET timeline")
        case = await self._case(one, self._watch)
        steps = told.body.get("steps", [])
        # the site's own steps, such as a limit run out, are none of the plan's
        planned = {move.action for move in one.matter.moves if not move.child}
        one.before = [step["action"] for step in steps[1:] if step["action"] in planned]
        one.fate.stage = str(case.get("stage", ""))
        one.fate.ended_before = not case.get("open", True)
        one.merged = "merge_into" in one.before

    # --- one step -------------------------------------------------------------------------------------------

    async def _move(self, one: Played, n: int, move: Move) -> bool:
        """Take a step if it is this life's; False when the life can go no further."""
        if one.before:
            # in the plan's order, so a step that is not the next one done was not this life's
            if not move.child and one.before[0] == move.action:
                del one.before[0]
            return True
        if not await self._fits(one, move):
            return True
        await self._pace.wait(move.at)
        if move.child:
            return await self._beside(one, n, move)
        if one.fate.stage == MERGED and move.who == lives.REPORTER:
            await self._answered_with_lead(one)
        who = await self._who(one, move)
        if who is None:
            one.fate.stuck = f"nobody for {move.action}"
            return False
        answer = await self._take(one, n, move, who)
        if answer.status == 201:
            self._tally.repeats += answer.repeated
            if not answer.repeated:
                label = one.office if move.who in (lives.HOLDER, lives.LEADER) else move.who
                self._took(one, move.action, label, str(answer.body["stage"]), late=move.late)
            one.merged = one.merged or move.action == "merge_into"
            one.office = one.office if move.action in KEEPS else ""
            return True
        refusal = self._refused(answer, move.action)
        if move.action not in MAY_FAIL:
            one.fate.stuck = refusal
        return move.action in MAY_FAIL

    async def _beside(self, one: Played, n: int, move: Move) -> bool:
        """A step on a case that was opened about this one, by the office that has it."""
        seen = await self._case(one, self._watch)
        asked = {o.code for o in self._city.offices.values() if o.id == move.office}
        found = [
            child
            for child in seen.get("related", [])
            if child["relation"] == "child" and child["procedure"] == move.child and child["open"]
        ]
        code = next((c["office"]["code"] for c in found if not asked or c["office"]["code"] in asked), "")
        child = next((c for c in found if c["office"]["code"] == code), None)
        if child is None:  # it was ended in an earlier run, or by a clock
            return True
        roles = ("leader",) if move.child == lives.EXTENSION else ("handler", "leader")
        who = Asker.of(_seat(self._city.offices[code], *roles))
        answer = await self._take(one, n, move, who, str(child["number"]))
        if answer.status == 409 and one.fate.played_before:  # taken in an earlier run
            return True
        if answer.status != 201:
            one.fate.stuck = self._refused(answer, move.action)
            return False
        self._tally.repeats += answer.repeated
        self._tally.steps[f"{move.child}.{move.action}"] += not answer.repeated
        one.fate.steps.append((f"{move.child}.{move.action}", code, str(answer.body["stage"])))
        return True

    async def _answered_with_lead(self, one: Played) -> None:
        """Wait until the site has told the duplicate what its lead was told."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while one.fate.stage == MERGED and loop.time() < end:
            one.fate.stage = str((await self._case(one, one.asker)).get("stage", ""))
            if one.fate.stage == MERGED:
                await asyncio.sleep(GLANCE)

    async def _fits(self, one: Played, move: Move) -> bool:
        """Whether a step is meant for whoever has the matter now."""
        if "alone" in move.when and one.merged:
            return False
        wanted = [word for word in move.when if word in ("grid", "office")]
        if not wanted:
            return True
        if one.fate.stage in ANSWERED:  # the other way was gone
            return False
        held = self._city.offices.get(await self._holder(one))
        return held is not None and wanted[0] == ("grid" if held.level == "grid" else "office")

    async def _who(self, one: Played, move: Move) -> Asker | None:
        match move.who:
            case lives.REPORTER:
                return one.asker
            case lives.HOTLINE:
                return Asker.of(_seat(self._city.of_kind("hotline"), "hotline"))
            case lives.ARBITER:
                return Asker.of(_seat(self._city.of_kind("arbiter"), "arbiter"))
            case lives.COMMANDER:
                return self._watch
        office = self._city.offices.get(await self._holder(one))
        if office is None or not office.seats:
            return None
        wanted = ("leader",) if move.who == lives.LEADER else ("handler", "grid", "arbiter", "hotline")
        return Asker.of(_seat(office, *wanted))

    async def _holder(self, one: Played) -> str:
        """Code of the office that has it, as the city's centre sees it: the dispatcher who tells the office."""
        if not one.office:
            held = (await self._case(one, self._watch)).get("office") or {}
            one.office = str(held.get("code", ""))
        return one.office

    async def _case(self, one: Played, who: Asker) -> dict[str, Any]:
        return (await self._api.get(f"/cases/{one.fate.number}", who, kind="GET case")).body

    async def _take(self, one: Played, n: int, move: Move, who: Asker, child: str = "") -> Answer:
        """Read, then act on what was read; once more when the matter moved on meanwhile."""
        number, data = child or one.fate.number, await self._data(move)
        holder = move.who in (lives.HOLDER, lives.LEADER)
        if holder and one.chance.hits(LOOKS_AT_INBOX):
            await self._api.get("/cases", who, kind="GET inbox", scope="inbox", limit=20)
        if not holder and one.chance.hits(LOOKS_AT_TIMELINE):
            await self._api.get(f"/cases/{number}/timeline", who, kind="GET timeline")
        offered = await self._offered(number, who) if one.chance.hits(LOOKS_AT_ACTIONS) else None
        answer = Answer(0, {})
        for _ in range(2):
            seen = (await self._api.get(f"/cases/{number}", who, kind="GET case")).body.get("seq")
            answer = await self._api.post(
                f"/cases/{number}/actions/{move.action}",
                {"data": data} | ({"seen": seen} if seen else {}),
                who,
                one.matter.key(self._options, n),
                kind=f"POST {move.child or ''} {move.action}".replace("  ", " "),
            )
            if answer.status != 409 or seen is None:
                break
        if (
            offered is not None
            and answer.status in (201, 403)
            and (move.action in offered) != (answer.status == 201)
        ):
            self._tally.oddities[f"{move.action}: {answer.status}, offered {move.action in offered}"] += 1
        return answer

    async def _offered(self, number: str, who: Asker) -> set[str]:
        told = await self._api.get(f"/cases/{number}/actions", who, kind="GET actions")
        return {one["name"] for one in told.body.get("actions", [])}

    async def _data(self, move: Move) -> dict[str, Any]:
        """The form; another matter is named by its number once that is known."""
        lead = move.data.get("lead")
        if lead is None:
            return move.data
        opened = self._numbers.setdefault(lead, asyncio.get_running_loop().create_future())
        return move.data | {"lead": await opened}

    # --- keeping count ----------------------------------------------------------------------------------------

    def _took(self, one: Played, action: str, label: str, stage: str, late: bool = False) -> None:
        one.fate.steps.append((action, label, stage))
        one.fate.stage = stage
        self._tally.steps[action] += 1
        self._tally.answered += stage in (ANSWERED | {"fixed"}) and action not in ("call_back", "merge_into")
        if late and not one.fate.late:
            one.fate.late = True
            self._tally.late += 1
        if action in ("report", "on_behalf", "find", "found_fixed"):
            self._tally.news.append(f"{one.fate.number} {one.matter.body['what'][:40]}")

    def _refused(self, answer: Answer, action: str) -> str:
        words = f"{answer.status} {answer.problem} {action}"
        self._tally.refusals[words] += 1
        return words


def _seat(office: Office, *roles: str) -> Any:
    """A post of the office with the first of these roles that it has, else any."""
    for role in roles:
        if role in office.seats:
            return office.seats[role]
    return next(iter(office.seats.values()))
