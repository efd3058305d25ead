"""Text messages: one seam, one method and a status (GOV.UK Notify's shape); providers are adapters.

SMS_URL chooses: ``https://…`` a provider asked over HTTP (``http.py``), empty: a file of the trial (``file.py``), which
a real site, one with an https address, does not offer. No number in clear stays anywhere but with the provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.conf import settings


class Status(StrEnum):
    """What became of a message, as far as the provider says."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Text:
    """One message: ``number`` as E.164, the provider's ``template`` with its ``values``, and the same in ``words``.

    ``reference`` is ours: a provider that gets it twice sends once.
    """

    number: str
    template: str
    values: dict[str, str]
    words: str
    reference: str


@dataclass(frozen=True)
class Sent:
    """``reference`` is the provider's, to ask its status by; ``error`` says why it was not taken."""

    reference: str
    status: Status
    error: str = ""


class Provider(Protocol):
    """An adapter. ``send`` never raises for what happens at the provider's: it says FAILED."""

    name: str

    def send(self, text: Text) -> Sent: ...

    def status(self, reference: str) -> Status: ...


def offered() -> bool:
    """Whether a message can reach somebody here, be it only the reader of a trial's log."""
    return bool(settings.SMS_URL) or trial()


def trial() -> bool:
    """No provider, and not a real site either: messages are written down for whoever tries the system."""
    return not settings.SMS_URL and not settings.SMS_REAL_SITE


def provider() -> Provider:
    """The one chosen by SMS_URL."""
    from zhili.core.people.sms.file import FileProvider
    from zhili.core.people.sms.http import HttpProvider

    if settings.SMS_URL:
        return HttpProvider(settings.SMS_URL, settings.SMS_TOKEN)
    return FileProvider(settings.HOME / "sms.log")
