"""One visitor for each role, and one case for each way of standing to it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone
from PIL import Image

from zhili.base.draw import Candidate
from zhili.core import files
from zhili.core.cases import doors
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.tests.city import ELSEWHERE, INSIDE, SmallCity, forget
from zhili.core.draws import announcing
from zhili.core.exchange.models import Submission
from zhili.core.exchange.tests.crossing import Across
from zhili.core.files import decisions, resuming
from zhili.core.files.models import File
from zhili.core.indicators.models import Publication
from zhili.core.notices.models import Notice
from zhili.core.people import grants, tokens
from zhili.core.people.actors import CLOCK, Actor
from zhili.core.people.models import Account, Deputy, Post
from zhili.core.personal import exporting
from zhili.portal.tests.administering import setting_in
from zhili.portal.tests.registering import registered

REPORT = "citizen_reports.report"
CHANGE = ("office", "post", "postholding", "deputy", "account")


@dataclass
class Thing:
    """A case with all that hangs on it, and the code of its own reporter."""

    case: Case
    file: str
    secret: str
    code: str


@dataclass
class Visitor:
    """A role with its session or headers."""

    client: Client
    headers: dict[str, str] = field(default_factory=dict)


class World:
    """Everybody and everything the table speaks of."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        city._office(
            "A.zhujian", "南湖区住建局", "county", city.divisions["A"], city.offices["A"], kind="department"
        )
        forget()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.owner, self.other = city.resident("owner"), city.resident("other")
        self.across = Across(city)
        self.things = self._cases()
        self.notice = Notice.objects.create(
            account_id=self.owner.account_id,
            kind="t",
            channel="app",
            subject="x",
            body="x",
            key="t",
            state="sent",
        ).pk
        self.deputy = self._deputy()
        self.firm, self.premises, self.loading = registered(city)
        self.draw = self._draw()
        self.alarm = self._alarm()
        self.month = self._published()
        self.export = self._export()
        Submission.objects.create(account_id=self.owner.account_id, digest="x", token="taken-in")
        self.upload = resuming.create(10, "x.mp4", self.owner, "")[0]
        self.setting = setting_in(city)
        self.visitors = self._visitors()

    def visitor(self, role: str, thing: Thing) -> Visitor:
        """Who comes in this role to this case."""
        found = self.visitors[role]
        if role in ("grant", "other_grant"):
            others = [one for one in self.things.values() if one is not thing]
            found.headers = {"X-Grant": thing.code if role == "grant" else others[0].code}
        return found

    def _cases(self) -> dict[str, Thing]:
        city = self.city
        private = self._thing(self.owner, category="201013")
        doors.act(private.case.pk, "pass_up", city.actor("A.grid"), {"reason": "x"})
        hand = {"office": str(city.department.pk), "reason": "x"}
        doors.act(private.case.pk, "hand_over", city.actor("A.village"), hand)
        confidential = self._thing(self.owner)
        Case.objects.filter(pk=confidential.case.pk).update(confidential=True, public=False)
        public = self._thing(self.owner)
        # the ground's office has read it before everybody may: a stranger's words are not shown unread
        doors.act(public.case.pk, "accept", city.actor("A.grid"), {})
        Case.objects.filter(pk=public.case.pk).update(stage="received")
        public.case.refresh_from_db()
        # and has looked at its photo
        seen = File.objects.get(pk=public.file)
        decisions.check(seen.sha256, city.actor("A.grid"), fit=True)
        assert public.case.public
        return {
            "public": public,
            "private": private,
            "confidential": confidential,
            "foreign": self._thing(self.other, category="201013", place=ELSEWHERE),
        }

    def _thing(self, opener: Actor, **more: object) -> Thing:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "JPEG")
        picture.seek(0)
        photo = files.store(picture, "x.jpg", opener)
        data = {"what": "垃圾成堆", "place": INSIDE, "category": "201001", "photos": [str(photo.id)]}
        data |= {"anonymous": False, "phone": "13812345678", **more}
        case = Case.objects.get(pk=doors.open_case(REPORT, "report", opener, data).case_id)
        code, row = grants.prepare(case.pk, "reporter")
        grants.save([row])
        secret = CaseSecret.objects.get(case=case, field="phone").secret_id
        return Thing(case, str(photo.id), str(secret), code)

    def _published(self) -> str:
        """A month whose figures and rows are published."""
        month = timezone.localdate().replace(day=1)
        Publication.objects.create(
            month=month,
            at=timezone.now(),
            figures={},
            file=default_storage.save("open/x.zip", ContentFile(b"x")),
            sha256="x",
            bytes=1,
            rows=0,
            leaf_id=0,
        )
        return f"{month:%Y-%m}"

    def _export(self) -> int:
        """Asked for by the department's handler, and waiting."""
        asker = self.city.actor("A.zhzf", "handler")
        listed = [Case.objects.get(pk=self.things["private"].case.pk)]
        return exporting.ask(asker, listed, "待办", ["phone"], "x").pk

    def _alarm(self) -> int:
        """One of county A as a whole."""
        alarm = apps.get_model("command_centre", "Alarm")
        facts = {"place": "x", "category": "x", "today": 20, "before": 3}
        kept = {"key": "t", "kind": "sudden_rise", "level": "orange", "facts": facts, "at": timezone.now()}
        return int(alarm.objects.create(**kept, division_id=self.city.divisions["A"].pk).pk)

    def _draw(self) -> int:
        """A draw that still waits for its number."""
        sources = [announcing.numbers("x", "x")]
        at = timezone.now() + timedelta(hours=1)
        return announcing.announce("t", "t", "x", [Candidate("a"), Candidate("b")], 1, sources, at, CLOCK).pk

    def _deputy(self) -> int:
        """Somebody stands in for the department's handler."""
        post = Post.objects.get(pk=self.city.actor("A.zhzf", "handler").id)
        stand_in = Account.objects.create(username="stand-in", kind="staff")
        today = timezone.localdate()
        return Deputy.objects.create(
            post=post,
            account=stand_in,
            valid_from=today - timedelta(days=1),
            valid_to=today + timedelta(days=3),
        ).pk

    def _visitors(self) -> dict[str, Visitor]:
        actor = self.city.actor
        people = {
            "owner": self.owner,
            "other_resident": self.other,
            "grid": actor("A.grid"),
            "grid_elsewhere": actor("B.grid2"),
            "village": actor("A.village"),
            "town": actor("A.town"),
            "county": actor("A"),
            "department": actor("A.zhzf", "handler"),
            "department_leader": actor("A.zhzf", "leader"),
            "other_department": actor("A.zhujian"),
            "city": actor("city"),
            "hotline": actor("hotline"),
            "arbiter": actor("arbiter"),
            "commander": actor("city", "commander"),
            "auditor": actor("city", "auditor"),
            "admin": actor("city", "admin"),
        }
        found = {name: self._signed_in(self.city.account_of(one)) for name, one in people.items()}
        self._let_administer(self.city.account_of(people["admin"]))
        engineer = Account.objects.create(username="engineer", kind="staff", is_staff=True, is_superuser=True)
        machine = Account.objects.create(username="machine", kind="machine")
        text, _row = tokens.issue(machine, "test", ("read",))
        found["engineer"] = self._signed_in(engineer)
        found["machine"] = self._visitor({"Authorization": f"Bearer {text}"})
        found["anonymous"] = self._visitor({})
        found["grant"], found["other_grant"] = self._visitor({}), self._visitor({})
        return found

    def _visitor(self, headers: dict[str, str]) -> Visitor:
        client = Client()
        client.handler = self.handler
        client.raise_request_exception = False
        return Visitor(client, headers)

    def _signed_in(self, account: Account) -> Visitor:
        visitor = self._visitor({})
        visitor.client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return visitor

    def _let_administer(self, account: Account) -> None:
        wanted = [f"{verb}_{table}" for table in CHANGE for verb in ("view", "add", "change")]
        rights = Permission.objects.filter(content_type__app_label="people", codename__in=wanted)
        account.user_permissions.set(rights)
        Account.objects.filter(pk=account.pk).update(is_staff=True)
