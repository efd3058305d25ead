"""The demo city's offices, posts and accounts, made from the divisions and cells already loaded.

Names of offices follow local usage; their duties and telephone numbers are made up. Nothing here may ever
touch a real site: `load` refuses where anybody but the demo's own accounts exists.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from zhili.core.people import offices
from zhili.core.people.models import Account, AccountKind, Deputy, Office, Post, PostHolding
from zhili.core.places import demo as places
from zhili.core.places.models import Cell, Division

SINCE: Final = date(2025, 1, 1)
ALL_DAY: Final = [["00:00", "24:00"]]

PHONES: Final = {"33": "0573-12345", "31": "021-12345"}
"""The made-up telephone of the city's centre, by its province."""

# Slug, and the name from the county's full name (南湖区) and short name (南湖); districts have no police
# bureau of their own, and environment is a branch of the city's bureau everywhere since the reform of 2016.
DEPARTMENTS: Final[dict[str, Callable[[str, str, str], str]]] = {
    "zhzf": lambda city, county, short: f"{county}综合行政执法局",
    "zhujian": lambda city, county, short: f"{county}住房和城乡建设局",
    "jiaotong": lambda city, county, short: f"{county}交通运输局",
    "shuili": lambda city, county, short: f"{county}水利局",
    "huanjing": lambda city, county, short: f"{city}生态环境局{short}分局",
    "shichang": lambda city, county, short: f"{county}市场监督管理局",
    "gongan": lambda city, county, short: (
        f"{city}公安局{county}分局" if county.endswith("区") else f"{county}公安局"
    ),
    "minzheng": lambda city, county, short: f"{county}民政局",
}

# What is called otherwise in Shanghai, whose districts have their own bureaus under the city.
IN_SHANGHAI: Final[dict[str, str]] = {
    "zhzf": "{county}城市管理行政执法局",
    "zhujian": "{county}建设和管理委员会",
    "jiaotong": "{county}交通委员会",
    "shuili": "{county}水务局",
    "huanjing": "{county}生态环境局",
    "gongan": "上海市公安局{short}分局",
}

# Posts by kind of office: title and roles.
_BOTH = ["handler", "leader"]
_POSTS: Final[dict[str, list[tuple[str, list[str]]]]] = {
    "grid": [("网格员", ["grid"])],
    "village": [("社区书记", _BOTH)],
    "town": [("值班长", _BOTH), ("单位管理员", ["admin"])],
    "county": [("值班长", _BOTH), ("单位管理员", ["admin"])],
    "city": [
        ("值班长", _BOTH),
        ("总指挥", ["commander"]),
        ("审计员", ["auditor"]),
        ("单位管理员", ["admin"]),
    ],
    "department": [("经办人", ["handler"]), ("审签人", ["leader"])],
    "hotline": [("话务员", ["hotline"])],
    "arbiter": [("裁定员", ["arbiter"])],
}


class NotADemo(RuntimeError):
    """This site has accounts of its own."""


@dataclass(frozen=True)
class Person:
    """A demo account: where along the chain, in which post, and what it shows."""

    username: str
    rung: str
    post: str
    what: str


PEOPLE: Final = (
    Person("resident", "", "", "居民：上报、查看进度、评价"),
    Person("grid", "grid", "网格员", "网格员：巡查、处置、上报"),
    Person("village", "village", "社区书记", "村社区：处置，另代理网格员"),
    Person("town", "town", "值班长", "镇街综合信息指挥室：交办、处置、审签"),
    Person("county", "county", "值班长", "县级社会治理中心：交办、审签"),
    Person("handler", "department", "经办人", "县级部门经办：处置、拟稿"),
    Person("leader", "department", "审签人", "县级部门审签：审核、签发"),
    Person("city", "city", "值班长", "市社会治理中心：交办、审签"),
    Person("hotline", "hotline", "话务员", "热线话务：代群众登记"),
    Person("arbiter", "arbiter", "裁定员", "权责裁定：三次退回的事项"),
    Person("commander", "city", "总指挥", "指挥：看全市"),
    Person("auditor", "city", "审计员", "审计：看存证和查看记录"),
    Person("admin", "city", "单位管理员", "管理：单位、岗位、账号"),
)
JOINT: Final = Person("joint", "county", "联合指挥席", "毗邻联合指挥：移交对方、受理对方移交、联合处置")
"""Only in a city at a border (ZHILI_DEMO_CITY): the seat of the joint centre in the county's centre."""
BUILDERS: Final = (
    Person("officer", "", "", "劳资专管员：施工总承包单位，管项目、核对考勤"),
    Person("clerk", "", "", "分包单位劳资员：登记工人、确认考勤、签合同"),
    Person("foreman", "", "", "班组长：记考勤、确认、签合同"),
    Person("worker", "", "", "工人：确认自己的考勤、签合同"),
    Person("officer2", "", "", "劳资专管员：另一家施工总承包单位，有一个项目晚发工资"),
)
"""Of the building site, made by the wages' own demo."""
_OTHERS: Final = frozenset(person.username for person in (JOINT, *BUILDERS))
_NAMES: Final = frozenset(person.username for person in PEOPLE)
PLAYED: Final = "sim-"
"""How the names of accounts begin that `zhili simulate prepare` makes in a demo city; nobody can sign in to them."""


