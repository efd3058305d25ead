"""E-mail from one URL: smtp://user:password@host:port?tls=1&from=治理 <no-reply@city.example>."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def mail_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings. `smtps://` is TLS from the first byte, `?tls=1` is STARTTLS.

    Without a URL messages go to the console, and notices offer no e-mail channel. Raises ValueError.
    """
    if not url:
        return {"EMAIL_URL": "", "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(
            "EMAIL_URL 的格式是 smtp://用户:密码@主机:端口?tls=1。 EMAIL_URL has the form smtp://user:password@host:port?tls=1"
        )
    query = dict(parse_qsl(parts.query))
    user = unquote(parts.username or "")
    sender = query.get("from") or (user if "@" in user else f"zhili@{parts.hostname}")
    return {
        "EMAIL_URL": url,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and query.get("tls") == "1",
        "EMAIL_TIMEOUT": float(query.get("timeout", "10")),
        "DEFAULT_FROM_EMAIL": sender,
        "SERVER_EMAIL": sender,
    }
