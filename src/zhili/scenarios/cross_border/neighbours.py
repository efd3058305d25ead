"""How it stands between us and each neighbouring site: what waits, what was not taken, who vouches for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min

from zhili.core.exchange.models import Outgoing, RemoteSite, SiteFork, Witnessed


@dataclass(frozen=True)
class Fork:
    """The site signed two accounts of its trail that cannot both be true."""

    at: datetime
    size: int
    kept_size: int


@dataclass
class Neighbour:
    """One site. ``sending``: messages on their way, ``since``: of the oldest; ``refused``: they would not take."""

    site: RemoteSite
    sending: int = 0
    since: datetime | None = None
    refused: int = 0
    vouched: int = 0
    """Leaves of their trail that we vouch for."""
    vouched_at: datetime | None = None
    forks: list[Fork] = field(default_factory=list)

    @property
    def trouble(self) -> bool:
        """Whether somebody has to look: it cannot be reached, refuses, or contradicts itself."""
        return bool(self.site.failures or self.refused or self.forks)

    @property
    def shown_as(self) -> str:
        """A word for how it stands: fork, unreached, refused, behind, fine."""
        if self.forks:
            return "fork"
        if self.site.failures:
            return "unreached"
        if self.refused:
            return "refused"
        return "behind" if self.sending else "fine"


def all_of_them() -> list[Neighbour]:
    """The sites in use, by title. Four queries, however many there are."""
    found = {one.pk: Neighbour(one) for one in RemoteSite.objects.filter(active=True).order_by("title")}
    if not found:
        return []
    sending = Outgoing.objects.filter(state__in=("waiting", "refused"), site_id__in=found).order_by()
    for site, state, number, since in sending.values_list("site_id", "state").annotate(
        Count("pk"), Min("made_at")
    ):
        if state == "waiting":
            found[site].sending, found[site].since = number, since
        else:
            found[site].refused = number
    vouched = Witnessed.objects.filter(site_id__in=found).order_by()
    for site, size, at in vouched.values_list("site_id").annotate(Max("size"), Max("at")):
        found[site].vouched, found[site].vouched_at = size, at
    for fork in SiteFork.objects.filter(site_id__in=found).order_by("-at")[:20]:
        found[fork.site_id].forks.append(Fork(fork.at, fork.size, fork.kept_size))
    return list(found.values())
