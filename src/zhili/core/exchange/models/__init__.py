"""What exchange keeps: Open311 peers, other sites of the same protocol, and who is told by webhooks."""

from zhili.core.exchange.models.files import Fetching, OfferedFile, WantedFile
from zhili.core.exchange.models.open311 import (
    Peer,
    PeerRequest,
    PeerService,
    ServiceEdition,
    State,
    Submission,
    Way,
)
from zhili.core.exchange.models.passing import (
    GateFile,
    Incoming,
    Link,
    Outgoing,
    RefusedMessage,
    SeenNonce,
    Sending,
    SiteAllowance,
)
from zhili.core.exchange.models.sites import (
    Direction,
    RemoteSite,
    SiteAgreement,
    SiteFork,
    SiteKey,
    Topic,
    Witnessed,
)
from zhili.core.exchange.models.webhooks import Delivery, DeliveryState, Mode, PublicEvent, Subscription

__all__ = [
    "Delivery",
    "DeliveryState",
    "Direction",
    "Fetching",
    "GateFile",
    "Incoming",
    "Link",
    "Mode",
    "OfferedFile",
    "Outgoing",
    "Peer",
    "PeerRequest",
    "PeerService",
    "PublicEvent",
    "RefusedMessage",
    "RemoteSite",
    "SeenNonce",
    "Sending",
    "ServiceEdition",
    "SiteAgreement",
    "SiteAllowance",
    "SiteFork",
    "SiteKey",
    "State",
    "Submission",
    "Subscription",
    "Topic",
    "WantedFile",
    "Way",
    "Witnessed",
]
