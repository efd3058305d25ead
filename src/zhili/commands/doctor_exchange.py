"""What `zhili doctor` says of other systems: (state, what, what to do)."""

from __future__ import annotations

from collections.abc import Iterator

Told = tuple[str, str, str]


def open311() -> Iterator[Told]:
    from zhili.core.exchange.open311.backlog import standings, waiting_submissions

    for one in standings():
        if one.troubled:
            what = f"open311 {one.name}: 失败 failed {one.failed}，连续 in a row {one.failures}；"
            yield "warn", what + (one.error or one.last_refusal)[:200], "zhili open311 status"
        elif one.active:
            yield "ok", f"open311 {one.name}: {one.url}", ""
    waiting, late = waiting_submissions()
    if late:
        advice = "worker 在运行吗？ Is the worker running?"
        yield "warn", f"open311: {waiting} 件提交未登记 submissions not opened", advice


def sites() -> Iterator[Told]:
    from django.utils import timezone

    from zhili.core.exchange.sites.standing import standings

    for one in standings():
        if not one.active:
            continue
        since = f"，最早 oldest {timezone.localtime(one.oldest):%F %R}" if one.oldest else ""
        waits = f"{one.waiting} 条等待 waiting{since}"
        if one.troubled:
            what = f"站点 site {one.site}: {waits}，连续失败 in a row {one.failures}；{one.error[:200]}"
            advice = "zhili exchange status；恢复过备份？ after a restore: zhili exchange reconcile"
            yield "warn", what, advice
        else:
            yield "ok", f"站点 site {one.site}: {waits}", ""


def trails() -> Iterator[Told]:
    """Whom we know by what, and whether their trails hold."""
    from zhili.core.exchange.models import RefusedMessage, RemoteSite, SiteFork
    from zhili.core.exchange.sites import keys, overview

    known = RemoteSite.objects.filter(active=True)
    if not known.exists():
        return
    try:
        yield "ok", f"站点密钥 exchange key: {keys.current().keyid}", ""
    except keys.ExchangeKeysError as error:
        yield "fail", f"站点密钥 exchange key: {error}", "ZHILI_HOME/exchange_keys.json"
    if not keys.public_url():
        yield "warn", "没有设置本站地址，别处的签名可能对不上 no own address set", "ZHILI_URL=https://…"
    for fork in SiteFork.objects.select_related("site").order_by("pk"):
        what = f"{fork.site.site} 的存证前后矛盾 its trail contradicts itself: {fork.kind}, {fork.size}"
        yield "fail", what, f"/desk/admin/sites/{fork.site_id}；docs/exchange.md"
    for row in overview.listing():
        if row.site.active and not row.keys:
            yield "warn", f"{row.site.site}: 没有有效公钥 no valid key", "zhili exchange site key"
    since = overview.since()
    told = RefusedMessage.objects.filter(
        day__gte=since, code__in=("conflict", "checkpoint_key"), site__active=True
    )
    for one in told.select_related("site").order_by("site_id", "code", "-day"):
        yield "warn", f"{one.site}: {one.code} × {one.count}（{one.day}）", f"/desk/admin/sites/{one.site_id}"


def webhooks() -> Iterator[Told]:
    from zhili.commands.exchanging_webhooks import WORDS
    from zhili.core.exchange.webhooks.standing import all_healths

    well = 0
    for one in all_healths():
        row = one.row
        if not one.troubled:
            well += 1
            continue
        counts = f"等待 waiting {one.waiting}，未送达 dead {one.dead}"
        what = f"webhook {row.pk} {row.name}: {WORDS[one.state]}；{counts} {row.error[:160]}"
        yield "warn", what.strip(), f"/desk/admin/webhooks/{row.pk}；zhili exchange webhooks replay {row.pk}"
    if well:
        yield "ok", f"事件推送 webhooks: {well}", ""