def password() -> str:
    """The one password of all demo accounts: ZHILI_DEMO_PASSWORD, else the documented default."""
    return os.environ.get("ZHILI_DEMO_PASSWORD") or "zhili-demo"


def load() -> dict[str, int]:
    """Make offices, posts and accounts; harmless when repeated. Returns how many there are of each.

    Raises NotADemo on a site with accounts of its own, LookupError when no divisions are loaded.
    """
    refuse_a_real_site()
    city = Division.objects.filter(level="city", valid_to=None).order_by("code").first()
    if city is None:
        raise LookupError("还没有行政区划，请先载入演示城市的区划和网格")
    with transaction.atomic():
        if not Office.objects.filter(code=city.code).exists():
            _offices(city)
            _posts()
        _accounts(city)
    offices.forget()
    return {"offices": Office.objects.count(), "posts": Post.objects.count(), "accounts": len(PEOPLE)}


def refuse_a_real_site() -> None:
    """Raise NotADemo when there is any account that `load` did not make.

    The demo's people come all together or not at all, so an `admin` standing alone is somebody's own.
    """
    ours = _demo_names()
    others = Account.objects.exclude(username__in=_NAMES | _OTHERS)
    others = others.exclude(username__startswith=PLAYED)
    if ours == _NAMES:  # other programs may have got their accounts since
        others = others.exclude(kind=AccountKind.MACHINE)
    if os.environ.get("ZHILI_DEMO") == "0" or others.exists() or (ours and ours != _NAMES):
        raise NotADemo("本站已有正式账号（或 ZHILI_DEMO=0），不能载入演示账号；未作任何改动")


def demo_accounts() -> list[tuple[str, str, str, str]]:
    """Username, password, what the account shows, and where it sits: for the banner. [] on a real site."""
    if _demo_names() != _NAMES:
        return []
    there = set(Account.objects.filter(username__in=_OTHERS).values_list("username", flat=True))
    people = [*PEOPLE, *(one for one in (JOINT, *BUILDERS) if one.username in there)]
    seats = PostHolding.objects.filter(account__username__in=[one.username for one in people]).order_by("-pk")
    where = {
        name: f"{office} {post}"
        for name, office, post in seats.values_list("account__username", "post__office__name", "post__title")
    }
    return [(person.username, password(), person.what, where.get(person.username, "")) for person in people]


def _demo_names() -> frozenset[str]:
    """Which of the demo's user names exist here."""
    return frozenset(Account.objects.filter(username__in=_NAMES).values_list("username", flat=True))


def department_code(county_code: str, slug: str) -> str:
    """Code of a county department's office, such as 330402000000-zhzf; slugs are the keys of DEPARTMENTS."""
    return f"{county_code}-{slug}"


def _offices(city: Division) -> None:
    """From the top down, one insert for each level, since each row names its parent's id."""
    name = f"{city.name}{_centre(city)}"
    top = Office.objects.create(
        code=city.code,
        name=name,
        level="city",
        division=city,
        valid_from=SINCE,
        phone=PHONES.get(city.code[:2], "0573-12345"),
    )
    common = {"level": "city", "division": city, "parent": top, "valid_from": SINCE}
    Office.objects.bulk_create(
        [
            Office(
                code=f"{city.code}-12345",
                name=f"{city.name}12345政务服务便民热线",
                kind="hotline",
                phone="12345",
                hours=ALL_DAY,
                **common,
            ),
            Office(code=f"{city.code}-caiding", name=f"{city.name}权责裁定办公室", kind="arbiter", **common),
        ]
    )
    above = {city.pk: top}
    for level, name_of in (("county", _county_name), ("town", _town_name), ("village", _village_name)):
        divisions = Division.objects.filter(level=level, valid_to=None, parent_id__in=above).order_by("code")
        made = Office.objects.bulk_create(
            (
                Office(
                    code=d.code,
                    name=name_of(d),
                    level=level,
                    division=d,
                    parent=above[d.parent_id or 0],
                    valid_from=SINCE,
                )
                for d in divisions
            ),
            batch_size=2000,
        )
        if level == "county":
            Office.objects.bulk_create(_departments(city, made))
        above = {office.division_id: office for office in made}
    Office.objects.bulk_create(_grids(above), batch_size=2000)


