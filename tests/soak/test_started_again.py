"""The same code on the same data again: nothing is lost, nothing is made twice."""

import pytest

from tests.running import until
from tests.soak.city import City

pytestmark = [pytest.mark.xdist_group("soak"), pytest.mark.slow]
# Tables that only living traffic changes; everything in all others must be as it was.
LIVING = ("runtime_heartbeat", "streams_position", "django_session", "people_apitoken")
TABLES = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"


def contents(city: City) -> dict[str, str]:
    """A digest of every row of each table."""
    names = [name for name in city.ask(TABLES).split() if name not in LIVING]
    digest = "SELECT count(*) || ' ' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t"
    return {name: city.ask(digest.format(name)) for name in names}


def test_a_site_started_again_has_all_it_had_and_no_more(city: City) -> None:
    until(city.settled, 60, "the streams to run dry")
    before = contents(city)
    assert int(before["cases_step"].split()[0]) > 0
    assert city.stop() == 0
    city.start()
    until(city.settled, 60, "the streams to run dry")
    after = contents(city)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(after) == set(before)
