"""What `zhili simulate prepare` does on the site's own machine: people for every office of a demo city.

The only part of the simulation that touches the database: it does what an administrator would do by hand (accounts,
posts, tokens, dated parameters), and never opens or changes a matter.
"""

from __future__ import annotations

import json
import math
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import shapely
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from zhili.base.calendar import Duration
from zhili.core import params
from zhili.core.cases import registry
from zhili.core.cases.models import Duty
from zhili.core.params.writing import ParamRefused, set_value
from zhili.core.people import tokens
from zhili.core.people.demo import PLAYED, demo_accounts, refuse_a_real_site
from zhili.core.people.models import Account, AccountKind, ApiToken, Office, Post, PostHolding
from zhili.core.places.models import Boundary, Cell, Division
from zhili.simulate.chance import Chance
from zhili.simulate.city import VERSION

LABEL = "simulate"
POINTS = 4
"""Points kept of each cell."""
EDGE = 5e-5
"""Degrees a point keeps from the border of its cell, about five metres."""
OUTSIDE = 40
ROLES = ("grid", "handler", "leader", "hotline", "arbiter", "commander")
MINUTES = {"min": 1.0, "h": 60.0, "d": 1440.0, "wd": 1440.0 * 7 / 5, "wh": 60.0 * 24 * 7 / 40}
"""Of the time that passes on average: a working day is 1.4 days, a working hour 4.2 hours of a 40-hour week."""
SHORTENED = "演出用，按速度缩短 shortened for a played city, speed"


class NotForPlaying(RuntimeError):
    """This is not a demo city; the message is for people."""


@dataclass(frozen=True)
class Prepared:
    """What was made."""

    offices: int
    residents: int
    cells: int
    limits: dict[str, str]


def prepare(file: Path, residents: int, days: int, speed: float | None) -> Prepared:
    """Make accounts and tokens and write the file of the city, readable by its owner only. ``speed``: shorten the
    site's limits for it.

    Raises NotForPlaying on a site that is no demo, or whose limits were shortened today for another speed.
    """
    _refuse_unless_demo()
    with transaction.atomic():
        short = _shorten(speed) if speed else _shortened()
        until = timezone.now() + timedelta(days=days)
        seats = _staff(until)
        people = _residents(residents, until)
    told: dict[str, Any] = {
        "version": VERSION,
        "offices": seats,
        "cells": _cells(),
        "outside": _outside(),
        "limits": {key: round(_minutes(_declared(key)) / 60, 4) for key in _limits()},
        "direct": sorted({d.category for d in Duty.objects.filter(scenario="citizen_reports", direct=True)}),
        "scaled": short[0] if short else None,
        "minutes": short[1] if short else {},
        "residents": people,
    }
    write(file, json.dumps(told, ensure_ascii=False))
    return Prepared(
        len(seats), len(people), len(told["cells"]), {k: f"{m}min" for k, m in told["minutes"].items()}
    )


def forget(file: Path) -> int:
    """End the tokens, close the accounts, remove the file. Returns how many accounts were closed."""
    ours = Account.objects.filter(username__startswith=PLAYED)
    with transaction.atomic():
        ApiToken.objects.filter(account__in=ours, revoked_at=None).update(revoked_at=timezone.now())
        closed = ours.filter(is_active=True).update(is_active=False)
    file.unlink(missing_ok=True)
    return closed


def _refuse_unless_demo() -> None:
    try:
        refuse_a_real_site()
    except RuntimeError:
        raise NotForPlaying(_NOT) from None
    if not demo_accounts():
        raise NotForPlaying(_NOT)


_NOT = (
    "本站不是示范城市（没有示范账号，或另有自己的账号，或 ZHILI_DEMO=0），不能在上面演出；未作任何改动。"
    " Not a demo city: nothing may be played here; nothing was changed."
)


# --- people ---------------------------------------------------------------------------------------------------


def _staff(until: Any) -> list[dict[str, Any]]:
    """An account for each office, holding its posts; every office with its posts and its token."""
    today = timezone.localdate()
    offices = list(Office.objects.filter(valid_from__lte=today, valid_to=None).order_by("code"))
    accounts = _accounts([f"{PLAYED}{one.code}" for one in offices], AccountKind.STAFF)
    posts: dict[int, dict[str, int]] = defaultdict(dict)
    holdings = []
    for post in Post.objects.filter(office__in=offices).order_by("pk"):
        wanted = [role for role in post.roles if role in ROLES]
        for role in wanted:
            posts[post.office_id].setdefault(role, post.pk)
        if wanted:
            holdings.append((post.pk, post.office_id))
    code = {one.pk: one.code for one in offices}
    ours = PostHolding.objects.filter(account__in=accounts.values(), valid_to=None)
    held = set(ours.values_list("post_id", flat=True))  # prepared before
    PostHolding.objects.bulk_create(
        (
            PostHolding(post_id=post, account_id=accounts[f"{PLAYED}{code[office]}"], valid_from=today)
            for post, office in holdings
            if post not in held
        ),
        batch_size=2000,
    )
    given = tokens.issue_all(list(accounts.values()), LABEL, until)
    return [
        {
            "id": one.pk,
            "code": one.code,
            "name": one.name,
            "level": one.level,
            "kind": one.kind,
            "token": given[accounts[f"{PLAYED}{one.code}"]],
            "posts": posts[one.pk],
        }
        for one in offices
        if posts[one.pk]
    ]


