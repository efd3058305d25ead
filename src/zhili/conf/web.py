"""The web process: uvicorn with the application of conf/asgi.py."""

import os
import resource
from types import FrameType

import uvicorn

FILES = 20_000
"""Open files it may have: each live screen is one."""


class Server(uvicorn.Server):
    """Lets live screens go before it waits for requests to end: they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from zhili.portal.live import live

        live.close()
        super().handle_exit(sig, frame)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    config = uvicorn.Config(
        "zhili.conf.asgi:application",
        host=os.environ.get("ZHILI_BIND", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        log_config=None,  # Django's LOGGING has all loggers
        access_log=False,  # conf/middleware.py writes one, without query strings
        server_header=False,
        ws="none",
        backlog=2048,
        timeout_graceful_shutdown=8,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
