"""Uploads: taken in with suspicion, kept by hash, shown without what the camera wrote into them.

kept = files.store(stream, name, actor)            # Stored(id, token); raises UploadRefused
found = files.check_attachable(ids, tokens, actor)  # raises UploadRefused (status 422)
files.attach(found, case_id, step_seq)             # in the transaction of the step
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zhili.core.files.refusal import UploadRefused

if TYPE_CHECKING:
    from zhili.core.files.attaching import attach, check_attachable
    from zhili.core.files.copies import public_copy, thumbnail
    from zhili.core.files.intake import Stored, store

__all__ = ["Stored", "UploadRefused", "attach", "check_attachable", "public_copy", "store", "thumbnail"]

_HOMES = {
    "attach": "attaching",
    "check_attachable": "attaching",
    "public_copy": "copies",
    "thumbnail": "copies",
    "Stored": "intake",
    "store": "intake",
}


def __getattr__(name: str) -> Any:
    # Found at first use: these need models, and Django imports this package before models are ready.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
