"""A file of secret keys: mode 0600 in ZHILI_HOME, or what an environment variable names, or holds itself.

Of several processes that start at once one makes the file and all read it; a change replaces it whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


class RingFileError(RuntimeError):
    """The file cannot be used; the message tells an operator why."""


@dataclass(frozen=True)
class RingFile:
    """``variable``: names another file, or is the JSON itself. ``name``: the file in ZHILI_HOME without it."""

    name: str
    variable: str
    make: Callable[[], dict[str, Any]]
    """What a site's first file holds."""
    error: type[RuntimeError] = RingFileError
    """Raised where the file cannot be used."""

    def inline(self) -> str | None:
        """The JSON, where a secret store hands it over in the environment."""
        given = os.environ.get(self.variable, "").strip()
        return given if given.startswith("{") else None

    def path(self) -> Path:
        given = os.environ.get(self.variable, "").strip()
        return Path(given).expanduser() if given else Path(settings.HOME) / self.name

    def exists(self) -> bool:
        """Whether there is one already; reading makes it."""
        return self.inline() is not None or self.path().exists()

    def source(self) -> tuple[Any, ...]:
        """Differs when the content may differ."""
        inline = self.inline()
        if inline is not None:
            return ("env", inline)
        file = self.path()
        try:
            stat = file.stat()
        except FileNotFoundError:
            return (str(file), None)
        return (str(file), stat.st_mtime_ns, stat.st_ino)

    def read(self) -> str:
        """Its text, made now if there was none. Raises ``error`` when others can read it."""
        inline = self.inline()
        if inline is not None:
            return inline
        file = self.path()
        try:
            text = file.read_text()
        except FileNotFoundError:
            return self.first()
        if file.stat().st_mode & 0o077:
            raise self.error(f"{file} 可被其他用户读取，请执行 chmod 600 后重试")
        return text

    def write(self, document: dict[str, Any]) -> None:
        """Replace it. Raises ``error`` when it is given by the environment."""
        if self.inline() is not None:
            raise self.error(f"密钥由环境变量 {self.variable} 给出，请在其中增减密钥，本程序无法改写")
        file = self.path()
        self._draft(file, document).rename(file)

    def first(self) -> str:
        """Make it; its text. Raises ``error`` when another file was named."""
        file = self.path()
        if os.environ.get(self.variable):
            raise self.error(f"{self.variable} 指定的密钥文件不存在：{file}")
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._draft(file, self.make())
        try:
            with contextlib.suppress(FileExistsError):
                os.link(draft, file)  # unlike rename, never replaces a file somebody else just made
        finally:
            draft.unlink()
        return file.read_text()

    def _draft(self, file: Path, document: dict[str, Any]) -> Path:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".keys-")  # created with mode 0600
        with os.fdopen(handle, "w") as out:
            json.dump(document, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        return Path(name)
