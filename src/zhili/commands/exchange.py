"""`zhili exchange`: other sites, agreements with them, what passes between."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhili.commands import exchanging_sending, exchanging_webhooks
from zhili.commands import exchanging_sites as sites

app = typer.Typer(no_args_is_help=True)
app.add_typer(sites.site_app, name="site")
app.add_typer(sites.agreement_app, name="agreement")
app.command("id")(sites.identity)
app.add_typer(exchanging_webhooks.app, name="webhooks")
exchanging_sending.register(app)


@app.callback()
def group() -> None:
    """与其他城市站点的协同。 Matters to and from other sites."""


@app.command()
def keys(
    action: Annotated[str, typer.Argument(help="rotate：换下一把 make the next one")] = "",
    days: Annotated[int, typer.Option(help="几天后由新密钥签名 days until it signs", min=0)] = 14,
    now: Annotated[
        bool, typer.Option("--now", help="立即更换（密钥泄露时） at once: when a key got out")
    ] = False,
) -> None:
    """本站的签名密钥：列出、更换。 The keys that sign for this site."""
    if action == "rotate":
        sites.rotate(days, now)
    elif action:
        raise typer.BadParameter("rotate", param_hint="ACTION")
    else:
        sites.identity()


@app.command()
def conformance(
    url: Annotated[str, typer.Argument(help="被测站点地址 address of the tested site")] = "",
    kit: Annotated[Path, typer.Option(help="测试工具文件夹 the kit's folder")] = Path("kit"),
    init: Annotated[
        Path | None, typer.Option(help="新建测试工具文件夹 make a folder with a key and an agreement")
    ] = None,
    site: Annotated[
        str, typer.Option(help="被测站点代号 name of the tested site (with --init and no address)")
    ] = "",
    category: Annotated[
        str, typer.Option(help="对方的分类 a category of the tested site (--init)")
    ] = "conformance",
    place: Annotated[
        str, typer.Option(help="经度,纬度 lon,lat of what is handed over (--init)")
    ] = "121.2,30.74",
    listen: Annotated[
        str, typer.Option(help="提供文件的本机地址 host:port where the kit serves its file")
    ] = "",
    address: Annotated[
        str, typer.Option(help="对方所知的工具地址 address the tested site knows the kit by (--init)")
    ] = "",
    key: Annotated[
        list[str] | None, typer.Option(help="对方公钥 the tested site's key (base64), told out of band")
    ] = None,
    trail_key: Annotated[
        list[str] | None, typer.Option(help="对方存证密钥 a key of its trail (C2SP vkey)")
    ] = None,
    flood: Annotated[bool, typer.Option("--flood", help="也测限速 try its rate limit too")] = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="也测摆渡文件 try a file through a gate too, in the kit's folder")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """按协议逐条检验一个站点（本站或他人所写）。 Try every rule of docs/protocol.md on a site, ours or a stranger's."""
    from zhili.commands import exchanging_conformance as do

    if init is not None:
        raise typer.Exit(do.prepare(init, url, site, category, address, place))
    if not url:
        raise typer.BadParameter("URL", param_hint="URL")
    raise typer.Exit(do.trial(url, kit, listen, key or [], trail_key or [], flood, as_json, gate))
