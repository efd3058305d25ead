"""The demo city's marks, made up, one for each office that issues documents. Its seals say 演示."""

from collections.abc import Iterator

from zhili.core.documents.models import Letterhead
from zhili.core.people.demo import refuse_a_real_site
from zhili.core.people.models import Office

WORDS = {
    "zhzf": "综执",
    "zhujian": "住建",
    "jiaotong": "交通",
    "shuili": "水利",
    "huanjing": "环",
    "shichang": "市监",
    "gongan": "公",
    "minzheng": "民",
}


def load() -> dict[str, int]:
    """Give marks to offices of city, counties and towns; harmless when repeated. Raises NotADemo on a real site."""
    refuse_a_real_site()
    Letterhead.objects.bulk_create(_marks(), ignore_conflicts=True)
    return {"marks": Letterhead.objects.count()}


def _marks() -> Iterator[Letterhead]:
    rows = Office.objects.filter(level__in=("city", "county", "town"), kind__in=("general", "department"))
    for office in rows.select_related("division__parent").order_by("pk"):
        yield Letterhead(office=office, mark=_mark(office))


def _mark(office: Office) -> str:
    division = office.division
    if office.level == "town":
        above = _short(division.parent.name) if division.parent else ""
        return f"{above}{_short(division.name)}综"[:16]
    if office.kind == "department":
        return _short(division.name) + WORDS.get(office.code.rpartition("-")[2], "局")
    return f"{_short(division.name)}社治"


def _short(name: str) -> str:
    for ending in ("街道", "区", "县", "市", "镇", "乡"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)]
    return name
