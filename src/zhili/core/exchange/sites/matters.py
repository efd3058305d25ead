"""How a matter between us and another site stands here, for either side to reconcile."""

from __future__ import annotations

from zhili.base.exchange import wire
from zhili.base.exchange.wire import MatterState, WireError
from zhili.core.exchange.models import Direction, Link, RemoteSite
from zhili.core.exchange.sites import keys


def of(site: RemoteSite, matter: str) -> bytes:
    """The answer to GET /exchange/v1/matters/<uuid>. Raises WireError unknown_stream. One query."""
    link = Link.objects.filter(site=site, stream=f"matter:{matter}").first()
    if link is None:
        raise WireError("unknown_stream")
    opener = site.site if link.way == Direction.IN else keys.site()
    state = link.state if link.state in wire.STATES else "waiting"
    return wire.encode_state(MatterState(matter, opener, state, link.in_seq, link.out_seq))
