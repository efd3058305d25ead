"""Who stands above and below whom, and the closure table that answers it in one join."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhili.core.places.bulk import copy_rows
from zhili.core.places.edition import Cached
from zhili.core.places.models import Division, DivisionClosure

Reach = dict[int, tuple[int, bool]]  # descendant id: (steps down, whether by succession)


@dataclass(frozen=True, slots=True)
class Node:
    """A division as the process remembers it, dissolved ones too. `line` runs from the top to itself."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None
    valid_to: date | None
    lon: float
    lat: float
    line: tuple[int, ...]


def _read() -> dict[int, Node]:
    rows = list(
        Division.objects.values_list("id", "code", "name", "level", "parent_id", "valid_to", "lon", "lat")
    )
    parents = {row[0]: row[4] for row in rows}
    nodes = {}
    for id_, code, name, level, parent_id, valid_to, lon, lat in rows:
        line = [id_]
        while (above := parents.get(line[-1])) is not None:
            line.append(above)
        nodes[id_] = Node(id_, code, name, level, parent_id, valid_to, lon, lat, tuple(reversed(line)))
    return nodes


_nodes = Cached(_read)


def nodes() -> dict[int, Node]:
    """Every division by id, kept in the process; read anew within seconds of a change."""
    return _nodes.get()


def node(division_id: int) -> Node:
    """One division; one made a moment ago, not yet stamped, is read at once. KeyError if unknown."""
    found = nodes().get(division_id)
    if found is None:
        found = _nodes.get(fresh=True)[division_id]
    return found


def ancestors(division_id: int) -> tuple[int, ...]:
    """Ids from the city (or province) down to the division itself. KeyError for an unknown id."""
    return node(division_id).line


def at_level(division_id: int, level: str) -> int | None:
    """The id of the division's ancestor (or itself) of that level, None when it has none."""
    line = node(division_id).line
    return next((id_ for id_ in line if node(id_).level == level), None)


def full_name(division_id: int, start: str = "city") -> str:
    """ "嘉兴市南湖区凤桥镇…": names from the level `start` down."""
    line = node(division_id).line
    first = next((n for n, id_ in enumerate(line) if node(id_).level == start), 0)
    return "".join(node(id_).name for id_ in line[first:])


def by_code(code: str) -> Division:
    """The division that bears the code today. Division.DoesNotExist when none does."""
    return Division.objects.get(code=code, valid_to=None)


def subtree(division_id: int) -> QuerySet[DivisionClosure, int]:
    """Ids of the division, all that lies under it, and all that they succeeded. For `…__in=`."""
    return DivisionClosure.objects.filter(ancestor_id=division_id).values_list("descendant_id", flat=True)


def in_force(day: date | None = None) -> QuerySet[Division]:
    """The divisions that exist on that day (today)."""
    day = day or timezone.localdate()
    return Division.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def rebuild_closure() -> tuple[int, int]:
    """Make the closure table right; (rows added, rows taken away). Call it after divisions changed.

    Under a division lie its children, what lies under them, and every division it succeeded. The old parent
    of a dissolved division keeps it too: its records were made there.
    """
    wanted = {(top, low): steps for top, reach in _reaches().items() for low, steps in reach.items()}
    stored = {
        (top, low): (id_, depth, inherited)
        for id_, top, low, depth, inherited in DivisionClosure.objects.values_list(
            "id", "ancestor_id", "descendant_id", "depth", "inherited"
        )
    }
    stale = [row[0] for pair, row in stored.items() if wanted.get(pair) != row[1:]]
    fresh = [pair for pair, steps in wanted.items() if pair not in stored or stored[pair][1:] != steps]
    for start in range(0, len(stale), 5000):
        DivisionClosure.objects.filter(id__in=stale[start : start + 5000]).delete()
    copy_rows(
        DivisionClosure,
        ["ancestor_id", "descendant_id", "depth", "inherited"],
        ((*pair, *wanted[pair]) for pair in fresh),
    )
    return len(fresh), len(stale)


def _reaches() -> dict[int, Reach]:
    """What each division reaches, going down to children and back to predecessors. Breadth first."""
    below: dict[int, list[int]] = defaultdict(list)
    before: dict[int, list[int]] = defaultdict(list)
    everyone = []
    for id_, parent_id in Division.objects.order_by("id").values_list("id", "parent_id"):
        everyone.append(id_)
        if parent_id is not None:
            below[parent_id].append(id_)
    links: Iterable[tuple[int, int]] = Division.successors.through.objects.values_list(
        "from_division_id", "to_division_id"
    )
    for old, new in links:
        before[new].append(old)
    return {top: _reach(top, below, before) for top in everyone}


def _reach(top: int, below: dict[int, list[int]], before: dict[int, list[int]]) -> Reach:
    found: Reach = {top: (0, False)}
    layer = [top]
    depth = 0
    while layer:  # by parents alone first: such a row is not inherited
        depth += 1
        layer = [low for here in layer for low in below[here] if low not in found]
        found.update((low, (depth, False)) for low in layer)
    layer = list(found)
    while layer:
        following = []
        for here in layer:
            steps, inherited = found[here]
            nexts = [(old, steps) for old in before[here]]
            if inherited:
                nexts += [(low, steps + 1) for low in below[here]]
            for low, distance in nexts:
                if low not in found:
                    found[low] = (distance, True)
                    following.append(low)
        layer = following
    return found
