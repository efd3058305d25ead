"""/trail: how the record stands, what a stranger can check, and what was signed, in the shapes other programs read.

The page is for anybody; below it lie the signed head, the hashes of the tree in tiles (c2sp.org/tlog-tiles; never
the entries themselves), the keys, and every signed head and time stamp there ever was.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from zhili.base import notes
from zhili.core.trail import checkpoints, forks, heads, keys, proofs, stamping, tiles
from zhili.core.trail.models import Fork, Restoration, SignedHead, SigningKey, Stamp

PLAIN: Final = "text/plain; charset=utf-8"
SOON: Final = "public, max-age=5"
FOR_EVER: Final = "public, max-age=31536000, immutable"
SHOWN: Final = 10
LONGEST: Final = 20_000
KINDS: Final = {notes.ED25519: "Ed25519", notes.SM2: "SM2"}
TILE: Final = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/){0,5}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)
"""<L>/<N>[.p/<W>]: level, number in groups of three digits, width of a partial tile."""


def show(request: HttpRequest) -> HttpResponse:
    """GET: how it stands. POST: a signed head somebody kept is held against the tree."""
    handed, verdict, trouble = "", None, ""
    if request.method == "POST":
        handed = request.POST.get("checkpoint", "").replace("\r\n", "\n")
        trouble = _unreadable(handed)
        if not trouble:
            try:
                verdict = forks.witness(handed if handed.endswith("\n") else handed + "\n")
            except proofs.NoProof as lacking:
                trouble = lacking.message
    context = {**_standing(), "handed": handed, "verdict": verdict, "trouble": trouble}
    if verdict is not None:
        context["words"] = words(verdict)
    return render(request, "portal/trail.html", context, status=422 if trouble else 200)


def checkpoint(request: HttpRequest, size: int | None = None) -> HttpResponse:
    """The newest signed head, or that of a size, as c2sp.org/tlog-checkpoint writes it."""
    found = checkpoints.latest() if size is None else checkpoints.of_size(size)
    if found is None:
        raise Http404(gettext("还没有签过名的存证根。"))
    return _text(found.text, SOON if size is None else FOR_EVER)


def vkeys(request: HttpRequest) -> HttpResponse:
    """Every key that signs or signed heads, one in a line, those in use first."""
    return _text("".join(f"{one}\n" for one in keys.vkeys()), SOON)


def tile(request: HttpRequest, path: str) -> HttpResponse:
    """The hashes of a tile, side by side. 404 for what the newest signed head does not reach."""
    asked = TILE.fullmatch(path)
    if asked is None:
        raise Http404
    level, number = int(asked[1]), int(asked[2].replace("x", "").replace("/", ""))
    partial = int(asked[3]) if asked[3] else tiles.WIDTH
    signed = checkpoints.latest()
    padded = "x" in asked[2] and number < 1000
    there = tiles.width(level, number, signed.size) if signed and level <= 7 else 0
    if padded or partial > tiles.WIDTH - bool(asked[3]) or there < partial:
        raise Http404
    try:
        body = tiles.read(level, number, partial)
    except tiles.NotTiled as lacking:
        raise Http404 from lacking
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Cache-Control"] = FOR_EVER
    return response


def stamp(request: HttpRequest, stamp: int) -> HttpResponse:
    """A time stamp as the authority gave it (RFC 3161, DER), over the text of its signed head."""
    found = Stamp.objects.filter(pk=stamp).select_related("head").first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.token), content_type="application/timestamp-reply")
    response["Content-Disposition"] = f'attachment; filename="trail-{found.head.size}.tsr"'
    response["Cache-Control"] = FOR_EVER
    return response


def words(verdict: forks.Verdict) -> tuple[str, str, str]:
    """(tone, what it is, what that means) for people. Tone: good, soon or bad."""
    size = verdict.checkpoint.size if verdict.checkpoint else 0
    told = {
        "same": ("good", gettext("一致"), gettext("这就是本系统现在的存证根。")),
        "earlier": (
            "good",
            gettext("一致"),
            gettext("从那时到现在，只有增加，没有改动和删除。前 %(n)s 条存证还和您留存时一模一样。")
            % {"n": size},
        ),
        "fork": (
            "bad",
            gettext("不一致：已发出分叉警报"),
            gettext(
                "本系统的密钥签过这个存证根，但前 %(n)s 条存证现在算出来是另一个。记录被改写过，或者有人盗用了密钥。"
            )
            % {"n": size},
        ),
        "beyond": (
            "bad",
            gettext("对不上：已发出警报"),
            gettext("本系统的密钥签过 %(n)s 条，现在却没有这么多。有存证不见了，或者有人盗用了密钥。")
            % {"n": size},
        ),
        "lost": (
            "soon",
            gettext("属于恢复备份时丢失的部分"),
            gettext(
                "系统曾从备份恢复，恢复点以后的存证没有了；下面列有恢复的时间和条数。您手里的回执仍然有效。"
            ),
        ),
        "foreign": ("soon", gettext("不是本系统的"), verdict.reason),
        "altered": (
            "soon",
            gettext("内容改动过"),
            gettext("签名和内容对不上：有字被改过，或者没有抄全。这不说明本系统的记录有问题。"),
        ),
        "malformed": (
            "soon",
            gettext("看不懂"),
            gettext("这不是完整的存证根。请把下载的文件从头到尾原样贴上。"),
        ),
    }
    return told[verdict.kind]


def _unreadable(handed: str) -> str:
    if not handed.strip():
        return gettext("请先贴上您留存的存证根。")
    if len(handed) > LONGEST:
        return gettext("太长了：一个存证根只有几行。")
    return ""


def _standing() -> dict[str, Any]:
    signed = checkpoints.latest()
    alarms = list(Fork.objects.order_by("-id")[:SHOWN])
    for one in alarms:
        one.ours_hex = bytes(one.ours).hex()  # type: ignore[attr-defined]
        one.theirs_hex = bytes(one.theirs).hex()  # type: ignore[attr-defined]
    return {
        "signed": signed,
        "root": signed.root.hex() if signed else "",
        "origin": notes.parse_note(signed.text).text.split("\n")[0] if signed else "",
        "leaves": heads.current().size,
        "keys": _keys(),
        "stamps": list(Stamp.objects.select_related("head").order_by("-head_id")[:SHOWN]),
        "stamping": stamping.configured(),
        "recent": list(SignedHead.objects.order_by("-id")[:SHOWN]),
        "alarms": alarms,
        "alarm_count": forks.standing(),
        "restorations": list(Restoration.objects.order_by("-id")),
    }


def _keys() -> list[dict[str, Any]]:
    since = dict(SigningKey.objects.values_list("vkey", "at"))
    signing = {str(one.vkey) for one in keys.ring().signing()} if keys.FILE.exists() else set()
    found = []
    for text in keys.vkeys():
        kind = KINDS.get(notes.parse_vkey(text).algorithm, "?")
        found.append({"text": text, "kind": kind, "signs": text in signing, "at": since.get(text)})
    return found


def _text(text: str, cached: str) -> HttpResponse:
    response = HttpResponse(text, content_type=PLAIN)
    response["Cache-Control"] = cached
    response["Access-Control-Allow-Origin"] = "*"  # a witness's page may read it: it is public
    return response
