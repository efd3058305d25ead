"""Python's search for cycles, in processes that make and drop many small objects and hardly a cycle.

It looks through all there is again and again, the more of it the more is remembered: a third to a half of the time of
judging. Objects without cycles are freed at once all the same.
"""

import gc


def seldom() -> None:
    """From now on; what is there already is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
