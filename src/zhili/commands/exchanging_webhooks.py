"""`zhili exchange webhooks`: how other programs are told of events, and dead letters sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="事件推送。 Webhooks.")
console = Console(highlight=False, soft_wrap=True)
WORDS = {
    "paused": "已停 paused",
    "gone": "对方不再接收 gone (410)",
    "refused": "对方没有同意 not agreed to",
    "asking": "等对方同意 asking",
    "failing": "送不到 failing",
    "late": "久等未送 late",
    "dead": "有未送达的 dead letters",
    "well": "正常 well",
}


@app.command("list")
def listing() -> None:
    """列出推送和送达情况。 Every subscription and how it fares."""
    from zhili.core.exchange.webhooks.standing import all_healths

    table = Table(
        "号 id", "接入系统 account", "名称 name", "地址 url", "情况 state", "等待 waiting", "未送达 dead"
    )
    for one in all_healths():
        row = one.row
        table.add_row(
            str(row.pk),
            row.account.username,
            row.name,
            row.url,
            WORDS[one.state],
            str(one.waiting),
            str(one.dead),
        )
    console.print(table)


@app.command()
def replay(
    webhook: Annotated[int, typer.Argument(help="推送的号 id of the subscription (list)")],
    since: Annotated[datetime | None, typer.Option(help="从何时的事件起 events since")] = None,
) -> None:
    """补发未送达的事件，编号不变。 Send dead letters again, under their event ids."""
    from zhili.core.exchange.models import Subscription
    from zhili.core.exchange.webhooks import replaying
    from zhili.core.people.actors import Actor
    from zhili.core.people.managing import AdminRefused

    row = Subscription.objects.select_related("account").filter(pk=webhook).first()
    if row is None:
        typer.secho(f"没有推送 {webhook}。 No webhook {webhook}.", fg="red", err=True)
        raise typer.Exit(1)
    begin = timezone.make_aware(since) if since else None
    try:
        # at the machine itself nobody is asked who they are: the change says so
        count = replaying.queue(row, Actor(kind="rule", label="zhili exchange webhooks"), since=begin)
    except AdminRefused as error:
        typer.secho(error.message, fg="red", err=True)
        raise typer.Exit(1) from None
    console.print(f"已重新排队 {count} 条。 {count} queued again.")
