"""What `zhili simulate eldercare` needs from the site's own machine: wristbands bound to wearers, and their keys."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import transaction

from zhili.commands.simulating import NotForPlaying
from zhili.core.cases.models import Case
from zhili.core.people.actors import of_account
from zhili.core.people.demo import demo_accounts
from zhili.core.people.models import Account
from zhili.core.signals import sources
from zhili.core.signals.models import Source
from zhili.scenarios.eldercare import demo
from zhili.scenarios.eldercare.devices import PLATFORM
from zhili.simulate.wristbands.village import VERSION

PER_MINUTE = 1_200
"""Messages a minute that a wristband of the demo may send, so that time may run fast."""


def prepare(file: Path, wanted: int) -> int:
    """Have so many wearers in the demo village; write numbers, keys and homes' cells, readable by the owner only.

    Keys of wristbands that speak MQTT are made anew: a key is told once. Raises NotForPlaying where it is no demo.
    """
    if not demo_accounts():
        raise NotForPlaying("这不是示范站点（没有演示账号）。 This is no demo site.")
    village = of_account(Account.objects.get(username="village"))
    resident = of_account(Account.objects.get(username="resident"))
    with transaction.atomic():
        known = demo.wearers(wanted, village, resident)[:wanted]
        Source.objects.filter(pk__in=[one.pk for one in known]).update(per_minute=PER_MINUTE)
        bands = [_told(one) for one in known]
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({"version": VERSION, "bands": bands}, out)
    return len(bands)


def _told(source: Source) -> dict[str, object]:
    """Where it walks about: the middle of the wearer's cell, not the home, which stays sealed."""
    cell = Case.objects.select_related("cell").get(pk=source.subject_id or 0).cell
    return {
        "number": source.number,
        "protocol": source.protocol,
        "lon": cell.lon if cell else 120.75,
        "lat": cell.lat if cell else 30.75,
        "key": sources.rekey(source, PLATFORM) if source.protocol == "mqtt" else "",
    }
