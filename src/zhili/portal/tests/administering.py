"""A city in which everything that offices set up exists once, and what is sent to change each of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.utils import timezone

from zhili.base.decisions import Words
from zhili.core.administration.models import Proposal
from zhili.core.cases.models import Duty
from zhili.core.cases.tests.city import BEGIN, SCENARIO, SmallCity, forget
from zhili.core.exchange.models import Delivery, GateFile, PublicEvent, Subscription
from zhili.core.exchange.sites import peers
from zhili.core.people import tokens
from zhili.core.people.actors import Actor
from zhili.core.people.models import Account, Post, PostHolding
from zhili.core.registers.models import Device
from zhili.core.signals import sources
from zhili.core.signals.store import storing
from zhili.core.signals.store.storing import Message, Said
from zhili.core.tables import flagging, keeping
from zhili.core.tables.models import TableVersion
from zhili.core.tables.tests.sample import benchmark
from zhili.core.trail.models import Change

WALKED = (
    "desk/admin",
    "desk/admin/offices?q=南湖",
    "desk/admin/offices/<int:office>",
    "desk/admin/offices/<int:office>/posts/new",
    "desk/admin/offices/<int:office>/accounts/new",
    "desk/admin/posts/<int:post>",
    "desk/admin/posts/<int:post>/close",
    "desk/admin/accounts",
    "desk/admin/accounts/<int:account>",
    "desk/admin/accounts/<int:account>/off",
    "desk/admin/duties",
    "desk/admin/duties?category=zzz",
    "desk/admin/duties/way?category=私搭乱建&place=南湖区",
    "desk/admin/duties/faults",
    "desk/admin/duties/new",
    "desk/admin/duties/import",
    "desk/admin/files",
    "desk/admin/retention",
    "desk/admin/parameters",
    "desk/admin/parameters/<str:param>",
    "desk/admin/proposals/<int:proposal>",
    "desk/admin/tables",
    "desk/admin/tables?q=zzz",
    "desk/admin/tables/imported",
    "desk/admin/tables/imported?q=zzz",
    "desk/admin/tables/new",
    "desk/admin/tables/<int:table>",
    "desk/admin/tables/<int:table>/try?fact-value=5000&fact-grade=一般",
    "desk/admin/tables/<int:table>/compare",
    "desk/admin/tables/<int:table>/look",
    "desk/admin/tables/<int:table>/confirm",
    "desk/admin/tables/<int:table>/withdraw",
    "desk/admin/calendar",
    "desk/admin/calendar/<str:day>",
    "desk/admin/calendar/import",
    "desk/admin/machines",
    "desk/admin/machines/<int:machine>/token",
    "desk/admin/devices",
    "desk/admin/devices/new",
    "desk/admin/devices/<int:device>",
    "desk/admin/devices/<int:device>/end",
    "desk/admin/senders",
    "desk/admin/senders/new",
    "desk/admin/senders/<int:sender>",
    "desk/admin/webhooks",
    "desk/admin/webhooks?q=zzz",
    "desk/admin/webhooks/new",
    "desk/admin/webhooks/<int:webhook>",
    "desk/admin/webhooks/<int:webhook>/edit",
    "desk/admin/webhooks/<int:webhook>/letters",
    "desk/admin/webhooks/<int:webhook>/letters/<int:letter>",
    "desk/admin/webhooks/<int:webhook>/replay",
    "desk/admin/sites",
    "desk/admin/sites/new",
    "desk/admin/sites/<int:remote>",
    "desk/admin/sites/<int:remote>/gate",
    "desk/admin/sites/<int:remote>/key",
    "desk/admin/sites/<int:remote>/switch",
    "desk/admin/site-keys/<int:remote_key>/revoke",
    "desk/admin/log",
    "desk/admin/changes/<int:change>/undo",
)
"""A page of each kind, for the tests that look at all there are."""
DEVICE = {
    "kind": "sensor", "name": "建国路雨量计", "purpose": "积水预警", "records": "每十分钟一次雨量",
    "ground": "防汛预案", "place": "建国路雨水泵站", "lon": "120.75", "lat": "30.75", "keeps_days": "365",
}  # fmt: skip
LIMIT = "referrals.assist"
LEGAL = "citizen_reports.overall"


@dataclass
class Setting:
    """The ids of one of each, in the department of county A, and who may change them."""

    city: SmallCity
    admin: Actor
    second: Actor
    office: int
    post: int
    closed: int
    holding: int
    account: int
    off: int
    duty: int
    coming: int
    change: int
    machine: int
    token: int
    proposal: int
    device: int
    sender: int
    webhook: int
    stopped: int
    letter: int
    remote: int
    remote_key: int
    gate_file: int
    table: int
    imported: int
    day: str

    def named(self) -> dict[str, str]:
        """What stands in the addresses of pages/admin/urls.py."""
        return {"param": LIMIT, "issued": str(self.token), **{one: str(getattr(self, one)) for one in NAMED}}

    def address(self, route: str, **given: object) -> str:
        """A route with these ids in it."""
        path = "/" + route
        for name, value in {**self.named(), **given}.items():
            for kind in ("int", "str"):
                path = path.replace(f"<{kind}:{name}>", str(value))
        return path


NAMED = (
    "office",
    "post",
    "holding",
    "account",
    "duty",
    "change",
    "machine",
    "proposal",
    "device",
    "sender",
    "webhook",
    "letter",
    "remote",
    "remote_key",
    "gate_file",
    "table",
    "day",
)


def setting_in(city: SmallCity) -> Setting:
    """Make them all."""
    admin = city.actor("city", "admin")
    second = city.actor("city", "leader", name="second")
    worker = city.actor("A.zhzf", "handler")
    office = city.department
    today = timezone.localdate()
    closed = Post.objects.create(
        office=office, title="旧岗位", roles=["handler"], valid_from=BEGIN, valid_to=today
    )
    off = Account.objects.create(username="gone", kind="staff", is_active=False, display_name="已调离")
    PostHolding.objects.create(post=closed, account=off, valid_from=BEGIN, valid_to=today)
    Authenticator.objects.create(
        user_id=worker.account_id, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    machine = Account.objects.create(username="grid-system", kind="machine", display_name="网格通")
    PostHolding.objects.create(post_id=worker.id, account=machine, valid_from=BEGIN)
    _text, token = tokens.issue(machine, "每日同步")
    duty = Duty.objects.get(scenario=SCENARIO, category="201013", division=city.divisions["A"])
    coming = Duty.objects.create(
        scenario=SCENARIO, category="201001", division=city.divisions["A"], office=office,
        valid_from=today + timedelta(days=3),
    )  # fmt: skip
    was = {"office": office.pk, "office_name": office.name, "direct": False, "source": "三定方案"}
    change = Change.objects.create(
        subject="duty", key=f"{SCENARIO}/204003/{city.divisions['A'].pk}", done="changed", name="燃气泄漏 · 南湖区",
        office_id=office.pk, before=was, after={**was, "office_name": "南湖区住建局"}, actor_kind="post",
        actor_id=admin.id, actor_label=admin.label, leaf_id=0, salt=b"x",
    )  # fmt: skip
    proposal = Proposal.objects.create(
        key="referrals.accept", value="2wd", former="1wd", valid_from=today + timedelta(days=9), reason="试行后延长",
        proposed_by=second.account_id or 0, proposed_label=second.label,
    )  # fmt: skip
    device = Device.objects.create(
        kind="camera", name="文化广场东侧摄像头", purpose="广场公共安全和人流疏导", records="图像，无声音", people=True,
        ground="公共安全视频建设方案", office=office, place="文化广场东入口", keeps_days=30, valid_from=today,
        valid_to=today + timedelta(days=365),
    )  # fmt: skip
    sender, _key = sources.register(
        "861234567890123", "mqtt", "wristband", actor=admin, office_id=office.pk, title="港胡村3号手环"
    )
    said = (Said("battery", value=0.15),)
    storing.accept([
        Message(number, "mqtt", said, b"{}", timezone.now(), key=key)
        for number, key in ((sender.number, None), (sender.number, "wrong"), ("869999999999999", None))
    ])  # fmt: skip
    webhook, stopped, letter = _webhooks(machine)
    site = peers.add(
        peers.Known("next.example", "邻市治理", "http://127.0.0.1:9", office.code, (b"k" * 32,)), admin
    )
    forget()
    gate_file = GateFile.objects.create(
        site=site, way="in", name="x.json", delivery=uuid4(), digest="0" * 64, request={"answer": "{}"}
    )
    return Setting(
        city, admin, second, office.pk, worker.id or 0, closed.pk,
        PostHolding.objects.get(account_id=worker.account_id).pk, worker.account_id or 0, off.pk,
        duty.pk, coming.pk, change.pk, machine.pk, token.pk, proposal.pk, device.pk, sender.pk,
        webhook, stopped, letter, site.pk, site.keys.get().pk, gate_file.pk, *_tables(second),
        (today + timedelta(days=40)).isoformat(),
    )  # fmt: skip


WEBHOOK = {"url": "http://127.0.0.1:9/hook", "types": ["zhili.case.closed"]}
"""Where nobody listens: asked for its permission, it is away at once."""


def _tables(second: Actor) -> tuple[int, int]:
    """A draft that waits for its second person; one from a file that nobody has looked through."""
    draft = keeping.draft(benchmark(), "裁量基准（示例）", second)
    flags = [(1, Words("原文没有下限，按 0 元导入"))]
    imported = keeping.draft(
        benchmark(name="discretion.导入"), "条文", second, flags=flags, looked_through=False
    )
    return draft.pk, imported.pk


def _webhooks(machine: Account) -> tuple[int, int, int]:
    """One that receives, with a letter it refused; one that is stopped; the letter."""
    more = {
        "account": machine,
        "private_allowed": True,
        "agreed_at": timezone.now(),
        "ask_at": None,
        **WEBHOOK,
    }
    one = Subscription.objects.create(name="数据平台", **more)
    stopped = Subscription.objects.create(name="旧大屏", active=False, **more)
    event = PublicEvent.objects.create(
        id=uuid4(), type="zhili.case.closed", subject="26000000017", at=timezone.now(), sequence="1",
        data={"number": "26000000017"},
    )  # fmt: skip
    letter = Delivery.objects.create(
        subscription=one,
        event=event,
        state="dead",
        attempts=10,
        next_at=None,
        status=422,
        error="422 no such field",
    )
    return one.pk, stopped.pk, letter.pk


def _flagged(version: Any) -> list[int]:
    """The rows of a draft that a person must look at."""
    rows = flagging.rows_of(TableVersion.objects.get(pk=version))
    return [row.number for row in rows if row.flags]


def sendings(one: Setting) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the name of its page: where a change is sent to, and what. A preview is sent by ``send`` first."""
    today = timezone.localdate()
    soon = (today + timedelta(days=2)).isoformat()
    now, dated = today.isoformat(), {"first": soon, "reason": "职责调整"}
    hall = one.city.offices["A"].name
    where = one.address
    base = "desk/admin"
    return {
        "admin_post_new": (
            where(f"{base}/offices/<int:office>/posts/new"),
            {"title": "窗口", "roles": ["handler"], "first": today.isoformat()},
        ),
        "admin_account_new": (
            where(f"{base}/offices/<int:office>/accounts/new"),
            {"post": str(one.post), "username": "wang", "name": "王芳", "phone": "13800138000", "first": now},
        ),
        "admin_post": (
            where(f"{base}/posts/<int:post>"),
            {"title": "经办人", "roles": ["handler", "leader"], "reason": "合并岗位"},
        ),
        "admin_post_close": (where(f"{base}/posts/<int:post>/close"), {"first": soon, "reason": "撤销"}),
        "admin_post_reopen": (where(f"{base}/posts/<int:post>/reopen", post=one.closed), {}),
        "admin_post_give": (where(f"{base}/posts/<int:post>/give"), {"username": "second", "first": soon}),
        "admin_holding_end": (where(f"{base}/holdings/<int:holding>/end"), {"first": soon, "reason": "轮岗"}),
        "admin_account_link": (where(f"{base}/accounts/<int:account>/link"), {}),
        "admin_second_factor": (where(f"{base}/accounts/<int:account>/second-factor"), {}),
        "admin_sessions": (where(f"{base}/accounts/<int:account>/sessions"), {}),
        "admin_account_off": (where(f"{base}/accounts/<int:account>/off"), {"successor": "second", "reason": "调离"}),
        "admin_account_on": (where(f"{base}/accounts/<int:account>/on", account=one.off), {}),
        "admin_duty_new": (
            f"/{base}/duties/new",
            {"scenario": SCENARIO, "category": "201", "division": "330402000000", "office": hall, **dated},
        ),
        "admin_duty": (where(f"{base}/duties/<int:duty>"), {"office": hall, "first": soon, "reason": "改归属"}),
        "admin_duty_end": (where(f"{base}/duties/<int:duty>/end"), {"first": soon, "reason": "不再分设"}),
        "admin_duty_withdraw": (where(f"{base}/duties/<int:duty>/withdraw", duty=one.coming), {}),
        "admin_undo": (where(f"{base}/changes/<int:change>/undo"), {}),
        "admin_parameter": (
            where(f"{base}/parameters/<str:param>"), {"value": "7wd", "first": soon, "reason": "件多人少"},
        ),
        "admin_proposal": (where(f"{base}/proposals/<int:proposal>"), {"agreed": "on"}),
        "admin_table_look": (
            where(f"{base}/tables/<int:table>/look", table=one.imported),
            {"checked": "on", **{f"row_{row}": "on" for row in _flagged(one.imported)}},
        ),
        "admin_table_confirm": (
            where(f"{base}/tables/<int:table>/confirm"), {"first": soon, "checked": "on"},
        ),
        "admin_table_withdraw": (where(f"{base}/tables/<int:table>/withdraw"), {"reason": "数额写错"}),
        "admin_day": (where(f"{base}/calendar/<str:day>"), {"working": "0", "note": "国办发明电〔2026〕12号"}),
        "admin_machine_new": (
            f"/{base}/machines/new",
            {"post": str(one.post), "username": "video", "name": "视频平台"},
        ),
        "admin_token_new": (
            where(f"{base}/machines/<int:machine>/token"),
            {"label": "夜间同步", "scopes": ["read"], "days": "30"},
        ),
        "admin_device_new": (f"/{base}/devices/new", {**DEVICE, "office": str(one.office), "valid_from": now,
                             "valid_to": (today + timedelta(days=300)).isoformat()}),
        "admin_device": (
            where(f"{base}/devices/<int:device>"),
            {**DEVICE, "valid_from": now, "valid_to": (today + timedelta(days=700)).isoformat(), "reason": "续期"},
        ),
        "admin_device_end": (where(f"{base}/devices/<int:device>/end"), {"reason": "广场改造"}),
        "admin_sender_new": (f"/{base}/senders/new", {"number": "862222222222222", "title": "王家桥水位计",
                             "kind": "sensor", "protocol": "http", "office": str(one.office), "per_minute": "60"}),
        "admin_sender_key": (where(f"{base}/senders/<int:sender>/key"), {"reason": "密钥泄露"}),
        "admin_sender_retire": (where(f"{base}/senders/<int:sender>/retire"), {"reason": "设备损坏"}),
        "admin_webhook_new": (
            f"/{base}/webhooks/new",
            {**WEBHOOK, "name": "值班大屏", "account": str(one.machine), "mode": "structured", "per_minute": "60",
             "private_allowed": "on"},
        ),
        "admin_webhook_edit": (
            where(f"{base}/webhooks/<int:webhook>/edit"),
            {**WEBHOOK, "name": "数据中台", "mode": "batch", "per_minute": "60", "private_allowed": "on"},
        ),
        "admin_webhook_pause": (where(f"{base}/webhooks/<int:webhook>/pause"), {}),
        "admin_webhook_resume": (where(f"{base}/webhooks/<int:webhook>/resume", webhook=one.stopped), {}),
        "admin_webhook_delete": (where(f"{base}/webhooks/<int:webhook>/delete"), {}),
        "admin_webhook_replay": (where(f"{base}/webhooks/<int:webhook>/replay"), {}),
        "admin_webhook_letter": (where(f"{base}/webhooks/<int:webhook>/letters/<int:letter>"), {}),
        "admin_site_switch": (where(f"{base}/sites/<int:remote>/switch"), {"reason": "协议到期"}),
        "admin_site_key_revoke": (where(f"{base}/site-keys/<int:remote_key>/revoke"), {"reason": "私钥可能泄露"}),
        "admin_token_revoke": (where(f"{base}/tokens/<int:issued>/revoke"), {}),
    }  # fmt: skip
