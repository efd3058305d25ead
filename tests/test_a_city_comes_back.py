"""A city is backed up, destroyed and restored by the real commands; what cannot be is refused in words.

On an older PostgreSQL (marked sql) only what its own SQL decides is looked at again.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import zstandard

from tests.cities import DEBIAN_15, City, server
from zhili.conf.postgres import OWNER, Cluster

pytestmark = pytest.mark.slow
WORDS = "a long passphrase"


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[Cluster, Path]]:
    with server(os.environ.get("ZHILI_TEST_PG_BIN")) as found:
        yield found


@pytest.fixture(scope="module")
def city(cluster: tuple[Cluster, Path]) -> City:
    """A city with matters in it."""
    one = City(cluster[0], "city", cluster[1])
    one.zhili("migrate", "--quiet")
    one.inside("filling", "0", "12")
    return one


@pytest.fixture(scope="module")
def before(city: City) -> dict[str, Any]:
    """What it is; taken before the first backup, whose own note is one leaf more."""
    return dict(city.inside("looking_over"))


@pytest.fixture(scope="module")
def kept(city: City, before: dict[str, Any], cluster: tuple[Cluster, Path]) -> Path:
    """Its backup, with the keys."""
    file = cluster[1] / "city.zhili"
    said = city.zhili("backup", str(file), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    assert hashlib.sha256(zipfile.ZipFile(file).read("manifest.json")).hexdigest() in said
    return file


@pytest.fixture
def empty(cluster: tuple[Cluster, Path]) -> Iterator[City]:
    one = City(cluster[0], "elsewhere", cluster[1])
    yield one
    one.destroy()


def manifest(file: Path) -> dict[str, Any]:
    return dict(json.loads(zipfile.ZipFile(file).read("manifest.json")))


def altered_copy(file: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same file with some entries changed, and whatever digests the change did not mend."""
    with zipfile.ZipFile(file) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    change(entries)
    with zipfile.ZipFile(to, "w") as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return to


def with_manifest(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | changes).encode()

    return change


def with_rows(table: str, edit: Callable[[bytes], bytes], honest: bool) -> Callable[[dict[str, bytes]], None]:
    """Another text for a table; ``honest``: its digest in the manifest mended too."""

    def change(entries: dict[str, bytes]) -> None:
        name = f"tables/{table}.copy.zst"
        text = edit(zstandard.ZstdDecompressor().decompressobj().decompress(entries[name]))
        entries[name] = zstandard.ZstdCompressor().compress(text)
        if honest:
            found = json.loads(entries["manifest.json"])
            for one in found["tables"]:
                if one["name"] == table:
                    one["sha256"], one["rows"] = hashlib.sha256(text).hexdigest(), text.count(b"\n")
            entries["manifest.json"] = json.dumps(found).encode()

    return change


