"""The model's file and its seal. Without numpy: a site checks it each time it starts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from zhili.base.canonical import CanonicalError, canonical

FILE: Final = Path(__file__).parent / "data" / "model.json"
FORMAT: Final = "zhili-falls-1"


class BrokenModel(ValueError):
    """The file is not what its SHA-256 says, or not of this version's features."""


def sealed(body: dict[str, Any]) -> bytes:
    """The file's bytes; the digest is that of everything else, in canonical JSON."""
    return json.dumps({"sha256": _digest(body)} | body, ensure_ascii=False, indent=1).encode() + b"\n"


def opened(raw: bytes) -> tuple[dict[str, Any], str]:
    """What the file holds, and its SHA-256. Raises BrokenModel."""
    try:
        body = json.loads(raw)
        digest = body.pop("sha256")
        whole = _digest(body) == digest and body["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenModel(str(error)) from error
    if not whole:
        raise BrokenModel("the file does not agree with its SHA-256, or is of another version")
    return body, digest


def _digest(body: dict[str, Any]) -> str:
    try:
        return hashlib.sha256(canonical(body)).hexdigest()
    except CanonicalError as error:
        raise BrokenModel(str(error)) from error
