"""/desk/admin/sites: other cities' sites, their keys compared by telephone and revoked, what was agreed, what is kept
of their trails. The whole site's administrators only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from zhili.core.exchange.models import RemoteSite, SiteKey
from zhili.core.exchange.sites import introducing, keys, overview, own, peers
from zhili.core.exchange.sites.introducing import Introduced
from zhili.core.exchange.sites.peers import Misfit
from zhili.core.forms import Choice, Form, LongText, Text
from zhili.core.people import managing
from zhili.core.people.actors import Actor
from zhili.core.people.managing import AdminRefused
from zhili.core.people.offices import tree
from zhili.core.trail import keys as trail_keys
from zhili.portal.pages.admin import frame
from zhili.portal.pages.admin.frame import Task

HOME: Final = "/desk/admin/sites"
T = TypeVar("T")
ERRORS: Final = {
    "unsigned": gettext_lazy("没有签名"),
    "bad_signature": gettext_lazy("签名不对"),
    "unknown_site": gettext_lazy("不认识的站点"),
    "unknown_key": gettext_lazy("没有登记的密钥"),
    "revoked_key": gettext_lazy("已吊销的密钥"),
    "expired": gettext_lazy("签名过期"),
    "ahead": gettext_lazy("对方时钟偏快"),
    "replayed": gettext_lazy("重放"),
    "too_large": gettext_lazy("太大"),
    "too_many": gettext_lazy("一次消息太多"),
    "unknown_version": gettext_lazy("协议版本不支持"),
    "malformed": gettext_lazy("格式不对"),
    "not_for_us": gettext_lazy("不是发给本站的"),
    "out_of_order": gettext_lazy("缺前面的消息"),
    "conflict": gettext_lazy("同号内容不同"),
    "unknown_stream": gettext_lazy("本站没有这件事"),
    "wrong_kind": gettext_lazy("不该由对方发的消息"),
    "wrong_stage": gettext_lazy("事项所处阶段不对"),
    "no_agreement": gettext_lazy("没有相应协议"),
    "agreement_differs": gettext_lazy("两边协议文本不同"),
    "field_not_agreed": gettext_lazy("协议里没有的字段"),
    "mapping": gettext_lazy("对照不上"),
    "file_unknown": gettext_lazy("没有这个文件"),
    "slow_down": gettext_lazy("请求太多"),
    "unavailable": gettext_lazy("本站一时办不了"),
    "checkpoint": gettext_lazy("检查点读不懂"),
    "checkpoint_key": gettext_lazy("检查点的签名公钥没有登记"),
    "checkpoint_unproven": gettext_lazy("检查点没有附上一致性证明"),
}
FORKS: Final = {
    "fork": gettext_lazy("同样大小，内容不同"),
    "inconsistent": gettext_lazy("新的不是旧的延续"),
    "back": gettext_lazy("退回到以前的大小"),
}
KEY_STATES: Final = {
    "valid": gettext_lazy("有效"),
    "coming": gettext_lazy("尚未生效"),
    "over": gettext_lazy("已到期"),
    "revoked": gettext_lazy("已吊销"),
}
FINGERPRINT_HELP: Final = gettext_lazy("请打电话给对方，由对方读出 8 组指纹，照听到的填写。")


class Addition(Form):
    url = Text("对方地址", max_length=300, required=True, help="如 https://jinshan.example 。")
    fingerprint = Text("电话里听到的公钥指纹", max_length=60, required=True, help=str(FINGERPRINT_HELP))
    office = Choice("接收单位", required=True, help="对方移交来的事项先到这里。")
    place = Choice(
        "对方在哪里",
        [("outside", "公网"), ("inside", "本地内网"), ("gate", "隔离网，经摆渡文件")],
        required=True,
    )


class NewKey(Form):
    fingerprint = Text("电话里听到的新公钥指纹", max_length=60, required=True, help=str(FINGERPRINT_HELP))


class Why(Form):
    reason = LongText("原因", max_length=300, required=True)


def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    _check(actor)
    current = keys.current()
    context = {
        "rows": overview.listing(),
        "forks": overview.forks(),
        "strangers": [(one, ERRORS.get(one.code, one.code)) for one in overview.strangers()],
        "own": [
            (gettext("代号"), keys.site()),
            (gettext("名称"), own.title()),
            (gettext("地址"), keys.public_url() or gettext("还没有设置（ZHILI_URL）")),
            (gettext("公钥指纹"), keys.fingerprint(current.public)),
            (gettext("密钥编号"), current.keyid),
            (gettext("存证公钥"), "\n".join(trail_keys.vkeys()[:2])),
        ],
    }
    return frame.show(request, actor, "sites", context)


def show(request: HttpRequest, actor: Actor, remote: int) -> HttpResponse:
    site = found(actor, remote)
    whole = overview.page(site)
    context = {
        "site": site,
        "page": whole,
        "facts": _facts(whole),
        "keys": [(one, KEY_STATES[one.state]) for one in whole.keys],
        "refused": [(one, ERRORS.get(one.code, one.code)) for one in whole.refused],
        "forks": [
            (one, FORKS.get(one.kind, one.kind), bytes(one.kept).hex(), bytes(one.theirs).hex())
            for one in whole.forks
        ],
        "history": frame.history(peers.SITE_SUBJECT, site.site, actor),
    }  # fmt: skip
    return frame.show(request, actor, "site", context)


def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    _check(actor)
    offices = [
        one for one in tree().nodes.values() if one.in_force and one.level in ("city", "county", "town")
    ]
    task = Task(
        gettext("添加外地站点"),
        HOME,
        gettext("添加"),
        form=Addition,
        lead=gettext("先和对方互换地址，再打电话核对公钥指纹；只有指纹一致的公钥才会登记。"),
        choices={"office": [(str(one.id), one.name) for one in offices[:500]]},
        initial={"office": str(actor.office_id), "place": "outside"},
        preview=_said,
    )

    def do(values: dict[str, Any], seen: int | None) -> str:
        found, public = _introduced(values["url"], values["fingerprint"], inside=values["place"] != "outside")
        known = peers.Known(
            found.site, found.title, found.url, tree().nodes[int(values["office"])].code, (public,), found.trail,
            private_allowed=values["place"] == "inside", by_gate=values["place"] == "gate",
            division_code=(found.divisions or ("",))[0][:12],
        )  # fmt: skip
        made = _refusing(lambda: peers.add(known, actor))
        return gettext("已添加%(site)s。接着请载入两边的协议。") % {"site": made.title}

    return frame.run(request, actor, task, do)


def add_key(request: HttpRequest, actor: Actor, remote: int) -> HttpResponse:
    site = found(actor, remote)
    task = Task(
        gettext("登记新公钥"), f"{HOME}/{remote}", gettext("登记"), peers.SITE_SUBJECT, site.site, NewKey,
        lead=site.title,
        consequences=[gettext("原有的公钥照常有效；对方换好之后，请到这里吊销旧的。")],
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        _told, public = _introduced(site.url, values["fingerprint"], inside=site.private_allowed)
        _refusing(lambda: peers.add_key(site, public, actor))
        return gettext("新公钥已登记。")

    return frame.run(request, actor, task, do)


def revoke(request: HttpRequest, actor: Actor, remote_key: int) -> HttpResponse:
    _check(actor)
    key = SiteKey.objects.select_related("site").filter(pk=remote_key, revoked_at=None).first()
    if key is None:
        raise Http404
    task = Task(
        gettext("吊销公钥"), f"{HOME}/{key.site_id}", gettext("吊销"), peers.KEY_SUBJECT, key.keyid, Why,
        lead=f"{key.site.title} · {keys.fingerprint(bytes(key.public))}",
        consequences=[
            gettext("从这一刻起，用这把公钥签名的请求一律不收，不能恢复。"),
            gettext("对方没有别的有效公钥时，两边的往来会停下，直到登记新的。"),
        ],
        danger=True,
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        _refusing(lambda: peers.revoke(key, actor, values["reason"]))
        return gettext("公钥已吊销。")

    return frame.run(request, actor, task, do)


def switch(request: HttpRequest, actor: Actor, remote: int) -> HttpResponse:
    """Out of use, or in use again."""
    site = found(actor, remote)
    off = site.active
    stops = gettext("不再收它的消息，也不再向它发送；等着送的留着，重新启用后接着送。")
    task = Task(
        gettext("停用站点") if off else gettext("重新启用站点"), f"{HOME}/{remote}",
        gettext("停用") if off else gettext("启用"), peers.SITE_SUBJECT, site.site, Why, lead=site.title,
        consequences=[stops if off else gettext("重新收发消息。")], danger=off,
    )  # fmt: skip

    def do(values: dict[str, Any], seen: int | None) -> str:
        _refusing(lambda: peers.change(site, actor, values["reason"], active=not off))
        return gettext("站点已停用。") if off else gettext("站点已重新启用。")

    return frame.run(request, actor, task, do)


def _said(values: dict[str, Any]) -> list[str]:
    """What the site at that address says of itself, and which of its keys has the fingerprint."""
    found, public = _introduced(values["url"], values["fingerprint"], inside=values["place"] != "outside")
    return [
        gettext("对方自称%(title)s，代号%(site)s。") % {"title": found.title, "site": found.site},
        gettext("它公布的公钥 %(key)s 与您听到的指纹一致：%(words)s。")
        % {"key": keys.key_id(found.site, public), "words": keys.fingerprint(public)},
        gettext("一并登记它的 %(count)s 把存证公钥，用来核对它的存证。") % {"count": len(found.trail)},
    ]


def _introduced(url: str, heard: str, *, inside: bool) -> tuple[Introduced, bytes]:
    """The site and the key with that fingerprint. Raises AdminRefused."""
    found = _refusing(lambda: introducing.look(url, private_allowed=inside))
    wanted = "".join(heard.split()).lower()
    for public in found.keys.values():
        if keys.fingerprint(public).replace(" ", "") == wanted:
            return found, public
    raise AdminRefused(
        "fingerprint", gettext("对方公布的公钥没有这个指纹。请再核对一遍；仍然不同，就不要添加。")
    )


def _refusing(do: Callable[[], T]) -> T:
    try:
        return do()
    except Misfit as error:
        raise AdminRefused(
            error.field if error.field in ("url", "office", "reason") else "", str(error)
        ) from error


def _check(actor: Actor) -> None:
    if not managing.city_wide(actor):
        raise PermissionDenied(gettext("外地站点由全市的单位管理员管理。"))


def found(actor: Actor, remote: int) -> RemoteSite:
    """The site, for whoever administers them. Raises PermissionDenied, Http404."""
    _check(actor)
    there = RemoteSite.objects.select_related("office").filter(pk=remote).first()
    if there is None:
        raise Http404
    return there


def _facts(page: overview.Page) -> frame.Facts:
    site = page.row.site
    way = gettext("经摆渡文件") if site.by_gate else site.url
    shown = [
        (gettext("代号"), site.site),
        (gettext("地址"), way),
        (gettext("接收单位"), site.office.name),
        (gettext("移交来的事项"), str(page.matters.get("in", 0))),
        (gettext("移交去的事项"), str(page.matters.get("out", 0))),
        (gettext("每分钟最多请求"), str(site.per_minute)),
        (gettext("最近的问题"), site.error),
    ]
    return [(term, text) for term, text in shown if text]
