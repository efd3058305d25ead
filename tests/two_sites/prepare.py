"""Run with a site's settings: its half of a pair. Reads {"meeting": folder, "sites": {name: {site, url}}} as JSON.

A small city (places, offices, people, categories), tokens of those who act, keys; then the other site and one
agreement, as both sides hold it. The two halves run at once, and tell each other their keys in a folder.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

ACCOUNTS = ("resident", "joint", "county", "auditor")
PROCEDURE, OPENING = "citizen_reports.report", "report"
TITLES = {"pinghu.jiaxing": "嘉兴·平湖", "jinshan.shanghai": "上海·金山"}
CATEGORY = "路灯"
"""What the matters of the test are about: at once with the county's centre, where the joint centre sits."""
AGREEMENT = {
    "code": "test.lamps",
    "version": 1,
    "title": "路灯报修两地协同",
    "sites": ["pinghu.jiaxing", "jinshan.shanghai"],
    "group": "毗邻协同",
    "fields": [],
    "personal": ["name", "phone"],
    "gate_personal": False,
    "files": True,
    "due_days": 2,
    "topics": ["matters"],
    "valid_from": "2026-01-01",
    "valid_to": None,
}


def main(given: dict[str, Any]) -> dict[str, Any]:
    name = os.environ["ZHILI_DEMO_CITY"]
    other = next(one for one in given["sites"] if one != name)
    prepared = _city()
    meeting = Path(given["meeting"])
    draft = meeting / f"{name}.new"
    draft.write_text(json.dumps(_own(prepared["category"])))
    draft.rename(meeting / f"{name}.json")
    theirs = _theirs(meeting / f"{other}.json")
    prepared["agreement"] = _meet(given["sites"][other], theirs, prepared["category"], name)
    return prepared


def _city() -> dict[str, Any]:
    from zhili.core.cases import categories, routing
    from zhili.core.cases.models import Category, Duty
    from zhili.core.people import demo as people
    from zhili.core.people import tokens
    from zhili.core.people.models import Account, Office, PostHolding
    from zhili.core.places import demo as places

    os.environ["ZHILI_DEMO"] = "1"  # for this process: the site itself is started without one
    places.load()
    people.load()
    categories.load("citizen_reports")
    seat = PostHolding.objects.select_related("post__office__division").get(account__username="joint")
    category = Category.objects.get(scenario="citizen_reports", name=CATEGORY)
    Duty.objects.get_or_create(
        scenario="citizen_reports",
        category=category.code,
        division=seat.post.office.division,
        defaults={"office": seat.post.office, "direct": True, "source": "test"},
    )
    routing.forget()
    cell = PostHolding.objects.get(account__username="grid").post.office.cell
    assert cell is not None
    given = {one: tokens.issue(Account.objects.get(username=one), "two sites")[0] for one in ACCOUNTS}
    centre = Office.objects.get(pk=seat.post.office_id)
    return {"tokens": given, "spot": [cell.lon, cell.lat], "category": category.code, "office": centre.code}


def _own(category: str) -> dict[str, Any]:
    """What the other operator is told: our keys."""
    from zhili.core.exchange.sites import keys
    from zhili.core.trail import keys as trail_keys

    return {
        "public": [key.public.hex() for key in keys.active()],
        "trail": trail_keys.vkeys(),
        "category": category,
    }


def _theirs(file: Path, patience: float = 60.0) -> dict[str, Any]:
    end = time.monotonic() + patience
    while not file.exists():
        assert time.monotonic() < end, f"{file} did not come"
        time.sleep(0.05)
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _meet(where: dict[str, str], theirs: dict[str, Any], category: str, name: str) -> int:
    """The other site and the agreement with it. The agreement's id."""
    from zhili.core.exchange.sites import peers
    from zhili.core.people.actors import Actor
    from zhili.core.people.models import Office

    operator = Actor(kind="rule", label="操作员")
    office = Office.objects.get(code__endswith="000000", level="county", kind="general")
    known = peers.Known(
        site=where["site"],
        title=TITLES[where["site"]],
        url=where["url"],
        office=office.code,
        keys=tuple(bytes.fromhex(one) for one in theirs["public"]),
        trail_keys=tuple(theirs["trail"]),
        private_allowed=True,
        per_minute=100_000,
    )
    site = peers.add(known, operator)
    pair = (category, theirs["category"]) if name == "pinghu" else (theirs["category"], category)
    document = {**AGREEMENT, "categories": [{"a": pair[0], "b": pair[1], "title": CATEGORY}]}
    loaded = peers.load_agreement(site, document, operator, procedure=PROCEDURE, opening=OPENING)
    return int(loaded.pk)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhili.conf.settings"
    os.environ["ZHILI_DB_POOL"] = "0"
    asked = json.load(sys.stdin)
    from zhili.conf import database

    with database.reachable():
        os.environ["DATABASE_URL"] = database.owner_url()
        import django

        django.setup()
        json.dump(main(asked), sys.stdout)
