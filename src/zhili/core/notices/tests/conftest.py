import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from zhili.base.procedure import (
    Action,
    Anyone,
    Clock,
    Duty,
    Final,
    Holder,
    Limit,
    Notify,
    Opening,
    Party,
    Procedure,
    Stage,
)
from zhili.conf.mail import mail_settings
from zhili.core.cases import registry, routing
from zhili.core.cases.models import Case, CaseSecret, Participation
from zhili.core.notices.models import Notice
from zhili.core.people import offices, secrets
from zhili.core.people.models import Account, Office
from zhili.core.places.edition import changed
from zhili.core.places.models import Division
from zhili.core.streams import Event


class Matter(Procedure):
    title = "路灯报修"
    scenario = "lamps"
    received = Stage("待受理", owner=Duty(), limit=Limit("lamps.accept"), plain="等待受理")
    handling = Stage("办理中", owner=Duty(), limit=Limit("lamps.handle"), plain="正在修")
    done = Final("已修复")

    report = Opening("报修", received, by=Anyone(), plain="您报修了")
    accept = Action("受理", received >> handling, by=Holder(), plain="已受理")
    note = Action("记录", handling.stay(), by=Holder())
    finish = Action("修复", handling >> done, by=Holder(), plain="修好了")
    lapse = Action("期满", handling >> done, by=Clock())

    notices = (
        Notify("report", "holder", "新的报修{number}：{title}，请在{due}前受理。"),
        Notify("accept", Party("reporter"), "您报修的{number}已由{office}受理，现在{stage}。"),
        Notify("overdue", "holder", "{number}已超过时限：{title}。"),
        Notify("overdue", "above", "{office}承办的{number}已超过时限。"),
    )


@dataclass
class Site:
    """One case held by a town's office under a county's; its reporter has an account."""

    case: Case
    town: Office
    county: Office
    reporter: Account

    def event(self, action: str = "accept", *, id: int = 1, type: str = "step", **changes: Any) -> Event:
        payload: dict[str, Any] = {
            "case": self.case.pk,
            "number": self.case.number,
            "procedure": "lamps.matter",
            "action": action,
            "to": self.case.stage,
            "office": self.town.pk,
        }
        if type == "due_soon":
            del payload["action"], payload["to"]
        return Event(id, 1, timezone.now(), type, self.case.pk, payload | changes)

    def leave_address(self, address: str) -> None:
        row = secrets.prepare("email", address)
        secrets.save([row])
        CaseSecret.objects.create(case=self.case, secret_id=row.id, field="email", step_seq=1)


@pytest.fixture
def site(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setitem(registry._procedures, "lamps.matter", Matter)
    divisions: list[Division] = []
    seats: list[Office] = []
    for code, level in (("330400000000", "city"), ("330402000000", "county"), ("330402101000", "town")):
        divisions.append(
            Division.objects.create(
                code=code,
                name=f"{level}",
                level=level,
                parent=divisions[-1] if divisions else None,
                valid_from=date(2020, 1, 1),
                lon=120.7,
                lat=30.7,
            )
        )
        seats.append(
            Office.objects.create(
                code=code,
                name={"city": "市中心", "county": "南湖区中心", "town": "凤桥镇中心"}[level],
                level=level,
                division=divisions[-1],
                parent=seats[-1] if seats else None,
                valid_from=date(2020, 1, 1),
            )
        )
    changed()
    offices.forget()
    routing.forget()
    reporter = Account.objects.create(username="wang", email="wang@example.org", language="zh-hans")
    case = Case.objects.create(
        id=17,
        number="26000000173",
        scenario="lamps",
        procedure="lamps.matter",
        version=1,
        stage="handling",
        opened_at=timezone.now(),
        due_at=datetime(2026, 11, 30, 9, 30, tzinfo=timezone.get_default_timezone()),
        title="路口灯不亮",
        channel="web",
        division=divisions[-1],
        office=seats[-1],
        seq=2,
    )
    Participation.objects.create(case=case, role="reporter", account_id=reporter.pk)
    yield Site(case, seats[-1], seats[-2], reporter)
    offices.forget()
    routing.forget()


@dataclass
class Server:
    """A mail server on this machine; `answers` decide what it says, first come first served."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    on_recipient: list[Any] = field(default_factory=list)
    on_data: list[Any] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        self.sessions.add(id(session))
        answer = self.on_recipient.pop(0) if self.on_recipient else None
        if answer == "cut":
            server.transport.abort()
            return "421 gone"
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self.on_data.pop(0) if self.on_data else None
        if answer == "silent":  # takes the message and never says so
            self._keep(envelope)
            await asyncio.Event().wait()
        if answer and answer != "cut":
            return answer
        self._keep(envelope)
        if answer == "cut":
            server.transport.abort()
        return "250 OK"

    def _keep(self, envelope) -> None:
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    running: dict[int, Controller] = {}

    def start(port: int = 0) -> Server:
        if not port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
        server = Server(port)
        running[port] = Controller(server, hostname="127.0.0.1", port=port)
        running[port].start()
        server.stop = lambda: running.pop(port).stop()
        return server

    yield start
    for controller in list(running.values()):
        controller.stop()


@pytest.fixture
def server(start_server: Callable[..., Server], settings: Any) -> Server:
    """A server that takes everything, configured as this site's."""
    started = start_server()
    use(settings, started)
    return started


def use(settings: Any, server: Server, timeout: float = 10) -> None:
    url = f"smtp://127.0.0.1:{server.port}?from=no-reply@city.example&timeout={timeout}"
    for name, value in mail_settings(url).items():
        setattr(settings, name, value)


def queue(site: Site, *numbers: int) -> list[Notice]:
    """E-mails waiting for the reporter."""
    return [
        Notice.objects.create(
            account=site.reporter,
            channel="email",
            subject=f"路灯报修 {number}：已受理",
            body=f"您报修的{number}已受理。",
            key=f"{number}/email",
            state="queued",
            next_at=timezone.now() - timedelta(minutes=1),
        )
        for number in numbers
    ]


def time_passes() -> None:
    """Everything that waits is due now."""
    Notice.objects.filter(state="queued").update(next_at=timezone.now() - timedelta(seconds=1))
