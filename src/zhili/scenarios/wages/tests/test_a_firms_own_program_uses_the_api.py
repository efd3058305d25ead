"""A month through the API: a firm's program, a worker by account and by link, an office; and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from zhili.core.people import phones
from zhili.core.people.actors import of_account
from zhili.portal.tests.api_client import Program
from zhili.scenarios.wages import who
from zhili.scenarios.wages.models import Engagement, Project, Worker
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import LAST

pytestmark = pytest.mark.django_db
MONTH = f"{LAST:%Y-%m}"


def right(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


class Programs:
    def __init__(self, site: Site) -> None:
        Project.objects.filter(pk=site.project.pk).update(minimum_wage_fen=0)
        joined = site.join("李小木", 2, bank_account="6222020000000000001")
        own = of_account(phones.new_resident())
        Worker.objects.filter(pk=joined.worker.pk).update(account_id=own.account_id)
        Engagement.objects.update(starts=LAST)
        self.engagement = joined.engagement.pk
        self.leader, self.clerk, self.officer = (
            Program.of(one) for one in (site.leader, site.clerk, site.officer)
        )
        self.worker = Program.of(own)
        self.link = Program(**{"X-Grant": who.link(site.project, joined.worker)})
        self.stranger = Program.of(of_account(phones.new_resident()))
        self.office = Program.of(site.office)
        self.number, self.crew = site.project.case.number, site.crew.pk

    def at(self, day: int) -> str:
        return f"/wages/crews/{self.crew}/days/{LAST + timedelta(days=day):%Y-%m-%d}"


def test_days_are_written_and_confirmed_by_three_programs(site: Site) -> None:
    they = Programs(site)
    (project,) = right(they.leader.get("/wages/projects"))["items"]
    assert [(one["leads"], one["speaks"]) for one in project["crews"]] == [(True, False)]
    assert len(right(they.clerk.get(f"/wages/crews/{they.crew}"))["engagements"]) == 2
    given = {"lines": [{"engagement": they.engagement, "tenths": 10, "overtime_minutes": 90}]}
    for nobody in (they.stranger, they.office, they.worker):
        assert nobody.post(they.at(7), given).status_code in (403, 404)
    assert Program().post(they.at(7), given).status_code == 401
    first = right(they.leader.post(they.at(7), given))
    (line,) = first["lines"]
    assert [(one["role"], one["verdict"]) for one in line["words"]] == [("leader", "agree")]
    assert right(they.leader.post(they.at(7), given))["lines"] == [line]  # sent again, nothing changed
    changed = {"lines": [{**given["lines"][0], "overtime_minutes": 60}]}
    assert they.leader.post(they.at(7), changed).status_code == 422  # no reason
    assert they.leader.post(they.at(7), {"lines": [{"engagement": 1, "x": 1}]}).json()["errors"]
    no = {"said": [{"line": line["id"], "verdict": "dispute", "said": "加了两个小时"}]}
    assert they.stranger.post("/wages/mine/days", no).status_code == 404
    shown = right(they.link.post("/wages/mine/days", no))
    assert shown["days"][0]["words"][-1]["said"] == "加了两个小时"
    mended = {"lines": [{**given["lines"][0], "overtime_minutes": 120, "note": "核对过"}]}
    (now,) = right(they.leader.post(they.at(7), mended))["lines"]
    assert they.worker.post("/wages/mine/days", no).status_code == 409  # the line it spoke of was corrected
    yes = {"said": [{"line": now["id"]}]}
    assert they.clerk.post(f"{they.at(7)}/words", {"role": "leader", **yes}).status_code == 403
    right(they.worker.post("/wages/mine/days", yes))
    right(they.clerk.post(f"{they.at(7)}/words", {"role": "firm", **yes}))
    days = right(they.officer.get(f"/wages/crews/{they.crew}/days", since=LAST, until=LAST + timedelta(30)))
    assert [one["lines"][0]["whole"] for one in days["items"]] == [True]
    assert they.officer.get(f"/wages/crews/{they.crew}/days", since="2020-01-01").status_code == 422


def test_a_sheet_is_drawn_up_checked_signed_and_paid_by_programs(site: Site) -> None:
    they = Programs(site)
    given = {"lines": [{"engagement": they.engagement}]}
    for day in (7, 8):
        (line,) = right(they.leader.post(they.at(day), given))["lines"]
        right(they.clerk.post(f"{they.at(day)}/words", {"role": "firm", "said": [{"line": line["id"]}]}))
    waiting = [{"line": one["id"]} for one in right(they.link.get("/wages/mine"))["days"]]
    right(they.link.post("/wages/mine/days", {"said": waiting}))
    project = f"/wages/projects/{they.number}"
    advance = {
        "engagement": they.engagement,
        "month": MONTH,
        "kind": "advance",
        "amount_fen": 5_000,
        "note": "预支",
    }
    right(they.clerk.post(f"{project}/adjustments", advance), 201)
    assert they.leader.post(f"{project}/sheets", {"month": MONTH}).status_code == 404
    (sheet,) = right(they.clerk.post(f"{project}/sheets", {"month": MONTH}), 201)["items"]
    assert right(they.office.get(f"{project}/sheets", month=MONTH))["items"] == [sheet]
    seen = {"digest": sheet["digest"]}
    assert they.clerk.post(f"/wages/sheets/{sheet['id']}/check", seen).status_code == 403
    back = right(they.officer.post(f"/wages/sheets/{sheet['id']}/back", {"reason": "少了一天"}))
    assert back["state"] == "void"
    (sheet,) = right(they.clerk.post(f"{project}/sheets", {"month": MONTH}), 201)["items"]
    seen = {"digest": sheet["digest"]}
    whole = right(they.officer.post(f"/wages/sheets/{sheet['id']}/check", seen))
    assert (whole["state"], whole["faults"], whole["moved"]) == ("checked", [], [])
    (wage,) = right(they.worker.get("/wages/mine"))["wages"]
    assert (wage["net_fen"], len(whole["lines"][0]["leaves"])) == (55_000, 6)
    assert they.worker.post(f"/wages/mine/wages/{wage['id']}", {"digest": "x"}).status_code == 409
    right(they.link.post(f"/wages/mine/wages/{wage['id']}", {"digest": wage["digest"]}))
    assert they.clerk.post(f"{project}/files", {"month": MONTH}).status_code == 403
    file = right(they.officer.post(f"{project}/files", {"month": MONTH}), 201)
    assert (file["lines"], file["total_fen"], file["held"]) == (1, 55_000, [])
    for nobody in (they.clerk, they.office, they.stranger):
        assert nobody.get(f"/wages/files/{file['id']}").status_code in (403, 404)
    text = they.officer.get(f"/wages/files/{file['id']}").content.decode("utf-8-sig")
    reference = text.splitlines()[1].split(",")[1]
    csv = f"流水号,状态,金额（元）,原因代码\n{reference},成功,550.00,\n别的,成功,1.00,\n"
    taken = right(they.officer.post(f"{project}/answers", {"csv": csv}), 201)
    assert (taken["taken"], [one["reference"] for one in taken["faults"]]) == (1, ["别的"])
    assert right(they.worker.get("/wages/mine"))["wages"][0]["state"] == "paid"
    told = {"kind": "balance", "value": 100}
    assert they.clerk.post(f"{project}/facts", told).status_code == 403
    assert right(they.officer.post(f"{project}/facts", told), 201)["on"] == timezone.localdate().isoformat()
    assert right(they.office.get(f"{project}/warnings"))["items"] == []
    assert they.stranger.get(f"{project}/warnings").status_code == 404
