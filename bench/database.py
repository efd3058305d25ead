"""A private PostgreSQL for one benchmark, durable like a real site's, thrown away afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_database() -> Iterator[str]:
    """Start it, set Django up on it with every table made; yields the PostgreSQL version.

    Call it before anything of Django is imported. With DATABASE_URL set that server is used, in a
    database of its own made by the caller.
    """
    from zhili.conf.accounts import server_user
    from zhili.conf.pgfiles import programs
    from zhili.conf.postgres import OWNER, Cluster

    folder = Path(tempfile.mkdtemp(prefix="zb-"))
    folder.chmod(0o711)
    os.environ["ZHILI_HOME"] = str(folder / "home")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhili.conf.settings")
    user = server_user()
    cluster = Cluster(folder / "pg", programs(user, os.environ.get("ZHILI_TEST_PG_BIN")), user)
    try:
        cluster.initialise()
        cluster.start()
        cluster.ensure_roles(testing=True)
        cluster.ensure_database()
        os.environ["DATABASE_URL"] = cluster.url(OWNER)
        yield _set_up()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set_up() -> str:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]
