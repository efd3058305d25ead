"""A migration is applied and noted as applied, or neither: whenever the power goes, the next start finds its way."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from zhili.commands.migrate import WholeExecutor


class PowerCut(BaseException):
    pass


def tables_after_a_power_cut(executor: MigrationExecutor, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Makes a table with an index; the power goes before the migration is noted as applied."""

    def cut(migration: Migration) -> None:
        raise PowerCut

    migration = Migration("9999_trial", "runtime")
    migration.operations = [
        CreateModel(
            "Trial",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("word", models.CharField(max_length=9, db_index=True)),
            ],
        )
    ]
    monkeypatch.setattr(executor, "record_migration", cut)
    with pytest.raises(PowerCut):
        executor.apply_migration(ProjectState(), migration)
    return set(connection.introspection.table_names())


@pytest.mark.django_db
def test_the_tables_of_a_migration_that_was_not_noted_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "runtime_trial" not in tables_after_a_power_cut(WholeExecutor(connection), monkeypatch)


@pytest.mark.django_db
def test_django_itself_would_leave_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "runtime_trial" in tables_after_a_power_cut(MigrationExecutor(connection), monkeypatch)
