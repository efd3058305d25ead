"""Where this site keeps its data, and the keys it makes for itself at the first start."""

import os
import secrets
from functools import cache
from pathlib import Path


@cache
def home() -> Path:
    """The data folder: ZHILI_HOME, else /var/lib/zhili for root and ~/.local/share/zhili for others."""
    given = os.environ.get("ZHILI_HOME")
    if given:
        return Path(given).expanduser().resolve()
    return Path("/var/lib/zhili") if os.geteuid() == 0 else Path.home() / ".local/share/zhili"


@cache
def secret_key() -> str:
    """ZHILI_SECRET_KEY, else a key made once and kept in the data folder, readable by its owner only."""
    given = os.environ.get("ZHILI_SECRET_KEY")
    if given:
        return given
    file = home() / "secret_key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, file)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()
