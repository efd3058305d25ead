"""One e-mail over SMTP, and what a refusal means."""

import hashlib
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Sent; or `error` in words. `final`: trying again cannot help. `site`: the server cannot be reached."""

    error: str = ""
    final: bool = False
    site: bool = False

    @property
    def sent(self) -> bool:
        return not self.error


def configured() -> bool:
    """Whether this site has a mail server; without one no notice is made for e-mail."""
    return bool(getattr(settings, "EMAIL_URL", ""))


class Post:
    """A connection to the mail server, opened when first needed and kept for the next message."""

    def __init__(self) -> None:
        # Named outright: a test or a shell may have set another backend for the rest of the site.
        self._backend = cast(EmailBackend, get_connection(SMTP))

    def send(self, address: str, subject: str, body: str, message_id: str) -> Outcome:
        """Hand one message to the server. Never raises for what a server or a network may do."""
        try:
            self._connect()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(_words(error), site=True)
        message = EmailMessage(
            subject,
            body,
            settings.DEFAULT_FROM_EMAIL,
            [address],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        try:
            self._backend.send_messages([message])
            return Outcome()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return Outcome(_answer(code, words), final=code >= 500)
        except smtplib.SMTPDataError as error:
            return Outcome(_answer(error.smtp_code, error.smtp_error), final=error.smtp_code >= 500)
        except (ValueError, smtplib.SMTPNotSupportedError) as error:  # no server would take such an address
            return Outcome(_words(error), final=True)
        except (OSError, smtplib.SMTPException) as error:
            # The line was cut, the server too slow or our sender refused. Whether the message was taken
            # is not known: it is tried again later, under the same Message-ID.
            self.close()
            return Outcome(_words(error))

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.connection = None

    def _connect(self) -> None:
        """Open, or make sure a kept connection still answers: servers drop those they find idle."""
        if self._backend.connection is not None:
            try:
                self._backend.connection.noop()
            except (OSError, smtplib.SMTPException):
                self.close()
        self._backend.open()


def message_id(key: str) -> str:
    """The same for each try of one notice, so that a receiver can tell a repeat."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _answer(code: int, words: bytes | str) -> str:
    """A server's answer, without the address it may repeat."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    kept = " ".join(word for word in text.split() if "@" not in word)
    return f"{code} {kept}"[:500]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    text = " ".join(word for word in str(error).split() if "@" not in word)
    return f"{type(error).__name__}: {text}"[:500]
