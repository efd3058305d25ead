"""XML and JSON of GeoReport v2. JSON follows the Spark convention: a list is a list even when it holds one.

Source: wiki.open311.org, GeoReport v2 and "JSON and XML conversion".
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # building only; reading is defusedxml's

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils import timezone

XML_TYPE = "text/xml; charset=utf-8"
JSON_TYPE = "application/json; charset=utf-8"
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What one member of each list is called in XML."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(ValueError):
    """A body that is neither sound XML nor sound JSON, or tries to be more than data."""


def w3(at: datetime | None) -> str | None:
    """A moment as the specification wants it: seconds and an offset, ``2026-01-02T08:00:00+08:00``."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


def utc(at: datetime) -> str:
    """A moment as it is asked for: ``2026-01-02T00:00:00Z``, which no query has to escape."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_xml(root: str, content: Any) -> bytes:
    """A document: a list as its root's members, a mapping as its root's children; None is an empty element."""
    top = Element(root)
    _fill(top, content)
    body: bytes = tostring(top, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _fill(parent: Element, content: Any) -> None:
    if isinstance(content, dict):
        for name, value in content.items():
            _fill(SubElement(parent, name), value)
    elif isinstance(content, list):
        for one in content:
            _fill(SubElement(parent, ITEMS[parent.tag]), one)
    elif isinstance(content, bool):
        parent.text = "true" if content else "false"
    elif content is not None:
        parent.text = _NOT_XML.sub("\ufffd", str(content))


def to_json(content: Any) -> bytes:
    """The same content as JSON, UTF-8."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def read(body: bytes, item: str) -> list[dict[str, str]]:
    """The members called ``item`` of a foreign document, XML or JSON, each with its plain texts.

    Kind to quirks: namespaces, a lone member outside a list, numbers for texts, members of ours left out.
    Raises Unreadable; entities and document types are refused, so no few bytes grow to many.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    try:
        return _from_json(body, item) if start in (b"[", b"{") else _from_xml(body, item)
    except (DefusedXmlException, ParseError, ValueError, RecursionError, LookupError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from None


def _from_xml(body: bytes, item: str) -> list[dict[str, str]]:
    top = fromstring(body, forbid_dtd=True)
    found = [one for one in top.iter() if _local(one) == item]
    return [{_local(part): (part.text or "").strip() for part in one if not len(part)} for one in found]


def _local(one: Any) -> str:
    return str(one.tag).rpartition("}")[2]


def _from_json(body: bytes, item: str) -> list[dict[str, str]]:
    content = json.loads(body.decode("utf-8-sig"))
    lists = {many for many, one in ITEMS.items() if one == item}
    while isinstance(content, dict):
        inner = next((content[name] for name in (*lists, item) if name in content), None)
        content = [content] if inner is None else inner
    if not isinstance(content, list):
        raise ValueError("not a list")
    rows = [one.get(item, one) if isinstance(one, dict) and len(one) == 1 else one for one in content]
    return [
        {str(name): _text(value) for name, value in one.items() if not isinstance(value, dict | list)}
        for one in rows
        if isinstance(one, dict)
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
