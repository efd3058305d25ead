"""`zhili exchange id | keys | site … | agreement …`: who we are, whom we know, what was agreed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table

console: Final = Console(highlight=False, soft_wrap=True)
site_app: Final = typer.Typer(no_args_is_help=True, help="外地站点：添加、密钥、吊销、列出。 Sites we know.")
agreement_app: Final = typer.Typer(no_args_is_help=True, help="协同协议：载入、列出。 Agreements with sites.")
Name = Annotated[str, typer.Argument(help="站点代号 name of the site")]
Key = Annotated[str, typer.Argument(help="公钥 public key: base64, base64url or JWK")]


def identity() -> None:
    """本站的代号、地址、公钥与指纹，供告知对方。 What the operator of another site is told of ours."""
    from zhili.core.exchange.sites import keys, own
    from zhili.core.trail import keys as trail_keys

    with _refusing():
        table = Table(show_header=False, box=None)
        table.add_row("代号 name", keys.site())
        table.add_row("名称 title", own.title())
        table.add_row("地址 address", keys.public_url() or "（未设 ZHILI_URL not set）")
        for key in keys.active():
            signs = "签名 signs" if key == keys.current() else f"{key.since:%Y-%m-%d} 起签名 will sign"
            table.add_row(f"公钥 key, {signs}", base64.b64encode(key.public).decode())
            table.add_row("　编号 id", key.keyid)
            table.add_row("　指纹 fingerprint", keys.fingerprint(key.public))
        for one in trail_keys.vkeys():
            table.add_row("存证公钥 trail key", one)
    console.print(table)


def rotate(days: int, now: bool) -> None:
    """Make the next key."""
    from zhili.core.exchange.sites import keys

    with _refusing():
        key = keys.rotate(timedelta(0) if now else timedelta(days=days))
        console.print(
            f"新密钥 {key.keyid}\n指纹 {keys.fingerprint(key.public)}\n公钥 {base64.b64encode(key.public).decode()}\n"
            f"{key.since:%Y-%m-%d %H:%M} UTC 起签名，请在此之前告知每个对方站点。 "
            "It signs from then on; tell every other site before."
        )


@site_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="对方地址 its base address")],
    office: Annotated[str, typer.Option(help="接收单位代码 code of our office that holds what comes")],
    name: Annotated[str, typer.Option(help="代号；不给则问对方 its name; asked of it when left out")] = "",
    title: Annotated[str, typer.Option(help="名称 title")] = "",
    key: Annotated[
        list[str] | None, typer.Option(help="公钥，另途取得 its key, told out of band; repeatable")
    ] = None,
    trail_key: Annotated[list[str] | None, typer.Option(help="存证公钥 key of its trail; repeatable")] = None,
    fingerprint: Annotated[str, typer.Option(help="对方在电话里读出的指纹 as read over the telephone")] = "",
    private: Annotated[bool, typer.Option("--private", help="对方在内网 it has an inside address")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="只经摆渡文件 reached by gate files only")] = False,
    per_minute: Annotated[int, typer.Option(help="每分钟最多请求 most requests a minute")] = 1_200,
) -> None:
    """添加站点。不给 --key 时取对方公布的公钥，与 --fingerprint 或当面核对的指纹一致才收。

    Add a site. Without --key its published key is taken, if its fingerprint is the one told by another way."""
    from zhili.core.exchange.sites import introducing, keys, peers

    with _refusing():
        public = [public_of(one) for one in key or []]
        trail = tuple(trail_key or ())
        division = ""
        if not public or not name:
            found = introducing.look(url, private_allowed=private)
            url, name, title = found.url, name or found.site, title or found.title
            trail = trail or found.trail
            division = (found.divisions or ("",))[0]
            public = public or [_compared(found, fingerprint)]
        known = peers.Known(
            name, title, url, office, tuple(public), trail, private, gate, per_minute, division[:12]
        )
        made = peers.add(known, _by())
    console.print(f"已添加 {made.site}（{made.title}），账号 {made.account.username}。 Added.", markup=False)
    for one in public:
        console.print(f"{keys.key_id(made.site, one)}  {keys.fingerprint(one)}", markup=False)


@site_app.command("key")
def add_key(name: Name, key: Key) -> None:
    """登记对方的另一把公钥。 Another key of a site, beside the former ones."""
    from zhili.core.exchange.sites import keys, peers

    with _refusing():
        made = peers.add_key(_site(name), public_of(key), _by())
    console.print(f"{made.keyid}  {keys.fingerprint(bytes(made.public))}", markup=False)


@site_app.command("revoke")
def revoke(
    keyid: Annotated[str, typer.Argument(help="密钥编号 id of the key: site#…")],
    reason: Annotated[str, typer.Option(help="原因 why", prompt="原因 why")],
) -> None:
    """吊销对方的一把公钥，立即生效。 It stops at once."""
    from zhili.core.exchange.models import SiteKey
    from zhili.core.exchange.sites import peers

    with _refusing():
        found = SiteKey.objects.select_related("site").filter(keyid=keyid).first()
        if found is None:
            _refuse(f"没有密钥 {keyid}。 No key {keyid}.")
        peers.revoke(found, _by(), reason)
    console.print(f"已吊销 {keyid}。 Revoked.", markup=False)


@site_app.command("trail")
def trail(name: Name, vkey: Annotated[list[str], typer.Argument(help="存证公钥 vkey")]) -> None:
    """登记对方存证树的公钥（在已有的之外）。 Keys of its trail, beside those known."""
    from zhili.core.exchange.sites import peers

    with _refusing():
        site = _site(name)
        peers.change(site, _by(), trail_keys=list(dict.fromkeys([*site.trail_keys, *vkey])))


@site_app.command("off")
def off(name: Name, reason: Annotated[str, typer.Option(help="原因 why", prompt="原因 why")]) -> None:
    """停用一个站点：不再收发。 Nothing is taken from it or sent to it any more."""
    _switch(name, False, reason)


@site_app.command("on")
def on(name: Name) -> None:
    """重新启用。 In use again."""
    _switch(name, True, "")


@site_app.command("list")
def listing() -> None:
    """列出站点与密钥。 Sites and their keys."""
    from zhili.core.exchange.models import RemoteSite
    from zhili.core.exchange.sites import keys

    for one in RemoteSite.objects.prefetch_related("keys").order_by("site"):
        off = "" if one.active else "  停用 off"
        console.print(f"{one.site}  {one.title}  {one.url}{off}", markup=False)
        for key in one.keys.all():
            revoked = "  已吊销 revoked" if key.revoked_at else ""
            console.print(f"  {key.keyid}  {keys.fingerprint(bytes(key.public))}{revoked}", markup=False)


@agreement_app.command("load")
def load(
    file: Annotated[list[Path], typer.Argument(help="协议 JSON the agreements", exists=True, dir_okay=False)],
    site: Annotated[
        str, typer.Option(help="站点代号；不给则按协议 the site; by the agreement if left out")
    ] = "",
    into: Annotated[str, typer.Option(help="移交来的开成 opened here as: scenario.procedure/opening")] = "",
    field: Annotated[
        list[str] | None, typer.Option(help="协议字段=本地字段 their field=ours, repeatable")
    ] = None,
) -> None:
    """载入协议，从此生效；同代号的旧版本不再使用。 Put agreements in force."""
    from zhili.core.exchange.sites import keys, peers

    procedure, _slash, opening = into.partition("/")
    with _refusing():
        pairs = dict(one.split("=", 1) for one in field or [] if "=" in one)
        for one in file:
            document = _json(one)
            others = [name for name in document.get("sites", []) if name != keys.site()]
            found = _site(site or (str(others[0]) if len(others) == 1 else ""))
            made = peers.load_agreement(
                found, document, _by(), procedure=procedure, opening=opening, local_field=pairs
            )
            console.print(f"{made.code} {made.version}: {made.digest}", markup=False)


@agreement_app.command("list")
def agreements() -> None:
    """列出协议。 Agreements; the digests must be the same on both sides."""
    from zhili.core.exchange.models import SiteAgreement

    for one in SiteAgreement.objects.select_related("site").order_by("site__site", "code", "-version"):
        opens = f"→ {one.procedure}/{one.opening}" if one.procedure else ""
        former = "" if one.active else "  不再使用 no longer used"
        console.print(
            f"{one.site.site}  {one.code} {one.version}  {one.digest}  {opens}{former}", markup=False
        )


def public_of(text: str) -> bytes:
    """The 32 bytes of a key in base64, base64url or as JWK. Raises Misfit."""
    from zhili.base.exchange import signing
    from zhili.core.exchange.sites.peers import Misfit

    try:
        if text.lstrip().startswith("{"):
            return signing.from_jwk(json.loads(text))[1].public_bytes_raw()
        plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError as error:
        raise Misfit(f"不是公钥 not a public key: {error}") from error


def _compared(found: Any, fingerprint: str) -> bytes:
    """Of the keys it publishes the one with that fingerprint; without one a person says whether they are the same."""
    from zhili.core.exchange.sites.peers import Misfit

    shown = found.fingerprints()
    for keyid, words in shown.items():
        if fingerprint and words.replace(" ", "") == fingerprint.replace(" ", "").lower():
            return bytes(found.keys[keyid])
    if fingerprint or not shown:
        raise Misfit(
            "对方公布的公钥没有这个指纹，没有添加。 It publishes no key with this fingerprint: not added."
        )
    keyid, words = next(iter(shown.items()))
    console.print(f"{found.site}（{found.title}）\n{keyid}\n{words}", markup=False)
    if not typer.confirm("与对方在电话里读出的指纹一致吗？ Is it what they read over the telephone?"):
        raise Misfit("没有添加。 Not added.")
    return bytes(found.keys[keyid])


def _switch(name: str, active: bool, reason: str) -> None:
    from zhili.core.exchange.sites import peers

    with _refusing():
        peers.change(_site(name), _by(), reason, active=active)


def _site(name: str):  # type: ignore[no-untyped-def]
    from zhili.core.exchange.models import RemoteSite

    found = RemoteSite.objects.filter(site=name).first()
    if found is None:
        _refuse(f"没有站点 {name}。 No site {name}.")
    return found


def _json(file: Path) -> dict[str, Any]:
    from zhili.core.exchange.sites.peers import Misfit

    try:
        return dict(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise Misfit(f"{file}: {error}") from error


def _by():  # type: ignore[no-untyped-def]
    from zhili.core.people.actors import Actor

    return Actor(kind="rule", label="zhili exchange")


def _refuse(text: str) -> NoReturn:
    typer.secho(text, fg="red", err=True)
    raise typer.Exit(1)


@contextmanager
def _refusing() -> Iterator[None]:
    from zhili.base.exchange.wire import WireError
    from zhili.core.exchange.sites.keys import ExchangeKeysError
    from zhili.core.exchange.sites.peers import Misfit

    try:
        yield
    except (Misfit, ExchangeKeysError, WireError) as error:
        _refuse(str(error))


__all__: Sequence[str] = ("agreement_app", "identity", "public_of", "rotate", "site_app")
