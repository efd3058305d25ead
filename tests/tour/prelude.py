"""What the offices of the demo accounts have to do, so that their desks are not empty: a few matters handed down to them."""

from __future__ import annotations

from typing import Any

import httpx

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
        self.client.post("/accounts/login/", data=sent, headers={"Referer": base})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", params=query).raise_for_status().json()

    def send(self, path: str, data: dict[str, Any]) -> Any:
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"], "Referer": str(self.client.base_url)}
        return self.client.post(f"/api/v1/{path}", json={"data": data}, headers=headers).raise_for_status().json()


def prelude(base: str) -> None:
    """Reported, passed up by the grid, the village and the town, and handed to the county's department."""
    resident, grid, village, town = (Person(base, one) for one in ("resident", "grid", "village", "town"))
    own = grid.get("cases", view="todo")["items"][0]
    offices = town.get("offices", q="南湖区综合行政执法局")
    print(own, offices)