def _departments(city: Division, centres: Iterable[Office]) -> Iterator[Office]:
    for centre in centres:
        county = centre.division.name
        for slug in DEPARTMENTS:
            yield Office(
                code=department_code(centre.code, slug),
                name=_department_name(slug, city, county),
                level="county",
                kind="department",
                division=centre.division,
                parent=centre,
                valid_from=SINCE,
            )


def _department_name(slug: str, city: Division, county: str) -> str:
    if city.code.startswith("31") and slug in IN_SHANGHAI:
        return IN_SHANGHAI[slug].format(county=county, short=county[:-1])
    return DEPARTMENTS[slug](city.name, county, county[:-1])


def _grids(villages: dict[int, Office]) -> Iterator[Office]:
    cells = Cell.objects.filter(valid_to=None, village_id__in=villages).order_by("code")
    for key, code, name, village in cells.values_list("pk", "code", "name", "village_id").iterator(2000):
        above = villages[village]
        label = name if name.startswith(above.name) else f"{above.name} {name}"
        yield Office(
            code=code,
            name=label[:100],
            level="grid",
            division_id=village,
            cell_id=key,
            parent=above,
            valid_from=SINCE,
        )


def _county_name(county: Division) -> str:
    return f"{county.name}{_centre(county)}"


def _centre(division: Division) -> str:
    """What the centre of a city or county is called there."""
    return "城市运行管理中心" if division.code.startswith("31") else "社会治理中心"


def _town_name(town: Division) -> str:
    body = "办事处" if town.name.endswith("街道") else "人民政府" if town.name[-1] in "镇乡" else ""
    return f"{town.name}{body}综合信息指挥室"


def _village_name(village: Division) -> str:
    return village.name


def _posts() -> None:
    rows = Office.objects.order_by("pk").values_list("pk", "kind", "level")
    Post.objects.bulk_create(
        (
            Post(office_id=key, title=title, roles=roles)
            for key, kind, level in rows
            for title, roles in _POSTS[level if kind == "general" else kind]
        ),
        batch_size=2000,
    )


def _chain(city: Division) -> dict[str, Office]:
    """One office of each kind: a cell (the city's first, at a border one near it) and all that stands over it."""
    chain = {kind: Office.objects.get(kind=kind, division=city) for kind in ("hotline", "arbiter")}
    grids = Office.objects.filter(level="grid").order_by("code")
    office = grids.filter(code__startswith=_village()).first() or grids.first()
    while office is not None:
        chain[office.level] = office
        office = office.parent
    if "county" in chain:
        code = department_code(chain["county"].code, next(iter(DEPARTMENTS)))
        chain["department"] = Office.objects.get(code=code)
    chain.setdefault("city", Office.objects.get(code=city.code))
    return chain


def _village() -> str:
    """The village where the demo's people sit in a city at a border; empty elsewhere."""
    return places.chosen().village


def _accounts(city: Division) -> None:
    chain = _chain(city)
    secret = make_password(password())
    joint = "county" in chain and bool(_village())
    if joint:
        Post.objects.get_or_create(office=chain["county"], title=JOINT.post, defaults={"roles": _BOTH})
    for person in (*PEOPLE, *((JOINT,) if joint else ())):
        kind = AccountKind.STAFF if person.rung else AccountKind.RESIDENT
        account, _ = Account.objects.update_or_create(
            username=person.username,
            defaults={"kind": kind, "display_name": person.what.partition("：")[0], "password": secret},
        )
        if person.rung in chain:
            post = Post.objects.get(office=chain[person.rung], title=person.post)
            PostHolding.objects.get_or_create(post=post, account=account, defaults={"valid_from": SINCE})
    _stand_in(chain)
    _let_administer(Account.objects.get(username="admin"))


def _stand_in(chain: dict[str, Office]) -> None:
    """The village's secretary stands in for the grid worker this year: shows how a post is chosen."""
    if "grid" not in chain:
        return
    year = timezone.localdate().year
    Deputy.objects.get_or_create(
        post=Post.objects.get(office=chain["grid"]),
        account=Account.objects.get(username="village"),
        valid_from=date(year, 1, 1),
        defaults={"valid_to": date(year + 1, 1, 1), "reason": "AB岗"},
    )


def _let_administer(account: Account) -> None:
    """Into Django's admin, for offices, posts and accounts only: not for secrets, nor for rights."""
    tables = ("office", "post", "postholding", "deputy", "account")
    wanted = [f"{verb}_{table}" for table in tables for verb in ("view", "add", "change")]
    Account.objects.filter(pk=account.pk).update(is_staff=True)
    account.user_permissions.set(
        Permission.objects.filter(content_type__app_label="people", codename__in=wanted)
    )
