"""Reading what a browser sent: the answers, the files that came with them, and the page's own hidden keys."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest

from zhili.core import files
from zhili.core.forms import Form, FormErrors
from zhili.core.forms.bound import from_post
from zhili.core.people.actors import Actor

KEY = "_key"
SEEN = "_seen"


def new_key() -> str:
    """The hidden word that makes a second sending of the same form harmless."""
    return secrets.token_urlsafe(18)


def key_of(request: HttpRequest) -> str:
    """The key of the form that was sent; a fresh one where there was none."""
    return request.POST.get(KEY, "")[:64] or new_key()


def seen_of(request: HttpRequest) -> int | None:
    """The last step the sender had read."""
    text = request.POST.get(SEEN, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


class Submission:
    """One sent form. ``data`` is for the doors; files that came in the same request are stored first.

    A file that is refused is a fault of its field (``faults``); the others are kept, and stay on the form.
    """

    def __init__(self, request: HttpRequest, form: type[Form] | None, actor: Actor) -> None:
        self.key = key_of(request)
        self.seen = seen_of(request)
        self.faults: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.data: dict[str, Any] = {}
        if form is not None:
            self.data = from_post(form, request.POST, self._store(request, form, actor))

    def _store(self, request: HttpRequest, form: type[Form], actor: Actor) -> dict[str, list[str]]:
        stored: dict[str, list[str]] = {}
        for one in form.fields():
            for upload in request.FILES.getlist(one.name) if one.type == "files" else ():
                try:
                    kept = files.store(
                        upload, upload.name or "", actor, origin=request.META.get("REMOTE_ADDR", "")
                    )
                except files.UploadRefused as refusal:
                    self.faults.setdefault(one.name, []).append(f"{upload.name}：{refusal.reason}")
                else:
                    stored.setdefault(one.name, []).append(f"{kept.id}:{kept.token}")
                    self.names[str(kept.id)] = upload.name or ""
        return stored

    def raise_faults(self) -> None:
        """Refuse the form when one of its files was refused."""
        if self.faults:
            raise FormErrors(self.faults)
