"""The demo city, from its ground up: places, offices and people, then each scenario's own share."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings


def steps() -> list[tuple[str, Callable[[], object]]]:
    """(what is being loaded, in words; the function that loads it), in order. Each is harmless when repeated."""
    from zhili.core.documents import demo as documents
    from zhili.core.people import demo as people
    from zhili.core.places import demo as places
    from zhili.core.registers import demo as registers

    found: list[tuple[str, Callable[[], object]]] = [
        ("区划和网格", places.load),
        ("单位和账号", people.load),
        ("办文代字", documents.load),
        ("公开登记", registers.load),
    ]
    for name in settings.SCENARIOS:
        module = f"zhili.scenarios.{name}.demo"
        if find_spec(module) is not None:
            found.append((name, import_module(module).load))
    return found


def load(tell: Callable[[str, int, int], None] = lambda text, done, total: None) -> None:
    """Load all of it. ``tell(text, done, total)`` hears how far it is."""
    todo = steps()
    for done, (text, step) in enumerate(todo):
        tell(text, done, len(todo))
        step()


def accounts() -> list[tuple[str, str, str]]:
    """(username, password, what it shows and where) of the demo's people."""
    from zhili.core.people.demo import demo_accounts

    return [(name, word, f"{what} {where}".strip()) for name, word, what, where in demo_accounts()]
