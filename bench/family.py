"""Matters of many offices: taking a case with its parent, what a small office sees, a lead case's page, a merge.

    python -m bench.family [cases]

Each ratio is against a peer measured in turn in the same run: a case taken with its parent by the kernel's prepared
statement over the case alone through Django; the lists of a department and a village by `query.visible` over the
same cases by one OR (`query.scope`). The page of a lead with ten assisting offices is the site's own, with all its
middleware (12 queries at most); a lot of duplicates is answered in one transaction (2 s at most).
"""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench import machine
from bench.asking import Server
from bench.database import private_database
from bench.inbox import _headers
from bench.lines import Line, at_least, at_most, report

CASES = 300_000
ASSISTING, QUERIES = 10, 12
LOT_SECONDS = 2.0
TIMES = 400


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with private_database() as version:
        print(f"{machine.line()}, PostgreSQL {version}, load {machine.load():.1f}")
        from bench import cases
        from django.db import connection

        from zhili import demo

        demo.load()
        filled = cases.fill(number)
        lines = [*_taking(), *_lists(filled.busy), *_page(filled.county), *_lot(filled.county)]
        connection.close()
        print(f"load {machine.load():.1f}")
    return report(lines)


def _taking() -> list[Line]:
    """A case with its parent, over the case alone."""
    from django.db import transaction

    from zhili.core.cases import locking
    from zhili.core.cases.models import Case

    ids = list(Case.objects.order_by("id").values_list("pk", flat=True)[: TIMES * 2])

    def alone(pk: int) -> Any:
        return Case.objects.select_for_update(of=("self",)).filter(pk=pk).first()

    def both(pk: int) -> Any:
        return locking.case_and_parent(pk=pk)

    taken: dict[str, list[float]] = {"alone": [], "both": []}
    with transaction.atomic():
        for n in range(TIMES):
            for name, take in (("alone", alone), ("both", both)):
                taken[name].append(_ms(lambda take=take, n=n, name=name: take(ids[2 * n + (name == "both")])))
    one, two = median(taken["alone"]), median(taken["both"])
    return [at_least("case alone by Django, over case and parent", one / two, 1, "×", f" ({two:.2f} ms)")]


def _lists(department: int) -> list[Line]:
    """What a department and a village see, searched by words, over the same by one OR."""
    from django.db.models import Q

    from zhili.core.cases import query
    from zhili.core.cases.models import Case
    from zhili.core.people.offices import tree

    village = next(n for n in tree().nodes.values() if n.level == "village" and n.kind == "general").id
    lines = []
    for name, office in (("department", department), ("village", village)):
        actor = _actor(office)
        words = Q(title__icontains="没有这样的事") | Q(address__icontains="没有这样的事")

        def search(base: Any, words: Q = words) -> float:
            return _ms(lambda: list(base.filter(words).order_by("-id")[:51]))

        pairs = [
            (search(query.visible(actor)), search(Case.objects.filter(query.scope(actor)))) for _ in range(7)
        ]
        ours, peer = (median(column) for column in zip(*pairs, strict=True))
        lines.append(
            at_least(f"search of a {name}: one OR, over ours", peer / ours, 1, "×", f" ({ours:.0f} ms)")
        )
    return lines


def _page(county: int) -> list[Line]:
    """Queries of a lead case's page with ten assisting offices."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from zhili.core.cases import doors
    from zhili.core.people.offices import tree

    number = _case(county)
    others = [n.id for n in tree().nodes.values() if n.level == "town" and n.in_force][:ASSISTING]
    doors.act(number, "ask_assistance", _actor(county), {"offices": others, "what": "请协助"})
    server, headers = Server(), _headers(county)
    times = [server.get(f"/desk/c/{number}", **headers).ms for _ in range(30)]
    with CaptureQueriesContext(connection) as seen:
        assert server.get(f"/desk/c/{number}", **headers).status == 200
    asked = len([q for q in seen if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT"))])
    note = f", p50 {median(times):.0f} ms"
    return [at_most(f"page of a lead with {ASSISTING} assisting offices", asked, QUERIES, " queries", note)]


def _lot(county: int) -> list[Line]:
    """Seconds to answer a full lot of duplicates."""
    from django.db import transaction

    from zhili.core.cases import doors, merging
    from zhili.core.cases.models import Case

    lead, actor = _case(county), _actor(county)
    for _ in range(merging.MOST):
        doors.act(_case(county), "merge_into", actor, {"lead": lead, "reason": "同一件事"})
    doors.act(lead, "draft", actor, {"answer": "已处理"})
    doors.act(lead, "issue", actor, {"answer": "已处理"})
    pk = Case.objects.values_list("pk", flat=True).get(number=lead)
    with transaction.atomic():
        seconds = _ms(lambda: merging.settle(pk)) / 1000
    assert Case.objects.filter(lead=pk, stage="answered").count() == merging.MOST
    return [at_most(f"{merging.MOST} duplicates answered in one transaction", seconds, LOT_SECONDS, " s")]


def _case(office: int) -> str:
    """The number of a report in the hands of this office."""
    from zhili.core.cases import doors
    from zhili.core.cases.models import Case
    from zhili.core.people.actors import ANONYMOUS

    made = doors.open_case("citizen_reports.report", "report", ANONYMOUS, {"what": "井盖松动"})
    Case.objects.filter(pk=made.case_id).update(office_id=office)
    doors.act(made.case_id, "accept", _actor(office))
    return made.number


def _actor(office: int) -> Any:
    from zhili.core.people.actors import of_account
    from zhili.core.people.models import PostHolding

    held = PostHolding.objects.filter(post__office_id=office, post__roles__contains=["leader"])
    first = held.select_related("account").order_by("id").first()
    assert first is not None, f"nobody leads office {office}"
    return of_account(first.account, first.post_id)


def _ms(job: Callable[[], Any]) -> float:
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
