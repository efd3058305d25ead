"""The test site as it is really served: uvicorn with conf/asgi.py, `/live` too. The fixture is `served`."""

from __future__ import annotations

import socket
import threading
import time

import uvicorn

from zhili.conf import asgi
from zhili.portal.live import Live


class Served:
    """A server in a thread of this process. May be stopped and started again on the same port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.live = asgi.live

    def start(self) -> None:
        self.live = asgi.live = Live()
        config = uvicorn.Config(
            asgi.application,
            port=self.port,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=5,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="served", daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> float:
        """As SIGTERM does it (conf/web.py); the seconds it took."""
        began = time.monotonic()
        self.live.close()
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()
        if self.live.hub.reader is not None:
            self.live.hub.reader.join(5)  # its connection would hold the test's database
        return time.monotonic() - began