def _residents(number: int, until: Any) -> list[str]:
    names = [f"{PLAYED}resident-{n:05d}" for n in range(number)]
    accounts = _accounts(names, AccountKind.RESIDENT)
    given = tokens.issue_all(list(accounts.values()), LABEL, until)
    return [given[accounts[name]] for name in names]


def _accounts(names: list[str], kind: AccountKind) -> dict[str, int]:
    """Accounts nobody can sign in to, by name; those of an earlier time are opened again, their tokens ended."""
    nobody = make_password(None)
    Account.objects.bulk_create(
        (Account(username=name, kind=kind, display_name="演出", password=nobody) for name in names),
        ignore_conflicts=True,
        batch_size=2000,
    )
    ours = Account.objects.filter(username__in=names)
    ours.filter(is_active=False).update(is_active=True)
    ApiToken.objects.filter(account__in=ours, label=LABEL, revoked_at=None).update(revoked_at=timezone.now())
    return dict(ours.values_list("username", "pk"))


# --- ground -----------------------------------------------------------------------------------------------------


def _cells() -> list[dict[str, Any]]:
    names = dict(Division.objects.filter(valid_to=None).values_list("code", "name"))
    grids = set(Office.objects.filter(level="grid", valid_to=None).values_list("cell_id", flat=True))
    found = []
    for cell in Cell.objects.filter(valid_to=None, pk__in=grids).order_by("code").iterator(2000):
        town, village = cell.code[:9] + "000", cell.code[:12]
        found.append(
            {
                "office": cell.code,
                "town": names.get(town, ""),
                "village": names.get(village, ""),
                "points": _points(cell),
            }
        )
    return found


def _points(cell: Cell) -> list[tuple[float, float]]:
    """Inside it and not at its very edge; the same for the same cell."""
    ground = shapely.from_wkb(bytes(cell.wkb))
    inner = ground.buffer(-EDGE)
    shape = ground if inner.is_empty else inner
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    chance, found = Chance("cell", cell.code), [(cell.lon, cell.lat)]
    for _ in range(200):
        if len(found) == POINTS:
            break
        lon, lat = round(chance.between(west, east), 6), round(chance.between(south, north), 6)
        if shapely.intersects_xy(shape, lon, lat):
            found.append((lon, lat))
    return found


def _outside() -> list[tuple[float, float]]:
    """Just across the city's border."""
    city = Boundary.objects.get(division__level="city", division__valid_to=None)
    ground = shapely.from_wkb(bytes(city.wkb))
    near, chance = ground.buffer(0.02).exterior, Chance("outside", city.pk)
    found: list[tuple[float, float]] = []
    while len(found) < OUTSIDE:
        point = near.interpolate(chance.between(0, 1), normalized=True)
        lon, lat = round(point.x, 6), round(point.y, 6)
        if not shapely.intersects_xy(ground, lon, lat):
            found.append((lon, lat))
    return found


# --- limits -------------------------------------------------------------------------------------------------------


def _limits() -> list[str]:
    """Every parameter that some procedure names as a limit."""
    return sorted({limit.param for one in registry.procedures().values() for limit in one.limits()})


def _declared(key: str) -> str:
    """As it is declared: what is in force may be shortened already."""
    declared = params.declared().get(key)
    return declared.default if declared else params.get(key).text


def _minutes(text: str) -> float:
    duration = Duration.parse(text)
    return duration.amount * MINUTES[duration.unit]


def _shorten(speed: float) -> tuple[float, dict[str, int]]:
    """From today on each limit takes 1/speed of its time, a minute at least."""
    known = _shortened()
    if known is not None and known[0] != speed:
        raise NotForPlaying(
            f"时限已按 {known[0]:g} 倍缩短；换速度请先 zhili demo --reset。"
            f" The limits are shortened for {known[0]:g} already: reset the demo first."
        )
    minutes = {key: max(1, math.ceil(_minutes(_declared(key)) / speed)) for key in _limits()}
    for key, value in minutes.items():
        if params.get(key).text == f"{value}min":
            continue
        try:
            set_value(
                key, f"{value}min", timezone.localdate(), source=f"{SHORTENED} {speed:g}", confirmed=False
            )
        except ParamRefused as refused:
            raise NotForPlaying(str(refused)) from None
    return float(speed), minutes


def _shortened() -> tuple[float, dict[str, int]] | None:
    """The speed the limits in force were shortened for, and what they are; None when they hold as they stand."""
    speeds, minutes = set(), {}
    for key in _limits():
        value = params.get(key)
        if value.source.startswith(SHORTENED):
            speeds.add(float(value.source.removeprefix(SHORTENED)))
            minutes[key] = int(Duration.parse(value.text).amount)
    return (speeds.pop(), minutes) if len(speeds) == 1 else None


def write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others: it holds tokens."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(file)
