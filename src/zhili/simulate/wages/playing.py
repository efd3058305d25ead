"""The month is lived: every word over HTTP, by tokens and links, in the order in which people would say it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from typing import Any

from zhili.simulate.api import Answer, Api, Asker
from zhili.simulate.chance import key
from zhili.simulate.wages.plan import Did, Line, Month
from zhili.simulate.wages.reckoning import earned
from zhili.simulate.wages.site import Crew, Project, Site, Worker

DAY = 86_400
PATIENCE = 90.0
"""Seconds until a warning must have come."""
BODY = re.compile(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', re.DOTALL)
HEAD = "流水号,状态,金额（元）,原因代码\n"


class WentWrong(RuntimeError):
    """The site answered what it should not; the message is for people."""


@dataclass
class Found:
    """What was played, and every worker's net wage as the site says and as we reckon."""

    steps: Counter[str] = field(default_factory=Counter)
    wages: list[tuple[str, str, int, int]] = field(default_factory=list)
    """(project, worker's code, the site's fen, ours)"""
    said: list[str] = field(default_factory=list)

    @property
    def differences(self) -> list[tuple[str, str, int, int]]:
        return [one for one in self.wages if one[2] != one[3]]


class Playing:
    """One month of two sites. ``speed``: times real time; 0 does not wait. ``tell`` hears what happens."""

    def __init__(self, api: Api, site: Site, month: Month, speed: float, tell: Callable[[str], None]) -> None:
        self.api, self.site, self.month, self.speed = api, site, month, speed
        self.found = Found()
        self._tell = tell
        self._waiting: dict[int, list[int]] = {}

    async def play(self) -> Found:
        await self.days()
        self._say(f"{self.site.month:%Y-%m} 的考勤写完、确认完 days written and confirmed")
        paying, behind = self.site.projects
        await self._paid(paying)
        await self._behind(behind)
        return self.found

    # --- days

    async def days(self, but: Collection[date] = ()) -> None:
        """The whole month, save the days that are left to somebody else."""
        for day in self.site.kinds:
            if day not in but:
                await asyncio.gather(
                    *(self._day(crew, p, day) for p in self.site.projects for crew in p.crews)
                )
            if day.weekday() == 6 or day + timedelta(days=1) not in self.site.kinds:
                await self._week()
            if self.speed:
                await asyncio.sleep(DAY / self.speed)

    async def _day(self, crew: Crew, project: Project, day: date) -> None:
        lines = self.month.lines.get((crew.id, day), ())
        if not lines:
            return
        at = f"/wages/crews/{crew.id}/days/{day}"
        given = {"lines": [_given(one.engagement, one.written) for one in lines]}
        told = await self._post(at, given, crew.leader, "write")
        if told["kind"] != self.site.kinds[day]:
            raise WentWrong(f"{day}: {told['kind']}")
        ids = {one["engagement"]: one["id"] for one in told["lines"]}
        who = {one.engagement: one for one in crew.workers}
        wrong = [one for one in lines if one.mistaken]
        for one in lines:
            if one.stands or one.mistaken:
                await self._no(who[one.engagement], ids[one.engagement], one)
        if wrong:
            mended = [_given(x.engagement, x.did) | {"note": "和本人核对过"} for x in wrong]
            again = await self._post(at, {"lines": mended}, crew.leader, "correct")
            ids |= {one["engagement"]: one["id"] for one in again["lines"]}
        yes = [one for one in lines if not one.stands]
        for one in yes:
            if one.engagement in self.month.weekly:
                self._waiting.setdefault(one.engagement, []).append(ids[one.engagement])
            else:
                await self._yes(who[one.engagement], [ids[one.engagement]])
        words = {"role": "firm", "said": [{"line": ids[one.engagement]} for one in yes]}
        if yes:
            await self._post(f"{at}/words", words, project.clerk, "firm")

    async def _week(self) -> None:
        """Whoever looks once a week says yes to all that waits."""
        waiting, self._waiting = self._waiting, {}
        who = {one.engagement: one for p in self.site.projects for crew in p.crews for one in crew.workers}
        await asyncio.gather(*(self._yes(who[pk], ids) for pk, ids in waiting.items()))

    async def _yes(self, worker: Worker, ids: list[int]) -> None:
        said = {"said": [{"line": one} for one in ids]}
        await self._post("/wages/mine/days", said, worker.asker, "worker")
        self.found.steps["confirmed"] += len(ids)

    async def _no(self, worker: Worker, line: int, one: Line) -> None:
        words = f"少记了，实际 {one.did.tenths / 10:g} 天、加班 {one.did.overtime} 分钟"
        why = "这天的记录我不认" if one.stands else words
        said = {"said": [{"line": line, "verdict": "dispute", "said": why}]}
        await self._post("/wages/mine/days", said, worker.asker, "disagree")

    # --- money

    async def _sheets(self, project: Project) -> list[dict[str, Any]]:
        """Drawn up by the clerk, each line held against our own figure, checked by the officer."""
        at, month = f"/wages/projects/{project.number}", f"{self.site.month:%Y-%m}"
        pk, fen = self.month.advance
        if any(one.engagement == pk for crew in project.crews for one in crew.workers):
            advance = {
                "engagement": pk,
                "month": month,
                "kind": "advance",
                "amount_fen": fen,
                "note": "月中预支",
            }
            await self._post(f"{at}/adjustments", advance, project.clerk, "advance")
        made = await self._post(f"{at}/sheets", {"month": month}, project.clerk, "draft")
        checked = []
        for sheet in made["items"]:
            whole = await self._get(f"/wages/sheets/{sheet['id']}", project.officer)
            self._hold_against(project, whole)
            seen = {"digest": sheet["digest"]}
            checked.append(
                await self._post(f"/wages/sheets/{sheet['id']}/check", seen, project.officer, "check")
            )
        total = sum(one["total_fen"] for one in checked)
        self._say(
            f"{project.name}：{len(checked)} 份工资表，实发 {yuan(total)} 元，应在 {checked[0]['due']} 前支付"
        )
        return checked

    def _hold_against(self, project: Project, sheet: dict[str, Any]) -> None:
        crew = next(one for one in project.crews if one.id == sheet["crew"])
        told = {one["engagement"]: one["net_fen"] for one in sheet["lines"]}
        for worker in crew.workers:
            worked = self.month.counted(worker.engagement)
            ours = earned(worker.pay, worker.rate, worked, self.site.kinds, self.site.scheduled)
            if self.month.advance[0] == worker.engagement:
                ours -= self.month.advance[1]
            self.found.wages.append((project.name, worker.code, told.pop(worker.engagement, 0), ours))
        self.found.wages += [(project.name, str(pk), net, 0) for pk, net in told.items()]

    async def _signed(self, project: Project, *, but: int = 0) -> None:
        month = f"{self.site.month:%Y-%m}"
        for worker in (one for crew in project.crews for one in crew.workers if one.engagement != but):
            mine = await self._get("/wages/mine", worker.asker)
            for wage in mine["wages"]:
                if (wage["month"], wage["project"], wage["state"]) == (month, project.number, "open"):
                    said = {"digest": wage["digest"]}
                    await self._post(f"/wages/mine/wages/{wage['id']}", said, worker.asker, "sign")

    async def _to_bank(self, project: Project, *, unsigned: str = "", returned: int = 0) -> int:
        """A file to the bank, and its answer: the first ``returned`` lines come back. How many were paid."""
        at, month = f"/wages/projects/{project.number}", f"{self.site.month:%Y-%m}"
        body = {"month": month, "unsigned": unsigned}
        made = await self._post(f"{at}/files", body, project.officer, "file")
        text = (await self._get(f"/wages/files/{made['id']}", project.officer))["text"]
        rows = [row.split(",") for row in text.lstrip("\ufeff").splitlines()[1:]]
        answer = [
            f"{row[1]},{'退票' if n < returned else '成功'},{row[4]},{'closed' if n < returned else ''}"
            for n, row in enumerate(rows)
        ]
        csv = HEAD + "\n".join(answer) + "\n"
        taken = await self._post(f"{at}/answers", {"csv": csv}, project.officer, "answer")
        if taken["faults"] or taken["taken"] != len(rows):
            raise WentWrong(f"{project.name}: {taken}")
        return len(rows) - returned

    async def _paid(self, project: Project) -> None:
        sheets = await self._sheets(project)
        await self._balance(project, sum(one["total_fen"] for one in sheets) + 1_000_00)
        await self._signed(project, but=self.month.silent)
        paid = await self._to_bank(project, unsigned="手机停机，当面核对过", returned=1)
        paid += await self._to_bank(project)  # the returned one again
        await self._closed(project)
        self._say(
            f"{project.name}：{paid} 笔付清，其中 1 笔退票后重发 paid, one of them returned and sent again"
        )

    async def _behind(self, project: Project) -> None:
        sheets = await self._sheets(project)
        total = sum(one["total_fen"] for one in sheets)
        await self._signed(project)
        await self._balance(project, total * 2 // 5)
        warning = await self._warned(project)
        due = sheets[0]["due"]
        ahead = date.fromisoformat(due) > self.site.today
        when = (
            "before the payday"
            if ahead
            else "站点今天没有还没到的支付日 no payday is ahead of the site's today"
        )
        self._say(
            f"{project.name}：预警“{warning['reason']}”，支付日 payday {due}，今天 today {self.site.today}：{when}"
        )
        await self._complaint(project, total)

    async def _balance(self, project: Project, fen: int) -> None:
        told = {"kind": "balance", "value": fen}
        await self._post(f"/wages/projects/{project.number}/facts", told, project.officer, "balance")

    async def _warned(self, project: Project) -> dict[str, Any]:
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            told = await self._get(f"/wages/projects/{project.number}/warnings", self.site.handler)
            for one in told["items"]:
                if one["rule"] == "wages.account_short":
                    self.found.steps["warning"] += 1
                    return dict(one)
            await asyncio.sleep(0.5)
        raise WentWrong(f"{project.name}: {PATIENCE:.0f} s 内没有预警 no warning came")

    async def _closed(self, project: Project) -> None:
        told = await self._get(
            f"/wages/projects/{project.number}/sheets", project.officer, month=f"{self.site.month:%Y-%m}"
        )
        if any(one["state"] != "closed" for one in told["items"]):
            raise WentWrong(f"{project.name}: {[one['state'] for one in told['items']]}")

    # --- the complaint

    async def _complaint(self, project: Project, total: int) -> None:
        """Filed, investigated, who pays first drafted, ordered; the firm pays, and it ends."""
        worker = project.crews[0].workers[1]
        owed = -(-total // 100)
        opened = await self._post(
            "/cases/wages.complaint/complain",
            {
                "cause": "unpaid",
                "what": "上个月的工资，公司说账上没有钱，发不出来。",
                "project": project.number,
                "people": sum(len(crew.workers) for crew in project.crews),
                "amount": owed,
                "since": self.site.month.isoformat(),
            },
            worker.asker,
            "complain",
        )
        case = str(opened["number"])
        await self._act(case, "file", self.site.handler, {})
        facts = {
            "arrears": owed,
            "employer_is_contractor": "no",
            "developer_withheld": "yes",
            "unsettled": owed // 3,
            "cannot_pay": "yes",
        }
        await self._act(case, "reckon", self.site.handler, facts)
        await self._drafted(case)
        order = {
            "payer": "contractor",
            "amount": owed,
            "articles": "第二十九条、第三十条",
            "until": (self.site.today + timedelta(days=5)).isoformat(),
            "heard": "单位称工程款没有到账，同意支付。",
            "told": True,
        }
        await self._act(case, "order", self.site.leader, order)
        await self._balance(project, total)
        paid = await self._to_bank(project)
        await self._closed(project)
        await self._act(case, "pay", self.site.handler, {"amount": owed, "reply": "全部付到本人账户。"})
        end = await self._get(f"/cases/{case}", worker.asker)
        if end["stage"] != "paid":
            raise WentWrong(f"{case}: {end['stage']}")
        self._say(
            f"{project.name}：责令后付清 {paid} 笔，投诉 {case} 了结（{end['stage_title']}） paid when ordered"
        )

    async def _drafted(self, case: str) -> None:
        """Who pays first, as it stands in the draft of the order that an officer goes on writing."""
        whole = await self._get(f"/cases/{case}", self.site.handler)
        papers = [one["number"] for one in whole["related"] if one["procedure"] == "documents.outgoing"]
        page = await self.api.page(f"/desk/c/{papers[0]}/document", self.site.handler) if papers else ""
        body = BODY.search(page)
        if body is None or "清偿顺序" not in body[1]:
            raise WentWrong(f"{case}: 没有清偿顺序的草稿 no draft of who pays first")
        self.found.steps["ladder"] += 1
        for row in unescape(body[1]).strip().splitlines():
            self._say(f"  {row}")

    async def _act(self, case: str, action: str, asker: Asker, data: dict[str, Any]) -> None:
        await self._post(f"/cases/{case}/actions/{action}", {"data": data}, asker, f"complaint.{action}")

    # --- asking

    async def _get(self, path: str, asker: Asker, **query: Any) -> dict[str, Any]:
        return _right(await self.api.get(path, asker, kind=_kind(path), **query), path)

    async def _post(self, path: str, body: Any, asker: Asker, what: str) -> dict[str, Any]:
        told = await self.api.post(path, body, asker, key(path, body, asker.token or asker.code), kind=what)
        self.found.steps[what] += 1
        return _right(told, path)

    def _say(self, words: str) -> None:
        self.found.said.append(words)
        self._tell(words)


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _given(engagement: int, did: Did) -> dict[str, Any]:
    return {
        "engagement": engagement,
        "tenths": did.tenths,
        "overtime_minutes": did.overtime,
        "pieces": did.pieces,
    }


def _kind(path: str) -> str:
    return "/".join(part for part in path.split("/") if not any(sign.isdigit() for sign in part))


def _right(answer: Answer, path: str) -> dict[str, Any]:
    if answer.status >= 400:
        why = f"{answer.body.get('detail', answer.body)} {answer.body.get('errors', '')}"
        raise WentWrong(f"{path}: {answer.status} {why}")
    return answer.body
