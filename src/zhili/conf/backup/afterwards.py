"""Looking over a restored city: can its secrets be opened, does its tree stand."""

from dataclasses import dataclass

from zhili.core.people import keys
from zhili.core.people.models import Secret
from zhili.core.people.secrets import readable
from zhili.core.trail import heads


@dataclass(frozen=True)
class Head:
    agrees: bool
    root: str
    told: str


def unreadable_values() -> list[str]:
    """Ids of keys that values need and that are lacking or wrong: one value of each key is tried, and not shown."""
    there = Secret.objects.filter(erased_at=None)
    found = []
    for key_id in there.order_by("key_id").values_list("key_id", flat=True).distinct():
        if not keys.exists():  # asking would make a new ring whose keys bear the names of the lost ones
            found.append(key_id)
            continue
        one = there.filter(key_id=key_id).first()
        try:
            if one is not None and not readable(one):
                found.append(key_id)
        except keys.KeyRingError:
            found.append(key_id)
    return found


def head() -> Head:
    """The newest head counted again from the leaves."""
    newest = heads.current()
    again = heads.recounted(newest.size)
    return Head(again.root == newest.root, f"{newest.size:,} {newest.root[:16]}…", "")
