"""One ASGI application: `/live` runs natively in the event loop, everything else in WSGI threads.

Requests that write run on WSGI because the ORM is synchronous there (measured about twice as fast as under
ASGI); server-sent events run natively because each would hold a thread for its whole life.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware

from zhili.conf.wsgi import application as wsgi_application  # first: it sets Django up
from zhili.portal.live import live

THREADS = int(os.environ.get("ZHILI_THREADS", "10"))
_pages = WSGIMiddleware(wsgi_application, workers=THREADS)  # type: ignore[arg-type]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """ASGI 3 entry point."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live":
        await live(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1003})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            live.close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
