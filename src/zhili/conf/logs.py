"""Logs: one JSON object per line on stderr, each with the id of the request it belongs to."""

import logging
import os
import secrets
from contextvars import ContextVar

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no letter that is mistaken for another when read aloud
request_id: ContextVar[str] = ContextVar("request_id", default="")


def new_id() -> str:
    """A short id a person can read over the telephone; about 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class AddRequestId(logging.Filter):
    """Puts the request's id on each record, under the name shown on the error page."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.id = request_id.get() or None
        return True


def config(level: str | None = None) -> dict:
    """Django's LOGGING. ZHILI_LOG=text gives plain lines for people at a terminal."""
    level = level or os.environ.get("ZHILI_LOG_LEVEL", "INFO")
    style = "text" if os.environ.get("ZHILI_LOG") == "text" else "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "zhili.conf.logs.AddRequestId"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "{asctime}{levelname}{name}{message}{id}",
                "style": "{",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "log"},
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "json_ensure_ascii": False,
            },
            "text": {"format": "%(asctime)s %(levelname)s %(name)s %(id)s %(message)s"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": style}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": True},
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.db.backends": {"level": "WARNING"},
            # 4xx are told to the sender; the access line has them too.
            "django.request": {"level": "ERROR"},
            "uvicorn": {"handlers": [], "propagate": True},
            "uvicorn.access": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
