"""A small city for tests: two counties of one town, two villages, two cells each, and everybody who works there.

Ground: county A covers 120.0–120.4 E, county B 120.4–120.8 E, both 30.0–30.2 N; villages are squares of 0.2
degrees side by side, cells their southern and northern halves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

import shapely
from django.db import connection
from django.db.models import Model

from zhili.core.cases import routing
from zhili.core.cases.models import Category, Duty
from zhili.core.people import offices
from zhili.core.people.actors import Actor, of_account
from zhili.core.people.models import Account, Office, Post, PostHolding
from zhili.core.places import edition
from zhili.core.places import tree as places
from zhili.core.places.models import Boundary, Cell, Division

BEGIN = date(2020, 1, 1)
INSIDE = {"lon": 120.05, "lat": 30.05, "address": "建设路1号"}
NORTH = {"lon": 120.05, "lat": 30.15, "address": "建设路9号"}
ELSEWHERE = {"lon": 120.65, "lat": 30.05, "address": "新塍大道2号"}
OUTSIDE = {"lon": 121.5, "lat": 31.2, "address": "上海市"}
SCENARIO = "citizen_reports"
HOW_MANY: dict[type[Model], int] = {Division: 9, Cell: 8, Office: 20}
Row = TypeVar("Row", bound=Model)


class SmallCity:
    """Offices by short name: ``A.grid``, ``A.village``, ``A.town``, ``A``, ``A.zhzf``, ``city``, ``hotline`` …"""

    def __init__(self) -> None:
        self.offices: dict[str, Office] = {}
        self.divisions: dict[str, Division] = {}
        self.cells: dict[str, Cell] = {}
        self._people: dict[str, Actor] = {}
        self._rows: dict[type[Model], list[Any]] | None = {Division: [], Boundary: [], Cell: [], Office: []}
        self._numbers = dict(zip(HOW_MANY, _numbers(), strict=True))
        self.city = self._division("330400000000", "嘉兴市", "city", None, (120.0, 30.0, 120.8, 30.2))
        top = self._office("city", "市社会治理中心", "city", self.city, None)
        for kind, name in (("hotline", "市12345热线"), ("arbiter", "市裁定办")):
            self._office(kind, name, "city", self.city, top, kind=kind)
        self._county("A", "330402", "南湖区", 120.0, top)
        self._county("B", "330411", "秀洲区", 120.4, top)
        self.department = self._office(
            "A.zhzf",
            "南湖区综合行政执法局",
            "county",
            self.divisions["A"],
            self.offices["A"],
            kind="department",
        )
        rows, self._rows = self._rows, None
        for model, made in rows.items():
            model._default_manager.bulk_create(made)
        self._categories()
        edition.changed()
        places.rebuild_closure()
        forget()

    def _county(self, letter: str, code: str, name: str, west: float, top: Office) -> None:
        county = self._division(f"{code}000000", name, "county", self.city, (west, 30.0, west + 0.4, 30.2))
        centre = self._office(letter, f"{name}社会治理中心", "county", county, top)
        town = self._division(
            f"{code}001000", f"{name}一街道", "town", county, (west, 30.0, west + 0.4, 30.2)
        )
        command = self._office(f"{letter}.town", f"{name}一街道指挥室", "town", town, centre)
        self.divisions |= {letter: county, f"{letter}.town": town}
        for n, suffix in ((1, ""), (2, "2")):
            left = west + 0.2 * (n - 1)
            village = self._division(
                f"{code}00100{n}", f"{name}{n}村", "village", town, (left, 30.0, left + 0.2, 30.2)
            )
            committee = self._office(f"{letter}.village{suffix}", f"{name}{n}村", "village", village, command)
            self.divisions[f"{letter}.village{suffix}"] = village
            for c, south in ((1, 30.0), (2, 30.1)):
                cell = self._kept(Cell(
                    code=f"{code}00100{n}0{c}", number=c, name=f"{name}{n}村0{c}网格", village=village,
                    wkb=shapely.to_wkb(shapely.box(left, south, left + 0.2, south + 0.1)),
                    lon=left + 0.1, lat=south + 0.05,
                    valid_from=BEGIN,
                ))  # fmt: skip
                short = f"{letter}.grid{suffix}" + ("" if c == 1 else "n")
                self.cells[short] = cell
                self._office(short, cell.name, "grid", village, committee, cell=cell)

    def _division(
        self, code: str, name: str, level: str, parent: Division | None, box: tuple[float, ...]
    ) -> Division:
        made = self._kept(
            Division(
                code=code,
                name=name,
                level=level,
                parent=parent,
                valid_from=BEGIN,
                lon=(box[0] + box[2]) / 2,
                lat=(box[1] + box[3]) / 2,
            )
        )
        self._kept(Boundary(division=made, wkb=shapely.to_wkb(shapely.box(*box)), valid_from=BEGIN))
        return made

    def _office(
        self, short: str, name: str, level: str, division: Division, parent: Office | None, **more: Any
    ) -> Office:
        made = self._kept(
            Office(
                code=f"T-{short}",
                name=name,
                level=level,
                division=division,
                parent=parent,
                valid_from=BEGIN,
                **more,
            )
        )
        self.offices[short] = made
        return made

    def _kept(self, row: Row) -> Row:
        """While the city is made a table's rows go in together: most tests begin with one."""
        if self._rows is None:
            row.save(force_insert=True)
            return row
        if type(row) in HOW_MANY:
            row.pk = next(self._numbers[type(row)])
        self._rows[type(row)].append(row)
        return row

    def _categories(self) -> None:
        rows = [
            ("2", "", "事件", True),
            ("201", "2", "市容", True),
            ("201001", "201", "暴露垃圾", True),
            ("201013", "201", "私搭乱建", False),
        ]
        rows += [("204", "2", "突发", True), ("204003", "204", "燃气泄漏", True)]
        Category.objects.bulk_create(
            Category(scenario=SCENARIO, code=code, parent=parent, name=name, public=public)
            for code, parent, name, public in rows
        )
        ours = {"scenario": SCENARIO, "division": self.divisions["A"], "office": self.department}
        Duty.objects.bulk_create(
            [Duty(category="201013", **ours), Duty(category="204003", direct=True, **ours)]
        )

    def actor(self, office: str, *roles: str, name: str | None = None) -> Actor:
        """Somebody in a post of that office with these roles (default: those usual there)."""
        usual = {"grid": ("grid",), "hotline": ("hotline",), "arbiter": ("arbiter",)}
        at = self.offices[office]
        wanted = tuple(roles) or usual.get(
            at.level if at.kind == "general" else at.kind, ("handler", "leader")
        )
        name = name or f"{office}-{'-'.join(wanted)}"
        if name not in self._people:
            account = Account.objects.create(username=name, kind="staff")
            post, _ = Post.objects.get_or_create(
                office=at, title="、".join(wanted), defaults={"roles": list(wanted)}
            )
            PostHolding.objects.create(post=post, account=account, valid_from=BEGIN)
            self._people[name] = of_account(account)
        return self._people[name]

    def resident(self, name: str = "居民甲") -> Actor:
        """A resident with an account."""
        if name not in self._people:
            self._people[name] = of_account(Account.objects.create(username=name, kind="resident"))
        return self._people[name]

    def account_of(self, actor: Actor) -> Account:
        return Account.objects.get(pk=actor.account_id)


def _numbers() -> list[Iterator[int]]:
    """The next keys of each table of HOW_MANY."""
    wanted = ", ".join(
        f"ARRAY(SELECT nextval(pg_get_serial_sequence('{model._meta.db_table}', 'id'))"
        f" FROM generate_series(1, {number}))"
        for model, number in HOW_MANY.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted}")
        return [iter(keys) for keys in cursor.fetchone()]


def forget(also: Iterable[Any] = ()) -> None:
    """Make this process read places, offices, duties and versions again."""
    from zhili.core.cases import registry

    edition.forget()
    offices.forget()
    routing.forget()
    registry.forget_versions()
