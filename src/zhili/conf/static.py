"""Static files with hashed names, so that browsers may keep them for ever."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """A page that names a file which is not there is shown without it instead of failing."""

    manifest_strict = False

    def create_compressor(self, **options: Any) -> Compressor:
        """gzip alone: Brotli, which printing documents brings along, took half a minute of the first start."""
        return Compressor(use_brotli=False, **options)

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
