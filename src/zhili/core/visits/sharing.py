"""An item that several offices check: which of them goes where. By ground, and where that says two, by turns.

Such an item stands in the catalogue once for each office, as ``CODE@OFFICE``; what stands before the ``@`` is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from zhili.core.people.offices import tree as offices
from zhili.core.places import tree
from zhili.core.registers.models import Premises
from zhili.core.visits.models import Item


def key(code: str) -> str:
    """What an item is, whichever office checks it."""
    return code.partition("@")[0]


def shared(items: Iterable[Item], premises: Collection[int]) -> list[tuple[Item, list[int]]]:
    """Each item with the premises its office goes to; an item of one office goes to all of them. Two queries.

    Of several offices the one of the smallest ground that holds the premises goes; where two have the same ground, they
    take the premises by turns, in order of their numbers. Premises on nobody's ground are left to the first office.
    """
    alike: dict[str, list[Item]] = defaultdict(list)
    for one in sorted(items, key=lambda item: (item.code, item.pk)):
        alike[key(one.code)].append(one)
    ground = dict(Premises.objects.filter(pk__in=premises).order_by("pk").values_list("pk", "division_id"))
    found: list[tuple[Item, list[int]]] = []
    for own in alike.values():
        told: dict[int, list[int]] = {one.pk: [] for one in own}
        for mine, where in _by_ground(own, ground).items():
            for n, place in enumerate(where):
                told[mine[n % len(mine)].pk].append(place)
        found += [(one, told[one.pk]) for one in own]
    return found


def _by_ground(own: Sequence[Item], ground: Mapping[int, int]) -> dict[tuple[Item, ...], list[int]]:
    """Which of these offices share which premises."""
    found: dict[tuple[Item, ...], list[int]] = defaultdict(list)
    for premises, division in ground.items():
        found[nearest(own, division)].append(premises)
    return found


def nearest(own: Sequence[Item], division: int) -> tuple[Item, ...]:
    """Those whose office's ground holds a division most closely; the first where none does."""
    if len(own) == 1:
        return tuple(own)
    of: dict[int, list[Item]] = defaultdict(list)
    for one in own:
        if (node := offices().nodes.get(one.body_id)) is not None:
            of[node.division_id].append(one)
    for above in reversed(tree.ancestors(division)):
        if above in of:
            return tuple(of[above])
    return (own[0],)
