"""Steps and leaves are only ever added to: the service's role may not change them, and triggers refuse the owner."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from zhili.base.canonical import commitment, leaf_hash
from zhili.core.cases import doors
from zhili.core.cases.committing import columns_of, private
from zhili.core.cases.models import Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Leaf

DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}
TABLES = ["cases_step", "trail_leaf", "trail_access"]
CHANGES = ["UPDATE {} SET id = id + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"]


@pytest.mark.sql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_the_runtime_role_cannot_alter_evidence(
    small_city: SmallCity, runtime_connection: psycopg.Connection, table: str, change: str
) -> None:
    doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA)
    before = runtime_connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime_connection.execute(change.format(table))
    assert runtime_connection.execute(f"SELECT count(*) FROM {table}").fetchone() == before


@pytest.mark.sql
@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused_by_a_trigger(small_city: SmallCity, table: str, change: str) -> None:
    doors.open_case("citizen_reports.report", "report", ANONYMOUS, DATA)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trail_access (secret_id, actor_kind, purpose) VALUES (gen_random_uuid(), 'post', '测试')"
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_the_runtime_role_may_not_make_or_drop_tables(runtime_connection: psycopg.Connection) -> None:
    for statement in (
        "CREATE TABLE mine (id int)",
        "DROP TABLE cases_case",
        "ALTER TABLE cases_step DISABLE TRIGGER ALL",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime_connection.execute(statement)


@pytest.mark.django_db
def test_a_leaf_commits_to_its_step_and_shows_nothing_private(small_city: SmallCity) -> None:
    doors.open_case("citizen_reports.report", "report", small_city.resident(), DATA)
    step, leaf = Step.objects.get(), Leaf.objects.get()
    body = bytes(leaf.body)
    assert leaf_hash(body) == bytes(leaf.hash)
    assert "垃圾".encode() not in body
    assert commitment(bytes(step.salt), private(columns_of(step))).hex().encode() in body
