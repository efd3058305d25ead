"""`zhili doctor`: one line per matter — ok, look, or broken — and what to do about it."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from django.conf import settings
from django.db import connection
from rich.console import Console

from zhili import __version__
from zhili.commands import doctor_exchange
from zhili.conf import health
from zhili.conf.database import owner_url, role_of
from zhili.conf.site import read_state

console = Console(highlight=False, soft_wrap=True)
MARKS = {"ok": "[green]✓ 正常[/]", "warn": "[yellow]! 留意[/]", "fail": "[red]✗ 故障[/]"}


@dataclass(frozen=True)
class Line:
    state: str  # ok, warn, fail
    what: str
    do: str = ""


def doctor() -> int:
    """Print every line; 1 when something is broken."""
    worst = 0
    for part in PARTS:
        try:
            lines = list(part())
        except Exception as error:  # one broken part must not hide the others
            lines = [Line("fail", f"{part.__name__.strip('_')}: {type(error).__name__}: {error}")]
        for line in lines:
            console.print(f"{MARKS[line.state]}  {line.what}")
            if line.do:
                console.print(f"          → {line.do}")
            worst = max(worst, line.state == "fail")
    return worst


def _versions() -> Iterator[Line]:
    yield Line(
        "ok",
        f"zhili {__version__}, Python {platform.python_version()}, Django {version('django')}, {sys.platform}",
    )
    if os.geteuid() == 0:
        yield Line(
            "warn",
            "以 root 运行（数据库除外） runs as root (except the database)",
            "长期使用请建一个普通用户来运行。 For lasting use run it as an ordinary user.",
        )
    if settings.DEBUG:
        yield Line(
            "fail", "ZHILI_DEBUG=1 会把内部信息给访客 shows internals to visitors", "unset ZHILI_DEBUG"
        )


def _database() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_user, current_setting('fsync'),"
            " current_setting('synchronous_commit'), pg_database_size(current_database())"
        )
        number, user, fsync, commit, size = cursor.fetchone()
        cursor.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        superuser, creator = cursor.fetchone()
    major = number // 10_000
    yield Line(
        "ok" if 15 <= major <= 18 else "warn",
        f"PostgreSQL {major}.{number % 10_000}, {size / 1e6:,.0f} MB",
        "" if 15 <= major <= 18 else "支持 15 至 18。 15 to 18 are supported.",
    )
    if fsync != "on" or commit == "off":
        yield Line(
            "fail",
            f"fsync={fsync}, synchronous_commit={commit}：断电会丢数据 a power cut loses data",
            "两者都应为 on。 Set both on.",
        )
    owner = role_of(owner_url())
    if user == owner:
        yield Line(
            "warn",
            f"服务与升级用同一个角色 {user} one role for service and migrations",
            "建两个角色，见 docs/operate.md。 Make two roles: docs/operate.md.",
        )
    elif superuser or creator:
        yield Line(
            "fail",
            f"运行角色 {user} 权限过大 the runtime role has too many rights",
            f"ALTER ROLE {user} NOSUPERUSER NOCREATEROLE",
        )
    else:
        yield Line("ok", f"角色 roles: 运行 service {user}，升级 migrations {owner}")


def _evidence() -> Iterator[Line]:
    from zhili.core.trail.protect import protected_tables

    with connection.cursor() as cursor:
        for table in protected_tables():
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE') OR has_table_privilege(%s, 'DELETE')"
                " OR has_table_privilege(%s, 'TRUNCATE')",
                [table] * 3,
            )
            if cursor.fetchone()[0]:
                yield Line(
                    "warn",
                    f"运行角色能改写 {table}（触发器仍会拒绝） the runtime role may alter it (triggers refuse)",
                    "zhili migrate",
                )
                return
    yield Line("ok", "运行角色不能改写记录 the runtime role cannot alter the record")


def _trail() -> Iterator[Line]:
    from django.utils import timezone

    from zhili.core.trail import checkpoints, forks, heads, keys, memory, stamping
    from zhili.core.trail.models import Fork

    if alarms := forks.look_at_everything():
        newest = Fork.objects.order_by("-id").first()
        when = f"{timezone.localtime(newest.at):%F %R}, {newest.kind}, {newest.size:,}" if newest else ""
        yield Line(
            "fail",
            f"存证分叉警报 {alarms} 次 fork alarms on the trail: {when}",
            "/trail；docs/operate.md “When the fork alarm is raised”",
        )
    head, signed = heads.current(), checkpoints.latest()
    late = head.at is not None and (signed is None or signed.size < head.size)
    waited = (timezone.now() - head.at).total_seconds() if head.at else 0
    if late and waited > 300:
        yield Line(
            "fail",
            f"存证根 {waited:,.0f} 秒没有签名 a head waits for its signature",
            "worker；trail_keys.json",
        )
    elif signed:
        yield Line("ok", f"存证 trail: {signed.size:,} 条已签名 leaves under a signed head")
    if signed and not memory.path().exists():
        what = f"库外没有留存的存证根 no signed heads kept outside the database: {memory.path()}"
        yield Line("warn", what, "换过机器？下次签名时会重建。 It begins anew with the next head.")
    if keys.FILE.exists() and not any(key.vkey.algorithm == b"\x01" for key in keys.ring().signing()):
        yield Line("warn", "没有 Ed25519 签名 no Ed25519 key signs", "ZHILI_TRAIL_SIGNERS=ed25519,…")
    stamps = stamping.standing()
    waiting = stamps["waiting_since"]
    if stamps["url"] and not stamps["pinned"]:
        yield Line("warn", "存证根没有时间戳 heads are not stamped", "ZHILI_TSA_CERTIFICATE=/…/tsa.pem")
    elif stamps["url"] and waiting and (timezone.now() - waiting).total_seconds() > 6 * 3600:
        yield Line(
            "warn", f"时间戳中断 no time stamp since {stamps['last']}", f"{stamps['url']} {stamps['said']}"
        )


def _audit() -> Iterator[Line]:
    from zhili.commands.auditing import standing

    yield from (Line(*told) for told in standing())


def _service() -> Iterator[Line]:
    running = read_state()
    if running:
        yield Line("ok", f"在运行 running: http://{running['host']}:{running['port']}（{running['pid']}）")
    advice = {"migrations": "zhili migrate", "worker": "zhili run 或 or zhili worker"}
    for part, state in health.status().items():
        idle = part == "worker" and not running
        yield Line(
            "ok" if state == "ok" else "warn" if idle else "fail",
            f"{part}: {state}",
            "" if state == "ok" else advice.get(part, "DATABASE_URL"),
        )


def _files() -> Iterator[Line]:
    from zhili.core.files import clamd, limits, quotas
    from zhili.core.files.models import File

    most = limits.read("files.site_total", limits.size)
    kept, free = quotas.total(quotas.SITE, most), quotas.disk_free()
    least = limits.read("files.keep_free", limits.size)
    room = f"，磁盘还有 free {limits.in_words(free)}" if free is not None else ""
    full = kept.warns or (free is not None and free < 2 * least)
    yield Line(
        "fail" if free is not None and free < least else "warn" if full else "ok",
        f"文件 files: {kept.files} 个，{limits.in_words(kept.bytes)}{room}",
        "新文件会被拒绝（507）：腾出空间，或调整 files.keep_free、files.site_total。"
        " New files are refused: make room, or change these parameters."
        if full
        else "",
    )
    for office, one in quotas.largest():
        if one.warns:
            yield Line(
                "warn",
                f"单位 office {office}: {limits.in_words(one.bytes)} / {limits.in_words(one.most)}",
                "files.office_total",
            )
    waiting = File.objects.filter(scan="waits").count()
    if settings.CLAMD:
        try:
            yield Line("ok", f"病毒扫描 virus scan: {clamd.Clamd(settings.CLAMD, 5).version()}")
        except clamd.NotScanned as error:
            yield Line("fail", f"病毒扫描连不上 virus scanner: {error}", "ZHILI_CLAMD")
    else:
        yield Line(
            "warn",
            "没有接病毒扫描 no virus scanner",
            "ZHILI_CLAMD=unix:/run/clamav/clamd.ctl (docs/files.md)",
        )
    if waiting:
        yield Line("warn", f"{waiting} 个文件等待扫描，谁也看不到 files wait for their scan, shown to nobody")


def _streams() -> Iterator[Line]:
    from zhili.core.streams import lag

    state = lag()
    held = state["horizon_age_s"]
    if held > 10:
        yield Line(
            "warn",
            f"有写事务拖住事件流 {held:.0f} 秒 a writer holds the streams back",
            "SELECT pid, query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY xact_start",
        )
    for name, one in state["consumers"].items():
        late = (one["oldest_s"] or 0) > 60
        yield Line(
            "warn" if late else "ok",
            f"stream {name}: 落后 behind {one['behind']}",
            "worker 在运行吗？ Is the worker running?" if late else "",
        )
        if one["parked"]:
            yield Line(
                "fail",
                f"stream {name}: {one['parked']} 条事件搁置 events parked",
                f"看 see streams_parked；{one['error'][:200]}",
            )


def _calendars() -> Iterator[Line]:
    from zhili.core.params import calendar_gaps

    gaps = calendar_gaps()
    for gap in gaps:
        yield Line(
            "warn",
            str(gap),
            "国务院公布后升级 chinesecalendar，或录入日历。 Upgrade chinesecalendar or enter the days.",
        )
    if not gaps:
        yield Line("ok", "节假日历齐全 working calendar complete")


def _disk() -> Iterator[Line]:
    usage = shutil.disk_usage(settings.HOME)
    free = usage.free / usage.total
    low = usage.free < 2e9 or free < 0.05
    yield Line(
        "fail" if usage.free < 5e8 else "warn" if low else "ok",
        f"磁盘可用 disk free {usage.free / 1e9:.1f} GB ({free:.0%}) {settings.HOME}",
        "清理或扩容。 Free some space." if low else "",
    )


def _backup() -> Iterator[Line]:
    from django.utils import timezone

    from zhili.conf.models import Round

    last = Round.objects.filter(name="backup").values_list("ended_at", flat=True).first()
    if last is None:
        yield Line("warn", "没有用 zhili backup 备份过 never backed up by zhili backup", "docs/operate.md")
        return
    days = (timezone.now() - last).days
    yield Line(
        "ok" if days < 8 else "warn",
        f"上次备份 last backup: {timezone.localtime(last):%F %R}",
        "" if days < 8 else f"已过 {days} 天，该再备份了。 {days} days ago: time for another.",
    )


def _fonts() -> Iterator[Line]:
    """Chinese type is only needed here for documents and pictures made on the server, and for tests in a browser."""
    tool = shutil.which("fc-list")
    found = (
        subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        if tool
        else ""
    )
    yield (
        Line("ok", "中文字体 Chinese fonts")
        if found.strip()
        else Line(
            "warn", "这台机器没有中文字体 no Chinese font on this machine", "apt-get install fonts-noto-cjk"
        )
    )


def _mail() -> Iterator[Line]:
    if not getattr(settings, "EMAIL_URL", ""):
        yield Line(
            "warn",
            "没有配置邮件 no e-mail",
            "EMAIL_URL=smtp://… 见 docs/operate.md；此前只有站内消息 only in-app notices until then",
        )
    else:
        yield Line("ok", f"邮件 e-mail: {settings.EMAIL_HOST}:{settings.EMAIL_PORT}")


def _texts() -> Iterator[Line]:
    from zhili.core.people import sms

    if settings.SMS_URL:
        yield Line("ok", "短信服务商 text messages: SMS_URL")
        return
    how = (
        "验证码写在 sms.log，只供试用 codes are written to sms.log, for a trial only"
        if sms.trial()
        else "居民不能用手机号登录 residents cannot sign in by number"
    )
    yield Line("warn", f"没有配置短信服务商 no SMS provider: {how}", "SMS_URL=https://… 见 docs/operate.md")


def _open311() -> Iterator[Line]:
    yield from (Line(*told) for told in doctor_exchange.open311())


def _webhooks() -> Iterator[Line]:
    yield from (Line(*told) for told in doctor_exchange.webhooks())


def _sites() -> Iterator[Line]:
    yield from (Line(*told) for told in doctor_exchange.sites())
    yield from (Line(*told) for told in doctor_exchange.trails())


def _documents() -> Iterator[Line]:
    """Issuing works without them; the PDF then waits."""
    from zhili.core.documents import printing
    from zhili.core.documents.models import Rendering

    if lacks := printing.missing():
        yield Line(
            "warn",
            f"不能制作公文PDF no PDF of documents: {lacks}",
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk",
        )
    else:
        yield Line("ok", "公文排版 printing of documents")
    parked = Rendering.objects.filter(state=Rendering.State.PARKED)
    if (last := parked.order_by("-pk").first()) is not None:
        yield Line(
            "fail",
            f"{parked.count()} 份公文没有制成 documents parked: {last.error[:200]}",
            "zhili documents again",
        )
    held = Rendering.objects.exclude(error="").exclude(state=Rendering.State.PARKED)
    if (last := held.order_by("-pk").first()) is not None:
        yield Line("warn", f"{held.count()} 份公文在等 documents waiting: {last.error[:200]}")


def _retention() -> Iterator[Line]:
    from zhili.core.personal import forecast

    found = forecast.now()
    for one in found.lines:
        yield Line("ok", f"下一轮清除 next to go: {one.title} {one.going:,}, 留存 kept {one.kept:,}")


PARTS: list[Callable[[], Iterator[Line]]] = [
    _versions,
    _database,
    _evidence,
    _trail,
    _audit,
    _service,
    _streams,
    _files,
    _calendars,
    _disk,
    _backup,
    _fonts,
    _documents,
    _mail,
    _texts,
    _open311,
    _sites,
    _webhooks,
    _retention,
]
