"""Everything about a draw, proven again from the published file alone. No database is asked.

docs/verify_draw.py does the same with the standard library only, written apart, so that neither need be believed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhili.base import draw as method
from zhili.base.canonical import leaf_hash
from zhili.base.draw import DrawError
from zhili.base.merkle import LENGTH

FORMAT = "zhili-draw/1"
ANNOUNCED = (
    "draw", "kind", "scope", "attempt", "purpose", "list_sha256", "size", "count", "sources", "draw_at", "method",
)  # fmt: skip


def faults(file: Any, *, proven: int | None = None) -> list[str]:
    """What is wrong with a draw's file, in words; nothing when all of it holds. Never raises for a bad file.

    ``proven``: the list's length, where its bytes are known to be a canonical list; then they are not read again.
    """
    if not isinstance(file, Mapping) or file.get("format") != FORMAT:
        return [_("不是抽签文件（%(format)s）") % {"format": FORMAT}]
    found: list[str] = []
    try:
        for fault in _faults(file, proven):
            found.append(fault)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found.append(_("文件残缺：%(why)s") % {"why": f"{type(error).__name__} {error}"[:200]})
    return found


def _faults(file: Mapping[str, Any], proven: int | None) -> Iterator[str]:
    frozen = file["list"].encode()
    try:
        size = len(method.read_list(frozen)) if proven is None else proven
    except DrawError as error:
        yield str(error)
        return
    if method.list_digest(frozen) != file["list_sha256"]:
        yield _("名单与公布的摘要不符")
    if size != file["size"]:
        yield _("名单的个数与公布的不符")
    yield from _announcement(file)
    if file["state"] == "announced":
        return
    yield from _ending(file, frozen)


def _announcement(file: Mapping[str, Any]) -> Iterator[str]:
    leaf = _leaf(file["announcement"])
    if leaf is None:
        yield _("公布记录与其存证值不符")
        return
    if leaf["what"].get("record") != "draw.announced" or any(
        leaf["what"].get(name) != file[name] for name in ANNOUNCED
    ):
        yield _("内容与公布记录不符")
    if leaf["at"] != file["announced_at"] or leaf["at"] >= file["draw_at"]:
        yield _("公布时间与记录不符，或不早于抽签时间")


def _ending(file: Mapping[str, Any], frozen: bytes) -> Iterator[str]:
    leaf = _leaf(file["ending"])
    if leaf is None:
        yield _("结果记录与其存证值不符")
        return
    told = [value["value"] for value in file["values"]]
    if any(value["at"] < file["draw_at"] for value in file["values"]):
        yield _("种子早于抽签时间")
    key = method.key_string(told)
    if key != file["key"]:
        yield _("种子串不是由各来源得出的")
    what = leaf["what"]
    expected = {"draw": file["draw"], "key": file["key"], "result": file["result"], "void": file["void"]}
    if what.get("record") != "draw.ended" or any(what.get(name) != value for name, value in expected.items()):
        yield _("结果与结果记录不符")
    if file["state"] == "drawn":
        again = [one.name for one in method.run(frozen, file["count"], told)]
        if again != file["result"]:
            yield _("重新计算的结果与公布的不符")
    elif file["result"]:
        yield _("作废的抽签不应有结果")


def _leaf(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The leaf's content, if its bytes have the hash that stands in the tree."""
    if given is None:
        return None
    body = base64.b64decode(given["body"], validate=True)
    if leaf_hash(body).hex() != given["hash"] or len(given["hash"]) != 2 * LENGTH:
        return None
    found: dict[str, Any] = json.loads(body)
    return found