@pytest.mark.sql
def test_a_city_is_destroyed_and_comes_back_whole(
    cluster: tuple[Cluster, Path], before: dict[str, Any], kept: Path
) -> None:
    one = City(cluster[0], "doomed", cluster[1])
    one.destroy()
    one.make()
    said = one.zhili("restore", str(kept), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    assert "全部相符" in said, said
    after = one.inside("looking_over")
    same = ("cases", "facts", "told", "names", "files", "measured")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["wrong"] == 0
    assert [one[2] for one in before["measured"] if one[0] == "heart_rate"] == [83.0, 72.0, 60.0]
    assert len(before["files"]) >= 12, "a photo of each matter, and what the demo city brings"
    assert len(before["told"]) >= 12, "each message belongs to the event that called for it"
    assert "王芳" in after["names"]
    # every leaf as it was, then one that says a restore took place (and one of looking); the tree grew from its root
    assert after["leaves"][: len(before["leaves"])] == before["leaves"]
    last = "SELECT convert_from(body, 'UTF8') FROM trail_leaf WHERE kind <> 'access' ORDER BY id DESC LIMIT 1"
    assert one.ask(last).count("restore") == 1
    assert after["recounted"] == after["head"][1]
    root = one.ask("SELECT encode(root, 'hex') FROM trail_treehead WHERE size = %s", before["head"][0])
    assert root == before["head"][1]
    one.destroy()


@pytest.mark.sql
def test_a_restored_city_goes_on_and_its_record_is_still_protected(
    empty: City, kept: Path, before: dict[str, Any]
) -> None:
    empty.zhili("restore", str(kept), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    for table in ("cases_step", "trail_leaf", "trail_sealed"):
        with (
            psycopg.connect(empty.cluster.url(OWNER, empty.name)) as connection,
            pytest.raises(psycopg.errors.IntegrityConstraintViolation),
        ):
            connection.execute(f"DELETE FROM {table}")
    disabled = "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'"
    assert empty.ask(disabled) == 0
    empty.inside("filling", "12", "3")
    after = empty.inside("looking_over")
    assert len(after["cases"]) == len(before["cases"]) + 3
    assert after["wrong"] == 0
    assert after["recounted"] == after["head"][1]
    said = empty.zhili("trail", "audit", "--files")
    assert "全部与存证相符" in said, said
    # serials given out between backup and loss are never given again
    last_before, first_after = (int(found[0][2:-1]) for found in (before["cases"][-1], after["cases"][-3]))
    assert first_after >= last_before + 1000


def test_a_wrong_passphrase_writes_nothing(empty: City, kept: Path) -> None:
    said = empty.zhili("restore", str(kept), "--with-keys", code=1, ZHILI_BACKUP_PASSPHRASE="another one")
    assert "口令不对" in said
    assert empty.is_bare()


def test_a_sealed_file_shows_nothing_and_brings_the_same_tables_back(
    city: City, empty: City, tmp_path: Path
) -> None:
    file = tmp_path / "sealed"
    city.zhili("backup", str(file), "--sealed", ZHILI_BACKUP_PASSPHRASE=WORDS)
    content = file.read_bytes()
    assert not zipfile.is_zipfile(file)
    assert b"cases_case" not in content
    assert "需要口令" in empty.zhili("restore", str(file), code=1)
    assert "口令不对" in empty.zhili("backup", "--verify", str(file), code=1, ZHILI_BACKUP_PASSPHRASE="guess")
    said = empty.zhili("restore", str(file), code=2, ZHILI_BACKUP_PASSPHRASE=WORDS)
    assert "缺密钥 keys lacking: k1" in said
    assert not (empty.home / "keys.json").exists(), "a new ring under the old names would hide the loss"
    # tables, indexes, rules and rights are those of a city never restored
    for shape in (
        "SELECT array_agg(indexdef ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT array_agg(row(conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)::text ORDER BY"
        " conrelid::regclass::text, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT array_agg(pg_get_triggerdef(oid) ORDER BY pg_get_triggerdef(oid))"
        " FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT array_agg(relacl::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'S')",
    ):
        assert empty.ask(shape) == city.ask(shape)


def test_a_city_is_never_restored_over_another(city: City, kept: Path) -> None:
    said = city.zhili("restore", str(kept), code=1)
    assert "已有一座城市" in said
    assert "事项" in said


def test_a_database_of_something_else_is_left_alone(empty: City, kept: Path) -> None:
    with psycopg.connect(empty.cluster.url(OWNER, empty.name), autocommit=True) as connection:
        connection.execute("CREATE TABLE somebodys (id int)")
    assert "别的程序" in empty.zhili("restore", str(kept), code=1)
    assert empty.ask("SELECT to_regclass('somebodys') IS NOT NULL")


def _foreign(entries: dict[str, bytes]) -> None:
    entries.clear()
    entries["letter.txt"] = b"Dear Sir"


def _one_more(entries: dict[str, bytes]) -> None:
    entries["files/../../etc/passwd"] = b"root"


REFUSED = {
    "another format": (with_manifest(version=2), "第 2 版"),
    "another program's": (with_manifest(format="other"), "不是治理的备份"),
    "newer program": (with_manifest(migrations={"cases": ["0001_initial", "9999_later"]}), "更新的程序"),
    "no manifest": (lambda entries: entries.pop("manifest.json") and None, "没有清单"),
    "a zip of something else": (_foreign, "没有清单"),
    "a step altered": (
        with_rows("cases_step", lambda t: t.replace(b"accept", b"refuse", 1), False),
        "被改动",
    ),
    "a leaf left out": (with_rows("trail_leaf", lambda t: t.split(b"\n", 1)[1], False), "被改动"),
    "an entry more": (_one_more, "被改动"),
}


def test_what_is_not_a_whole_backup_is_refused_before_anything_is_written(
    empty: City, kept: Path, tmp_path: Path
) -> None:
    files = [altered_copy(kept, tmp_path / str(n), change) for n, (change, _) in enumerate(REFUSED.values())]
    for name, (restoring, checking), (_, words) in zip(
        REFUSED, empty.inside("refusing", *map(str, files)), REFUSED.values(), strict=True
    ):
        assert words in restoring, name
        assert words in checking or name == "newer program", name
    assert empty.is_bare()


def test_a_file_cut_short_is_refused(empty: City, kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    files = []
    for share in (0.0, 0.01, 0.5, 0.999):
        files.append(tmp_path / f"{share}")
        files[-1].write_bytes(whole[: int(len(whole) * share)])
    files[0].touch()
    for restoring, checking in empty.inside("refusing", *map(str, files)):
        assert "截断" in restoring
        assert "截断" in checking
    assert empty.is_bare()


CONSISTENT_BUT_WRONG = {
    "a case of an office that is not there": (
        with_rows("people_office", lambda t: t.split(b"\n", 1)[1], True), "foreign key",
    ),
    "a leaf whose hash is another's": (
        with_rows("trail_leaf", lambda t: t.replace(b"\\\\x7b", b"\\\\x7c", 1), True), "被改动",
    ),
}  # fmt: skip


def test_a_restore_that_fails_half_way_leaves_the_target_as_empty_as_it_was(
    empty: City, kept: Path, tmp_path: Path
) -> None:
    bad = CONSISTENT_BUT_WRONG
    files = [altered_copy(kept, tmp_path / str(n), change) for n, (change, _) in enumerate(bad.values())]
    answers = empty.inside("refusing", *map(str, files))
    for name, (restoring, checking), (_, words) in zip(bad, answers, bad.values(), strict=True):
        assert words in restoring, name
        assert checking == "", "only a database can find this out"
    assert empty.is_bare()


@pytest.mark.soak
def test_a_site_started_once_but_never_used_is_empty(empty: City, kept: Path) -> None:
    empty.zhili("migrate", "--quiet")
    empty.zhili("restore", str(kept), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)


def test_a_file_from_a_former_state_is_brought_up_to_this_one(
    empty: City, cluster: tuple[Cluster, Path], kept: Path, before: dict[str, Any], tmp_path: Path
) -> None:
    former = City(cluster[0], "former", cluster[1])
    former.zhili("restore", str(kept), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    as_owner = {
        "DATABASE_URL": former.env["ZHILI_OWNER_URL"],
        "DJANGO_SETTINGS_MODULE": "zhili.conf.settings",
    }
    former.run("-m", "django", "migrate", "trail", "0001", **as_owner)
    file = tmp_path / "former"
    save = "from zhili.conf.backup.saving import save; from pathlib import Path"
    former.run("-c", f"import django; django.setup(); {save}; save(Path({str(file)!r}))", **as_owner)
    assert manifest(file)["migrations"]["trail"] == ["0001_initial"]
    shutil.copytree(former.home, empty.home)
    shutil.rmtree(empty.home / "files")
    empty.zhili("restore", str(file))
    after = empty.inside("looking_over")
    assert after["cases"] == before["cases"]
    assert after["wrong"] == 0
    assert empty.ask("SELECT count(*) FROM django_migrations WHERE app = 'trail'") > 1
    former.destroy()


def test_to_an_older_server_and_back(
    city: City, cluster: tuple[Cluster, Path], kept: Path, before: dict[str, Any], tmp_path: Path
) -> None:
    """From PostgreSQL 18 to 15 and from there to 18 (the other way round where the tests run on 15)."""
    if not Path(DEBIAN_15, "postgres").exists():
        pytest.skip("no PostgreSQL 15 on this machine: install the package postgresql-15")
    given = os.environ.get("ZHILI_TEST_PG_BIN")
    with server(None if given else DEBIAN_15) as (other, folder):
        assert other.programs.major != cluster[0].programs.major
        there = City(other, "there", folder)
        there.zhili("restore", str(kept), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
        assert there.inside("looking_over")["wrong"] == 0
        file = tmp_path / "back"
        there.zhili("backup", str(file), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    assert manifest(file)["postgresql"].split(".")[0] == str(other.programs.major)
    back = City(cluster[0], "back", cluster[1])
    back.zhili("restore", str(file), "--with-keys", ZHILI_BACKUP_PASSPHRASE=WORDS)
    after = back.inside("looking_over")
    for name in ("cases", "facts", "names", "files"):
        assert after[name] == before[name]
    # rows that nothing changed on the way have the same digest on both servers
    digests = [{one["name"]: one["sha256"] for one in manifest(found)["tables"]} for found in (kept, file)]
    for name in ("cases_case", "cases_step", "people_secret", "places_cell", "indicators_fact", "files_file"):
        assert digests[0][name] == digests[1][name]
    back.destroy()
