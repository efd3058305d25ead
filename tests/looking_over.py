"""Run with a site's settings: what a city is, in a form that can be held against another."""

import hashlib
import json
import os
import sys


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    from zhili.conf.backup import figures, media
    from zhili.core.cases.models import Case
    from zhili.core.people.models import Secret
    from zhili.core.people.secrets import _decrypt
    from zhili.core.trail import heads
    from zhili.core.trail.models import Leaf

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(said ORDER BY said) FROM"
            " (SELECT row(division_id, grain, period, opened, closed, answered)::text AS said"
            "  FROM indicators_fact WHERE opened + closed + answered > 0) facts"
        )
        facts = cursor.fetchone()[0]
        cursor.execute(
            "SELECT array_agg(said ORDER BY said) FROM"
            " (SELECT row(n.subject, e.subject, e.payload ->> 'seq')::text AS said FROM notices_notice n"
            "  JOIN streams_event e ON e.id::text = split_part(n.key, '/', 1)) told"
        )
        told = cursor.fetchone()[0]
    newest = heads.current()
    json.dump(
        {
            "cases": list(Case.objects.order_by("id").values_list("number", "stage", "title", "seq")),
            "leaves": [
                [pk, bytes(found).hex()]
                for pk, found in Leaf.objects.order_by("id").values_list("id", "hash")
            ],
            "head": [newest.size, newest.root],
            "recounted": heads.recounted(newest.size).root,
            "facts": facts,
            "told": told,
            "wrong": figures.differences()[1],
            "names": sorted(_decrypt(one) for one in Secret.objects.filter(erased_at=None)),
            "measured": _measured(),
            "files": {name: _digest(name) for name in media.names()},
        },
        sys.stdout,
    )


def _measured() -> list[list[object]]:
    """Every reading, the personal ones opened, and what was refused."""
    from datetime import UTC, datetime

    from zhili.core.people.actors import Actor
    from zhili.core.signals.models import Refusal
    from zhili.core.signals.store import storing

    names, whole = (
        ("heart_rate", "battery"),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
    )
    found = storing.history("device", None, names, *whole, actor=Actor("rule"), purpose="test")
    refused = Refusal.objects.order_by("id").values_list("reason", "count")
    return [*([one.measure, one.at.isoformat(), one.value] for one in found), *map(list, refused)]


def _digest(name: str) -> str:
    from zhili.conf.backup import media

    with media.opened(name) as pieces:
        return hashlib.sha256(b"".join(pieces or ())).hexdigest()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    main()
