"""Point-in-time recovery as docs/operate.md tells it: a base backup, archived WAL, a mistake, and the moment before."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.cities import City, server
from tests.running import until
from zhili.conf.postgres import OWNER, SUPERUSER, TEST_SETTINGS, Cluster

pytestmark = [pytest.mark.soak, pytest.mark.slow]
KEEP = "test ! -f {folder}/%f && cp %p {folder}/%f"
RECOVERY = """
restore_command = 'cp {folder}/%f %p'
recovery_target_time = '{moment}'
recovery_target_inclusive = off
recovery_target_action = 'promote'
hot_standby = off
"""
NUMBERS = "SELECT array_agg(number ORDER BY id) FROM cases_case"


def test_every_case_before_the_mistake_is_there_and_none_after(tmp_path: Path) -> None:
    with server(os.environ.get("ZHILI_TEST_PG_BIN"), archive_mode="on", wal_level="replica") as (
        cluster,
        folder,
    ):
        archive = folder / "wal"
        archive.mkdir()
        cluster._own(archive)
        _as_superuser(cluster, f"ALTER SYSTEM SET archive_command = '{KEEP.format(folder=archive)}'")
        _as_superuser(cluster, "SELECT pg_reload_conf()")
        city = City(cluster, "city", folder)
        city.zhili("migrate", "--quiet")
        city.inside("filling", "0", "4")

        again = Cluster(folder / "again", cluster.programs, cluster.user, TEST_SETTINGS)
        again._prepare_folders()
        cluster._run(
            cluster.programs.path("pg_basebackup"), "-D", str(again.data), "-h", str(cluster.sockets),
            "-U", SUPERUSER, "-X", "none", "-c", "fast",
        )  # fmt: skip
        city.inside("filling", "4", "5")  # after the base backup: only the WAL has them
        before = city.inside("looking_over")
        moment = city.ask("SELECT clock_timestamp()")

        city.inside("filling", "9", "3")
        after = set(city.ask(NUMBERS)) - {row[0] for row in before["cases"]}
        assert len(after) == 3
        _mistake(city)
        assert city.ask("SELECT count(*) FROM cases_case") == 0
        _archived(cluster)
        cluster.stop()

        with (again.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(RECOVERY.format(folder=archive, moment=moment.isoformat()))
        (again.data / "recovery.signal").touch()
        again._own(again.data / "recovery.signal", 0o600)
        again.start()
        try:
            recovered = City(again, "city", folder, made=True)
            until(lambda: not recovered.ask("SELECT pg_is_in_recovery()"), 60, "the end of the recovery")
            found = recovered.inside("looking_over")
            uploads = found.pop("files")  # later uploads still lie there, of no case: harmless
            assert before.pop("files").items() <= uploads.items()
            assert found == before
            assert not after & set(recovered.ask(NUMBERS))
            _as_owner(recovered, "SELECT setval('cases_serial', nextval('cases_serial') + 64000)")
            recovered.inside("filling", "12", "3")  # the city goes on: readers of the outbox too
            now = recovered.inside("looking_over")
            assert len(now["cases"]) == len(before["cases"]) + 3
            assert not after & {row[0] for row in now["cases"]}, (
                "a number on somebody's receipt was given again"
            )
            assert now["wrong"] == 0
            assert now["recounted"] == now["head"][1]
        finally:
            again.stop()


def _mistake(city: City) -> None:
    """Somebody with the owner's rights means well."""
    with psycopg.connect(city.cluster.url(OWNER, city.name), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE cases_case CASCADE")


def _archived(cluster: Cluster) -> None:
    """Everything written so far lies in the archive."""
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        done = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"

        def there() -> bool:
            found = connection.execute(done, [row[0]]).fetchone()
            return bool(found and found[0])

        until(there, 60, "the WAL to be archived")


def _as_superuser(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


def _as_owner(city: City, statement: str) -> None:
    with psycopg.connect(city.cluster.url(OWNER, city.name), autocommit=True) as connection:
        connection.execute(statement)
