"""The outbox and its readers.

with transaction.atomic():
    ...                                    # the change
    emit("step", case_id, {...})           # told if, and only if, the change is kept

class Counter(Consumer):
    name = "counter"
    types = frozenset({"step"})
    def handle(self, events): ...          # in the transaction that stores its position

register(Counter())                        # in the app's ready()
run_once(counter)                          # by the worker, again and again
"""

from zhili.core.streams.consumer import Consumer, Event, consumers, register
from zhili.core.streams.keeping import forget, lag, prune, rebase, retry_parked
from zhili.core.streams.reading import run_all, run_once, run_until_idle
from zhili.core.streams.writing import emit, emit_many

__all__ = [
    "Consumer",
    "Event",
    "consumers",
    "emit",
    "emit_many",
    "forget",
    "lag",
    "prune",
    "rebase",
    "register",
    "retry_parked",
    "run_all",
    "run_once",
    "run_until_idle",
]
