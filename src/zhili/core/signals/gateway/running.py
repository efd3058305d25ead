"""The process: every listener, kept listening; a signal ends it in good order."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress

from zhili.core.signals.gateway import http, mqtt, watch  # noqa: F401 - they register themselves
from zhili.core.signals.gateway.counting import Counts
from zhili.core.signals.gateway.gathering import Gatherer
from zhili.core.signals.gateway.listening import Listener, Surroundings, listeners
from zhili.core.signals.gateway.options import Options
from zhili.core.signals.judge import garbage

log = logging.getLogger("zhili.gateway")
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


def run(options: Options) -> None:
    """Until SIGTERM or SIGINT."""
    garbage.seldom()
    asyncio.run(serve(options))


async def serve(options: Options, ready: Callable[[Surroundings], None] | None = None) -> None:
    """Everything, in this event loop; ``ready`` is called once the listeners have been started."""
    if options.embedded_port:
        from zhili.core.signals.gateway import broker  # noqa: F401 - amqtt only where it is wanted
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError, RuntimeError):  # not in the main thread: whoever runs us cancels us
            loop.add_signal_handler(sign, stop.set)
    counts = Counts()
    gatherer = Gatherer(counts, options.batch, options.pause, options.room)
    around = Surroundings(options, gatherer, counts)
    gatherer.start()
    tasks = [loop.create_task(_keep(one, around), name=one.name) for one in listeners(around)]
    if ready is not None:
        ready(around)
    try:
        await stop.wait()
    finally:
        # First no more is read, then what was read is stored and acknowledged where the line still stands.
        await gatherer.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(listener: Listener, around: Surroundings) -> None:
    """A listener that falls is told and started again: a port in use may be free a moment later."""
    wait, state = FIRST_WAIT, around.counts.state
    state[listener.name] = "starting"
    while True:
        began = asyncio.get_running_loop().time()
        try:
            await listener.run()
            said = "ended"
        except OSError as error:
            said = str(error)
            log.error("%s does not listen: %s; again in %.0f s", listener.name, said, wait)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            log.exception("%s fell; again in %.0f s", listener.name, wait)
        state[listener.name] = said
        if asyncio.get_running_loop().time() - began > 60:
            wait = FIRST_WAIT
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)
