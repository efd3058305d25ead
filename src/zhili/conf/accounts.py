"""Which operating-system user runs the private database, and what that user may reach."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OsUser:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


def _lookup(name: str) -> OsUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create(name: str) -> OsUser | None:
    """Add a system user that cannot sign in; None where the machine has no tool for it."""
    if tool := shutil.which("useradd"):
        command = [tool, "--system", "--no-create-home", "--home-dir", "/var/lib/zhili"]
        command += ["--shell", "/usr/sbin/nologin", "--user-group", name]
    elif tool := shutil.which("adduser"):  # BusyBox
        command = [tool, "-S", "-D", "-H", "-h", "/var/lib/zhili", "-s", "/sbin/nologin", name]
    else:
        return None
    subprocess.run(command, check=False, capture_output=True)
    return _lookup(name)


def server_user(create: bool = False) -> OsUser | None:
    """The unprivileged user PostgreSQL runs as when we are root; None when we are not (then it is ourselves).

    PostgreSQL refuses to run as root. `create` adds the system user `zhili` when there is none; tests do not
    create users and borrow `nobody`.
    """
    if os.geteuid() != 0:
        return None
    found = (
        _lookup("zhili") or (_create("zhili") if create else None) or _lookup("postgres") or _lookup("nobody")
    )
    if found is None:
        raise RuntimeError(
            "以 root 启动时需要一个普通系统用户来运行数据库，请执行 useradd --system zhili。 "
            "No unprivileged user to run PostgreSQL as; create one: useradd --system zhili"
        )
    return found


def may_enter(folder: Path, user: OsUser) -> bool:
    info = folder.stat()
    if info.st_uid == user.uid:
        return bool(info.st_mode & 0o100)
    if info.st_gid == user.gid:
        return bool(info.st_mode & 0o010)
    return bool(info.st_mode & 0o001)


def may_reach(path: Path, user: OsUser | None) -> bool:
    """Whether the user can pass through every folder above `path` (permission bits only, not ACLs)."""
    if user is None:
        return True
    return all(may_enter(parent, user) for parent in path.absolute().parents if parent.exists())
