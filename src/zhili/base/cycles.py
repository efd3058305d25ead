"""Python's search for cycles, made seldom while very many objects are made that have none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seldom() -> Iterator[None]:
    """Within: a search for every 200,000 new objects, not for every 700; a third of an import went into them.

    Of the whole process, so for work of seconds, not of hours. Reference counts free nearly everything as before.
    """
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
