"""What the offices of the demo accounts have to do, so that their desks are not empty: a few matters handed down to them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.tour.stops import HERE

PASSWORD = "zhili-demo"  # of the demo city, printed at every start
REPORTED = (
    ("楼顶搭了铁皮棚，下雨天声音很大", "中山路128号", "201013"),
    ("一楼把阳台外扩占了公共绿地", "禾兴路56号3幢", "201014"),
    ("店门口新砌了一个台阶，占了盲道", "建国路20号", "201013"),
    ("夜里有人往雨水井倒泔水，味道很重", "勤俭路农贸市场后门", "201009"),
    ("沿街烧烤油烟直排，三楼以上没法开窗", "少年路7号", "201007"),
)
"""What, where, of what kind."""


class Person:
    """Somebody signed in, asking the API."""

    def __init__(self, base: str, name: str) -> None:
        self.client = httpx.Client(base_url=base, timeout=30, trust_env=False)
        self.client.get("/accounts/login/")
        token = self.client.cookies["csrftoken"]
        sent = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
        self.client.post("/accounts/login/", data=sent, headers={"Referer": f"{base}/"})
        self.client.get("/track")  # where the welcome is said

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", params=query).raise_for_status().json()

    def send(self, path: str, data: dict[str, Any], key: str) -> Any:
        headers = {
            "X-CSRFToken": self.client.cookies["csrftoken"],
            "Referer": f"{self.client.base_url}/",
            "Idempotency-Key": key,
        }
        return self.client.post(f"/api/v1/{path}", json=data, headers=headers).raise_for_status().json()

    def act(self, number: str, action: str, **data: Any) -> None:
        self.send(f"cases/{number}/actions/{action}", {"data": data}, f"tour-{number}-{action}-{id(self)}")


def prelude(base: str) -> None:
    """Reported, passed up by the grid, the village and the town, and handed to the county's department."""
    resident, grid, village, town = (Person(base, one) for one in ("resident", "grid", "village", "town"))
    handler = Person(base, "handler")
    if handler.get("cases", scope="inbox")["items"]:
        return
    office = town.get("offices", q="南湖区综合行政执法局")[0]["id"]
    for what, where, category in REPORTED:
        told = {
            "what": what,
            "place": {"lon": HERE["longitude"], "lat": HERE["latitude"], "address": where},
            "category": category,
        }
        number = resident.send(
            "cases/citizen_reports.report/report",
            told,
            f"tour-report-{REPORTED.index((what, where, category))}-{base}",
        )["number"]
        grid.act(number, "pass_up", reason="要由执法部门到场认定")
        village.act(number, "pass_up", reason="村社区没有执法权")
        town.act(number, "hand_over", office=office, reason="属执法局职责")
    first = handler.get("cases", scope="inbox")["items"][0]["number"]
    handler.act(first, "accept")
    handler.act(first, "progress", note="已到现场查看，约了业主明天上午面谈。")
