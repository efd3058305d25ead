"""Pages that read a table from a file: taken as it is, for the reader in the view, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]


def takes_tables(view: View) -> View:
    """The site's own handler lets only photos and documents of matters in, and the CSRF check reads the body before a
    view can say otherwise: so the check is made here, after another handler was set."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.upload_handlers = [MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]
        return checked(request, *args, **kwargs)

    return inside
