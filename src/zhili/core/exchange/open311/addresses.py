"""Which network addresses may be asked: public ones, unless an operator has said that a peer is inside.

Judged before a request is sent, by what its name means now, and again by where it went, before the answer is read: a
name may mean something else a moment later.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import httpx


class Forbidden(Exception):
    """An address that must not be asked, or a name that means none."""


def refuse_forbidden(url: httpx.URL, *, private_allowed: bool) -> None:
    """Raises Forbidden for anything but http and https to a public address."""
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise Forbidden(f"not an address to ask: {url.scheme}://{url.host}")
    if private_allowed:
        return
    try:
        found = socket.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # asking will fail by itself, and that may pass
    for one in found:
        refuse_address(str(one[4][0]))


def refuse_reached(response: httpx.Response, *, private_allowed: bool) -> None:
    """Raises Forbidden when the answer comes from an address that must not be asked."""
    stream: Any = response.extensions.get("network_stream")
    reached = stream.get_extra_info("server_addr") if stream is not None and not private_allowed else None
    if reached:
        refuse_address(str(reached[0]))


def refuse_address(text: str) -> None:
    """Raises Forbidden for an address inside, ValueError for what is none (a name)."""
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_global or address.is_multicast:
        raise Forbidden(f"{text} is an inside address; allow it for this peer if that is meant (--private)")
