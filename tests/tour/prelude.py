"""What the demo accounts have done before the tour: a few matters handed down, a number looked at, a list and a link asked for."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx

from tests.tour.street import van

HERE = {"longitude": 120.7224, "latitude": 30.7384}
"""In the middle of the demo city, in the cell of the account `grid`."""

PASSWORD = "zhili-demo"  # of the demo city, printed at every start
REPORTED = (
    ("楼顶搭了铁皮棚，下雨天声音很大", "中山路128号", "201013"),
    ("一楼把阳台外扩占了公共绿地", "禾兴路56号3幢", "201014"),
    ("店门口新砌了一个台阶，占了盲道", "建国路20号", "201013"),
    ("夜里有人往雨水井倒泔水，味道很重", "勤俭路农贸市场后门", "201009"),
    ("沿街烧烤油烟直排，三楼以上没法开窗", "少年路7号", "201007"),
)
"""What, where, of what kind."""
CARRIED = ("一辆旧面包车停在盲道边，一个多星期没有动过", "中和街33号", "201013")
"""Reported with a photo, a name and a number that the office opens."""
SCENE = "客厅全景"
"""The item of the demo city that is shared by a link."""
FOR = "约上报人到现场认定，电话核实时间"
LINKED = "演示市人民检察院"


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

    def page(self, path: str, **query: Any) -> str:
        return self.client.get(path, params=query).raise_for_status().text

    def press(self, path: str, **fields: Any) -> None:
        """Send a form of a page, as a browser does."""
        token = {"csrfmiddlewaretoken": self.client.cookies["csrftoken"]}
        headers = {"Referer": f"{self.client.base_url}/"}
        answer = self.client.post(path, data=token | fields, headers=headers)
        assert answer.is_redirect or answer.is_success, f"{path} answered {answer.status_code}"

    def photo(self, content: bytes, name: str) -> str:
        """A photo sent ahead; what a form says of it."""
        headers = {
            "X-CSRFToken": self.client.cookies["csrftoken"],
            "Referer": f"{self.client.base_url}/",
            "Content-Type": "image/jpeg",
            "X-File-Name": quote(name),
        }
        sent = (
            self.client.post("/api/v1/files", content=content, headers=headers).raise_for_status().json()[0]
        )
        return f"{sent['id']}:{sent['token']}"

    def act(self, number: str, action: str, **data: Any) -> None:
        self.send(f"cases/{number}/actions/{action}", {"data": data}, f"tour-{number}-{action}-{id(self)}")


def prelude(base: str) -> None:
    """Once: what the offices have to do, then what was looked at, asked for and shared."""
    handler = Person(base, "handler")
    if not handler.get("cases", scope="inbox", scenario="citizen_reports")["items"]:
        reports(base, handler)
    if FOR not in handler.page("/desk/exports"):
        looked_at(base, handler)
    number = re.findall(r"/evidence/i/(\d+)", handler.page("/evidence", q=SCENE))[0]
    if LINKED not in handler.page(f"/desk/c/{number}/shares"):
        shared(handler, number)


def reports(base: str, handler: Person) -> None:
    """Reported, passed up by the grid, the village and the town, and handed to the county's department."""
    resident, grid, village, town = (Person(base, one) for one in ("resident", "grid", "village", "town"))
    office = town.get("offices", q="南湖区综合行政执法局")[0]["id"]
    for n, (what, where, category) in enumerate((*REPORTED, CARRIED)):
        told: dict[str, Any] = {
            "what": what,
            "place": {"lon": HERE["longitude"], "lat": HERE["latitude"], "address": where},
            "category": category,
        }
        if what == CARRIED[0]:
            told |= {"anonymous": False, "name": "周晓梅", "phone": "13800138000"}
            told["photos"] = [resident.photo(van(), "盲道边的车.jpg")]
        sent = resident.send("cases/citizen_reports.report/report", told, f"tour-report-{n}-{base}")
        grid.act(sent["number"], "pass_up", reason="要由执法部门到场认定")
        village.act(sent["number"], "pass_up", reason="村社区没有执法权")
        town.act(sent["number"], "hand_over", office=office, reason="属执法局职责")
    first = handler.get("cases", scope="inbox", q=REPORTED[0][0])["items"][0]["number"]
    handler.act(first, "accept")
    handler.act(first, "progress", note="已到现场查看，约了业主明天上午面谈。")


def looked_at(base: str, handler: Person) -> None:
    """The reporter's number opened once; two lists with personal data asked for, one agreed to."""
    number = handler.get("cases", scope="inbox", q=CARRIED[0][:8])["items"][0]["number"]
    opening = re.findall(rf"/desk/c/{number}/personal/[0-9a-f-]+", handler.page(f"/desk/c/{number}"))
    handler.press(opening[-1])
    for purpose in (FOR, "寄送认定通知书，核对收件电话"):
        handler.press(
            "/desk/exports/new", _list="view=todo&scenario=citizen_reports", kinds=["phone"], purpose=purpose
        )
    leader = Person(base, "leader")
    asked = re.findall(r'href="(/desk/exports/\d+)"', leader.page("/desk/exports", view="decide"))
    leader.press(asked[-1], _do="agree")


def shared(handler: Person, number: str) -> None:
    """The panorama and its chain of custody, for another office to look at."""
    form = handler.page(f"/desk/c/{number}/share")
    files = re.findall(r'name="shown" value="([0-9a-f-]+)"', form)
    key = re.findall(r'name="_key" value="([^"]+)"', form)[0]
    told = {
        "receiver": "other",
        "name": LINKED,
        "purpose": "审查起诉，核对现场",
        "shown": files,
        "custody": "on",
    }
    handler.press(f"/desk/c/{number}/share", _key=key, **told, way="view", views="20", days="7")
