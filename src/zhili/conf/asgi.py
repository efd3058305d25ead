"""One ASGI application: `/live` runs natively in the event loop, everything else in WSGI threads.

Requests that write run on WSGI because the ORM is synchronous there (measured about twice as fast as under
ASGI); server-sent events run natively because each would hold a thread for its whole life.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application

from zhili.conf.wsgi import application as wsgi_application

THREADS = int(os.environ.get("ZHILI_THREADS", "10"))
_live = get_asgi_application()
_pages = WSGIMiddleware(wsgi_application, workers=THREADS)  # type: ignore[arg-type]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """ASGI 3 entry point."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and (scope["path"] == "/live" or scope["path"].startswith("/live/")):
        await _live(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1003})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
