"""The web process: uvicorn with the application of conf/asgi.py."""

import os

import uvicorn


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    uvicorn.run(
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


if __name__ == "__main__":
    main()
