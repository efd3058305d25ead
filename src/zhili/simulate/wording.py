"""What people write, from the templates in data/reports.toml; all of it made up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from zhili.simulate.chance import Chance
from zhili.simulate.city import Cell
from zhili.simulate.proportions import TELEPHONE_IN_TEXT


@dataclass(frozen=True)
class Category:
    """What is reported: its code, how often, in which words, and how it is answered."""

    code: str
    name: str
    weight: float
    what: tuple[str, ...]
    done: tuple[str, ...]


@cache
def table() -> dict[str, Any]:
    return tomllib.loads(files("zhili.simulate").joinpath("data/reports.toml").read_text("utf-8"))


@cache
def categories() -> dict[str, Category]:
    """By code."""
    return {
        one["code"]: Category(one["code"], one["name"], one["weight"], tuple(one["what"]), tuple(one["done"]))
        for one in table()["category"]
    }


def category(chance: Chance) -> str:
    """A code, as often as its weight says."""
    return chance.weighted({code: one.weight for code, one in categories().items()})


def phrase(kind: str, chance: Chance) -> str:
    """One sentence of a kind, such as ``progress`` or ``declines``."""
    return str(chance.one(table()[kind]))


def report(code: str, spot: str, chance: Chance, *, echo: bool = False) -> str:
    """A resident's words. ``echo``: somebody reports what others have reported already."""
    start = phrase("echoes", chance) if echo else ""
    what = chance.one(categories()[code].what).format(spot=spot, since=phrase("since", chance))
    text = start + what + phrase("tails", chance)
    if chance.hits(TELEPHONE_IN_TEXT):
        text += f"我的电话{telephone(chance)}。"
    return text


def answer(code: str, chance: Chance) -> str:
    return chance.one(categories()[code].done)


def spot(chance: Chance) -> str:
    return phrase("spots", chance)


def address(cell: Cell, where: str) -> str:
    """By the city's own names."""
    return f"{cell.town}{cell.village}{where}"


def telephone(chance: Chance) -> str:
    """Nobody's: 1380573 is followed by digits drawn."""
    return f"1380573{chance.number(0, 9999):04d}"


SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"


def name(chance: Chance) -> str:
    return chance.one(SURNAMES) + chance.one(["先生", "女士"])
