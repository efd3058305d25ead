"""How few visits some checks need in any plan, whatever its method."""

from __future__ import annotations

import numpy as np

from zhili.base.merging.asked import Bools, Checks, Ints


def lower_bound(checks: Checks, compatible: Bools) -> int:
    """No plan that places all these checks has fewer visits: the sum of `of_objects`, as a visit is to one object.

    Why it holds. A visit has one day, so two checks with disjoint windows are never in one visit, nor are two of
    bodies that may not go together, nor an ``alone`` check with any other. A set of checks of one object that pairwise
    exclude each other so needs as many visits as it has members. Three such sets are looked at, the largest counts:

    - most disjoint windows among all checks of the object (found exactly, by the greedy choice of the window that ends
      first);
    - for a set of bodies of which no two may go together, the sum over its bodies of the most disjoint windows among
      each body's own checks: two members differ in window or in body;
    - to each of the first two, the number of ``alone`` checks, which are looked at by themselves, is added.

    Room, certificates and the yearly cap only take plans away, so the bound stays valid with them. It need not be
    reached: with them, or with bodies that may not go together, a plan may have to have more visits.
    """
    return int(of_objects(checks, compatible).sum())


def of_objects(checks: Checks, compatible: Bools) -> Ints:
    """The bound of each object, 0 … the largest one named."""
    objects = int(checks.object.max()) + 1 if len(checks) else 0
    alone = np.bincount(checks.object[checks.alone], minlength=objects)
    rest = checks.some(~checks.alone)
    most = most_disjoint(rest.object, rest.first, rest.last, objects)
    bodies = len(compatible)
    cliques = exclusive(compatible)
    if cliques:
        key = rest.object * bodies + rest.body
        own = most_disjoint(key, rest.first, rest.last, objects * bodies).reshape(objects, bodies)
        for clique in cliques:
            most = np.maximum(most, own[:, clique].sum(axis=1))
    total: Ints = most + alone
    return total


def most_disjoint(key: Ints, first: Ints, last: Ints, keys: int) -> Ints:
    """For each key 0 … keys - 1 the most of its windows [first, last] that are pairwise disjoint.

    All keys at once: in each round every key takes its window that ends first and drops those that meet it.
    """
    count = np.zeros(keys, dtype=np.int64)
    order = np.lexsort((last, key))
    key, first, last = key[order], first[order], last[order]
    while len(key):
        begins = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        sizes = np.diff(np.r_[begins, len(key)])
        count[key[begins]] += 1
        keep = first > np.repeat(last[begins], sizes)
        key, first, last = key[keep], first[keep], last[keep]
    return count


def exclusive(compatible: Bools, most: int = 200) -> list[list[int]]:
    """Largest sets of bodies of which no two may go together, of two or more; at most so many (fewer stay valid)."""
    apart = ~compatible
    np.fill_diagonal(apart := apart.copy(), False)
    near = {b: set(np.flatnonzero(apart[b]).tolist()) for b in range(len(apart))}
    found: list[list[int]] = []

    def grow(taken: list[int], open_: set[int], done: set[int]) -> None:
        """Bron and Kerbosch's enumeration with a pivot."""
        if len(found) >= most:
            return
        if not open_ and not done:
            if len(taken) > 1:
                found.append(taken)
            return
        pivot = max(open_ | done, key=lambda b: len(near[b] & open_))
        for body in sorted(open_ - near[pivot]):
            grow([*taken, body], open_ & near[body], done & near[body])
            open_ = open_ - {body}
            done = done | {body}

    grow([], {b for b in near if near[b]}, set())
    return found
