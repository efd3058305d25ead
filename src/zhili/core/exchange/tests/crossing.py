"""Another city across the border, played by hand: its site, the agreement with it, messages as it would send them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.utils import timezone

from zhili.base.exchange.agreement import parse_document
from zhili.base.exchange.shape import spelt
from zhili.base.exchange.wire import Message
from zhili.core.cases.models import Case, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.exchange.handover import agreed
from zhili.core.exchange.models import Direction, Link, Outgoing, RemoteSite, SiteAgreement
from zhili.core.exchange.sites import applying
from zhili.core.people.models import Account
from zhili.core.streams import Event, consumers
from zhili.core.streams.models import StreamEvent

OURS, THEIRS = "nanhu.jiaxing", "jinshan.shanghai"
TITLE = "上海市金山区"
DOCUMENT: dict[str, Any] = {
    "code": "grid-01",
    "version": 2,
    "title": "毗邻网格协同协议",
    "sites": [OURS, THEIRS],
    "group": "平安守护一体化",
    "categories": [{"a": "201001", "b": "JS-LJ"}, {"a": "201013", "b": "JS-DJ"}],
    "fields": ["size"],
    "personal": ["phone", "name"],
    "gate_personal": False,
    "files": True,
    "due_days": 5,
    "topics": [],
    "valid_from": "2020-01-01",
    "valid_to": None,
}


class Across:
    """Shanghai–Jinshan as we know it. ``opens``: what a matter from there begins here."""

    def __init__(self, city: SmallCity, opens: str = "citizen_reports.report/report", **changed: Any) -> None:
        procedure, opening = opens.split("/")
        self.city = city
        account = Account.objects.create(username="site-jinshan", kind="machine")
        self.site = RemoteSite.objects.create(
            site=THEIRS,
            title=TITLE,
            url="https://jinshan.example",
            account=account,
            office=city.offices["A.zhzf"],
        )
        document = parse_document({**DOCUMENT, **changed})
        self.agreement = SiteAgreement.objects.create(
            site=self.site,
            code=document.code,
            version=document.version,
            digest=document.digest(),
            document=document.document(),
            procedure=procedure,
            opening=opening,
            valid_from=date(2020, 1, 1),
        )
        self._read = 0
        agreed.forget()

    # --- what they send ---

    def matter(self, **changed: Any) -> dict[str, Any]:
        """A hand_over as they would send it: a heap of rubbish on our side of the border."""
        body = {
            "agreement": "grid-01",
            "agreement_digest": self.agreement.digest,
            "title": "界河边倾倒垃圾",
            "what": "界河南岸有人倾倒建筑垃圾，请清理。",
            "category": "201001",
            "place": INSIDE,
            "reported_at": "2026-11-22T01:00:00Z",
            "joint": False,
            "due_days": 5,
            "history": [
                {
                    "at": "2026-11-22T01:00:00Z",
                    "stage": "待受理",
                    "words": "报了，电话13800001234",
                    "office": "廊下镇",
                }
            ],
        }
        return {name: value for name, value in {**body, **changed}.items() if value is not None}

    def stream(self) -> Link:
        """A stream they begin, as receiving makes it."""
        return Link.objects.create(site=self.site, stream=f"matter:{uuid.uuid4()}", way=Direction.IN)

    def send(self, link: Link, kind: str, **body: Any) -> None:
        """Their next message, taken as receiving would."""
        link.refresh_from_db()
        link.in_seq += 1
        applying.apply(link, Message(link.stream, link.in_seq, kind, timezone.now(), body), self.site)
        Link.objects.filter(pk=link.pk).update(in_seq=link.in_seq)

    def hand_us(self, **changed: Any) -> tuple[Link, Case]:
        """They hand us a matter."""
        link = self.stream()
        self.send(link, "hand_over", **self.matter(**changed))
        link.refresh_from_db()
        return link, Case.objects.get(pk=link.case_id)

    def progress(self, link: Link, words: str, **more: Any) -> None:
        self.send(
            link, "progress", **{"stage": "办理中", "words": words, "at": spelt(timezone.now()), **more}
        )

    # --- what we sent ---

    @property
    def link(self) -> Link:
        """The newest stream."""
        return Link.objects.latest("pk")

    def told(self, link: Link | None = None) -> list[str]:
        """Kinds of what we sent, oldest first, once what happened was read (as the worker does: each event once)."""
        rows = StreamEvent.objects.filter(type="step", pk__gt=self._read).order_by("pk")
        events = [Event(e.pk, 0, e.at, e.type, e.subject, e.payload) for e in rows]
        if events:
            self._read = events[-1].id
            consumers()["exchange"].handle(events)
        sent = Outgoing.objects.filter(link=link or self.link).order_by("seq")
        return list(sent.values_list("kind", flat=True))

    def last(self, link: Link | None = None) -> dict[str, Any]:
        row = Outgoing.objects.filter(link=link or self.link).latest("seq")
        return dict(row.body)


def steps(case: Case | int) -> list[str]:
    pk = case if isinstance(case, int) else case.pk
    return list(Step.objects.filter(case_id=pk).order_by("seq").values_list("action", flat=True))
