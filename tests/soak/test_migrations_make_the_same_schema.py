"""A city made by our quicker migrations has the schema that Django's own would have made, to the byte."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cities import City, server
from zhili.conf.postgres import OWNER, Cluster

pytestmark = pytest.mark.soak

AS_DJANGO_DOES = """
import django
from django.core.management import call_command
from django.db.migrations.state import ProjectState
theirs = ProjectState.add_model, ProjectState._append_option
django.setup()
assert (ProjectState.add_model, ProjectState._append_option) != theirs
ProjectState.add_model, ProjectState._append_option = theirs
call_command("migrate", verbosity=0)
"""
AS_WE_DO = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[Cluster, Path]]:
    with server(os.environ.get("ZHILI_TEST_PG_BIN")) as found:
        yield found


def schema_of(city: City, program: str) -> list[str]:
    """What pg_dump says of the database that the program made, without the line it draws by lot."""
    url = city.cluster.url(OWNER, city.name)
    city.run("-c", program, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="zhili.conf.settings")
    dump = [city.cluster.programs.path("pg_dump"), "--schema-only", "--no-owner", url]
    said = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in said if "restrict " not in line]


def test_both_ways_make_the_same(cluster: tuple[Cluster, Path]) -> None:
    ours = City(cluster[0], "ours", cluster[1])
    theirs = City(cluster[0], "theirs", cluster[1])
    made = schema_of(ours, AS_WE_DO)
    assert len(made) > 5_000
    assert made == schema_of(theirs, AS_DJANGO_DOES)
