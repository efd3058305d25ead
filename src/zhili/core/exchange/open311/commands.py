"""`zhili open311`: other Open311 servers, asked and told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NoReturn

import typer
from django.utils import timezone
from rich.console import Console
from rich.table import Table

app = typer.Typer(no_args_is_help=True)
peers_app = typer.Typer(invoke_without_command=True, help="对接方：列出、添加、对照分类、停用。 Peers.")
app.add_typer(peers_app, name="peers")
console = Console(highlight=False, soft_wrap=True)
Name = Annotated[str, typer.Argument(help="对接方代号 name of the peer")]
Which = Annotated[str | None, typer.Argument(help="只这一个对接方 this peer only")]


def _refuse(text: str) -> NoReturn:
    typer.secho(text, fg="red", err=True)
    raise typer.Exit(1)


def _peer(name: str):  # type: ignore[no-untyped-def]
    from zhili.core.exchange.models import Peer

    found = Peer.objects.select_related("account").filter(name=name).first()
    if found is None:
        _refuse(f"没有对接方 {name}。 No peer {name}.")
    return found


def _chosen(name: str | None, **which: bool):  # type: ignore[no-untyped-def]
    from zhili.core.exchange.models import Peer

    if name:
        return [_peer(name)]
    return list(Peer.objects.select_related("account").filter(active=True, **which).order_by("name"))


@peers_app.callback()
def peers(context: typer.Context) -> None:
    """列出对接方。 List the peers."""
    from zhili.core.exchange.models import Peer

    if context.invoked_subcommand is not None:
        return
    table = Table("代号 name", "地址 url", "方向 way", "对照 mapped", "启用 active")
    for one in Peer.objects.order_by("name"):
        ways = "⇄" if one.pull and one.push else "←" if one.pull else "→" if one.push else "–"
        table.add_row(one.name, one.url, ways, str(one.services.count()), "✓" if one.active else "–")
    console.print(table)


@peers_app.command()
def add(
    name: Name,
    url: Annotated[str, typer.Argument(help="接口地址，到 v2 为止 endpoint, up to …/v2")],
    title: Annotated[str, typer.Option(help="显示名称 shown name")] = "",
    jurisdiction: Annotated[str, typer.Option(help="jurisdiction_id")] = "",
    format: Annotated[str, typer.Option(help="xml | json")] = "xml",
    pull: Annotated[bool, typer.Option("--pull", help="接收对方事项 take their requests")] = False,
    push: Annotated[bool, typer.Option("--push", help="发送本方事项 send ours")] = False,
    into: Annotated[str, typer.Option(help="接收为 opened as: scenario.procedure/opening")] = "",
    since: Annotated[datetime | None, typer.Option(help="从何时起接收 read from this day on")] = None,
    every: Annotated[int, typer.Option(help="间隔分钟 minutes between questions")] = 5,
    mapped_only: Annotated[
        bool, typer.Option("--mapped-only", help="只收已对照的 take mapped ones only")
    ] = False,
    category: Annotated[
        list[str] | None, typer.Option(help="只发这些分类 send only these, repeatable")
    ] = None,
    division: Annotated[str, typer.Option(help="只发此区划 send only of this division")] = "",
    private: Annotated[bool, typer.Option("--private", help="对方在内网 it has an inside address")] = False,
    key: Annotated[bool, typer.Option("--key", help="从标准输入读密钥 read its api_key from stdin")] = False,
) -> None:
    """添加对接方。 Make a peer. The key is asked for, never an argument: the shell keeps those."""
    from zhili.core.exchange.open311.peers import Given, Misfit
    from zhili.core.exchange.open311.peers import add as make

    secret = typer.prompt("api_key", hide_input=True) if key else ""
    begin = timezone.make_aware(since) if since else None
    given = Given(
        name,
        url,
        title,
        jurisdiction,
        secret,
        format,
        pull,
        push,
        into,
        begin,
        every,
        private_allowed=private,
        unmapped=not mapped_only,
        categories=tuple(category or ()),
        division=division,
    )
    try:
        made = make(given)
    except Misfit as error:
        _refuse(str(error))
    typer.echo(
        f"已添加 {made.name}，账号 {made.account.username}。 Added; its account is {made.account.username}."
    )


@peers_app.command("map")
def map_(
    name: Name,
    service_code: Annotated[str, typer.Argument(help="对方 service_code")],
    category: Annotated[str, typer.Argument(help="本方分类代码 our category")],
) -> None:
    """对照分类。 Say that their service is our category."""
    from zhili.core.exchange.open311.peers import Misfit, map_service

    try:
        map_service(_peer(name), service_code, category)
    except Misfit as error:
        _refuse(str(error))


@peers_app.command()
def services(name: Name) -> None:
    """对方提供哪些服务，各对照何处。 What they offer, and what it is here."""
    from zhili.core.exchange.open311 import client
    from zhili.core.exchange.open311.peers import endpoint

    peer = _peer(name)
    mapped = dict(peer.services.values_list("service_code", "category"))
    try:
        rows = client.get(endpoint(peer), "services", "service")
    except client.Trouble as error:
        _refuse(str(error))
    table = Table("service_code", "service_name", "group", "本方 here")
    for row in rows:
        code = row.get("service_code", "")
        table.add_row(code, row.get("service_name", ""), row.get("group", ""), mapped.get(code, ""))
    console.print(table)


@peers_app.command()
def key(name: Name) -> None:
    """换密钥（从标准输入读）。 Use another api_key, read from stdin; the former one is destroyed."""
    from zhili.core.exchange.open311.peers import change_key

    change_key(_peer(name), typer.prompt("api_key", hide_input=True))


@peers_app.command()
def stop(
    name: Name, again: Annotated[bool, typer.Option("--again", help="重新启用 use it again")] = False
) -> None:
    """停用对接方（已有往来都保留）。 Stop exchanging with a peer; what was exchanged stays."""
    peer = _peer(name)
    type(peer).objects.filter(pk=peer.pk).update(active=again)


@app.command()
def pull(name: Which = None) -> None:
    """立即接收。 Take what is new from the peers now."""
    from zhili.core.exchange.open311 import peers as known
    from zhili.core.exchange.open311.client import Trouble
    from zhili.core.exchange.open311.pulling import pull as take

    _each(_chosen(name, pull=True), take, Trouble, known)


@app.command()
def push(
    name: Which = None,
    present: Annotated[
        bool, typer.Option("--present", help="连同现有未办结的 the open ones of today too")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="重发失败的 those given up too")] = False,
) -> None:
    """立即发送，并查询对方进展。 Send what waits now, and ask how it stands."""
    from zhili.core.exchange.open311 import choosing, delivering
    from zhili.core.exchange.open311 import peers as known
    from zhili.core.exchange.open311.client import Trouble
    from zhili.core.exchange.open311.polling import poll

    chosen = _chosen(name, push=True)
    for peer in chosen:
        if present:
            choosing.choose_present(peer)
        if retry:
            delivering.retry_failed(peer.pk)
    total = 0
    while done := delivering.deliver_due(50):
        total += done
    console.print(f"已发送或了结 settled: {total}")
    _each(chosen, poll, Trouble, known)


def _each(chosen, do, trouble, known) -> None:  # type: ignore[no-untyped-def]
    bad = False
    for peer in chosen:
        try:
            tally = do(peer)
            known.heard(peer)
            console.print(f"{peer.name}: " + (", ".join(f"{k} {v}" for k, v in sorted(tally.items())) or "–"))
        except trouble as error:
            known.failed(peer, error)
            console.print(f"[red]{peer.name}: {error}[/]", markup=True)
            bad = True
    if bad:
        raise typer.Exit(1)


@app.command()
def status() -> None:
    """往来状况；有故障时退出码为 1。 How the exchange stands; exit code 1 when something fails."""
    from zhili.core.exchange.open311.backlog import standings, waiting_submissions

    table = Table("代号 name", "收 in", "发 out", "待 waiting", "失败 failed", "最近成功 heard", "错误 error")
    found = standings()
    for one in found:
        waits = one.counts["out", "queued"] + one.counts["out", "token"]
        heard = f"{timezone.localtime(one.heard_at):%m-%d %H:%M}" if one.heard_at else "–"
        table.add_row(
            one.name + ("" if one.active else " (停 off)"),
            str(one.counts["in", "linked"]),
            str(one.counts["out", "linked"] + one.counts["out", "blind"]),
            str(waits),
            str(one.failed),
            heard,
            one.error or one.last_refusal,
        )
    console.print(table)
    waiting, late = waiting_submissions()
    console.print(f"等待登记的提交 submissions waiting: {waiting}")
    if late or any(one.troubled for one in found):
        raise typer.Exit(1)
