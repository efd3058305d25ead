"""Which database this site uses, as which role, and how Django is told."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote, urlsplit

from zhili.conf.accounts import server_user
from zhili.conf.home import home
from zhili.conf.pgfiles import SYSTEM, cluster_folder, programs, socket_folder
from zhili.conf.postgres import OWNER, RUNTIME, SYSTEM_SETTINGS, Cluster


def is_private() -> bool:
    """Whether this site runs its own PostgreSQL: so it is unless DATABASE_URL names one."""
    return not os.environ.get("DATABASE_URL")


def _private_url(role: str) -> str:
    return f"postgresql://{role}@/zhili?host={socket_folder(cluster_folder(home(), server_user()))}"


def runtime_url() -> str:
    """The URL the service connects with."""
    return os.environ.get("DATABASE_URL") or _private_url(RUNTIME)


def owner_url() -> str:
    """The URL migrations connect with: ZHILI_OWNER_URL, else the service's role when the database is outside."""
    if given := os.environ.get("ZHILI_OWNER_URL"):
        return given
    return _private_url(OWNER) if is_private() else runtime_url()


def role_of(url: str) -> str:
    """The role a database URL signs in as."""
    return unquote(urlsplit(url).username or os.environ.get("PGUSER") or os.environ.get("USER", ""))


def django_settings(url: str) -> dict:
    """Django's settings for a PostgreSQL URL. Unix sockets: postgresql://user@/name?host=/dir&port=5432."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(
            f"DATABASE_URL 须以 postgresql:// 开头，现为 {parts.scheme}://。 "
            f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://"
        )
    query = dict(parse_qsl(parts.query))
    size = int(os.environ.get("ZHILI_DB_POOL", "20"))
    # Only what asks for it is prepared (core/cases/writing.py); behind an old PgBouncer say ?prepare=0.
    threshold = 1 if query.pop("prepare", "1") == "1" else None
    # Short patience: what cannot be had in two seconds is not there (see conf/postgresql), and once the server
    # is back the pool must not still be waiting out a long back-off of its own.
    pool = {"min_size": 1, "max_size": size, "timeout": 2, "reconnect_timeout": 3} if size else False
    # A server that vanished from the network is noticed in seconds, not after the system's quarter of an hour.
    network = {"connect_timeout": 5, "tcp_user_timeout": 15_000}
    return {
        "ENGINE": "zhili.conf.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,  # zhili.conf.postgresql looks for itself, without asking the server
        "OPTIONS": {"pool": pool, "prepare_threshold": threshold, **network, **query},
        "TEST": {"NAME": os.environ.get("ZHILI_TEST_DB") or None},
    }


def private_cluster(create_user: bool = False) -> Cluster:
    """The private cluster of this home, not started."""
    user = server_user(create=create_user)
    folder = cluster_folder(home(), user)
    return Cluster(folder, programs(user), user, SYSTEM_SETTINGS, home() / "logs" / "postgres.log")


def link_cluster(cluster: Cluster) -> None:
    """When the cluster had to move out of a home its user cannot reach, leave a link there."""
    plain = home() / "pg"
    if cluster.folder == plain or plain.is_symlink():
        return
    cluster.folder.mkdir(parents=True, exist_ok=True)
    for folder in (SYSTEM, cluster.folder.parent):
        folder.chmod(folder.stat().st_mode | 0o011)  # its user passes through, and sees nothing else
    plain.symlink_to(cluster.folder)


@contextmanager
def reachable() -> Iterator[None]:
    """For commands run by hand: the private PostgreSQL is up for as long as this lasts.

    When `zhili run` is running its server is used; otherwise one is started and stopped again.
    """
    from zhili.conf.site import Busy, lock_home, prepare_home

    if not is_private():
        yield
        return
    prepare_home()
    try:
        lock = lock_home()
    except Busy:
        yield
        return
    with lock:
        cluster = private_cluster(create_user=True)
        link_cluster(cluster)
        cluster.initialise()
        cluster.start()
        try:
            cluster.ensure_roles()
            cluster.ensure_database()
            yield
        finally:
            cluster.stop()
