"""Other apps that open our pages (mini-programs in WeChat, 浙里办), as a site declares them.

``ZHILI_SHELLS`` is JSON, or names a file of it:

    {"wechat": {"title": "微信小程序", "key": "hmac:<base64, 32 bytes>", "return": ["https://mp.city.example"],
                "frame": [], "files": {"MP_verify_abc.txt": "abc"}}}

``key`` is shared with the app's back end (hmac) or its public key (``ed25519:<base64>``).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
ORIGIN: Final = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://(127\.0\.0\.1|localhost)(:\d+)?")
FILE: Final = re.compile(r"[A-Za-z0-9_]{1,64}\.txt")


class ShellsUnreadable(ValueError):
    """ZHILI_SHELLS is not as it must be; the message tells an operator why."""


@dataclass(frozen=True)
class Shell:
    """An app: ``returns`` are origins it may be left for, ``frames`` those that may frame pages for reading."""

    name: str
    title: str
    scheme: str
    key: bytes
    returns: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def declared(text: str) -> dict[str, Shell]:
    """Read ZHILI_SHELLS: JSON, the path of a file of it, or nothing. Raises ShellsUnreadable."""
    if not text.strip():
        return {}
    try:
        raw = json.loads(
            text if text.lstrip().startswith("{") else Path(text).expanduser().read_text("utf-8")
        )
        return {name: _shell(name, one) for name, one in raw.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise ShellsUnreadable(f"ZHILI_SHELLS: {error}") from error


def _shell(name: str, one: dict[str, Any]) -> Shell:
    scheme, _, key = str(one["key"]).partition(":")
    raw = base64.b64decode(key, validate=True)
    if not NAME.fullmatch(name) or scheme not in ("hmac", "ed25519") or len(raw) != 32:
        raise ValueError(f"{name}: 名称为小写字母，密钥为 hmac: 或 ed25519: 加 32 字节的 base64")
    origins = tuple(str(o) for o in one.get("return", ())), tuple(str(o) for o in one.get("frame", ()))
    if bad := next((o for group in origins for o in group if not ORIGIN.fullmatch(o)), None):
        raise ValueError(f"{name}: {bad} 不是 https 源")
    files = {str(path): str(body) for path, body in one.get("files", {}).items()}
    if bad := next((path for path in files if not FILE.fullmatch(path)), None):
        raise ValueError(f"{name}: {bad} 不是域名校验文件名")
    return Shell(name, str(one.get("title", name)), scheme, raw, *origins, files)
