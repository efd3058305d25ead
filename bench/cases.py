"""A city's cases by the hundred thousand, straight into the tables, spread as a real city's would be.

Two years of reports over the demo city's cells, towns busier or quieter by chance. Nearly all are done; the last
weeks' are open, most at the grid office of their cell, the rest at the village, the town or the county. One county
department is busy: it holds the same thousands of open cases whatever the size of the city, so that what
differs between sizes is only how much lies around its inbox.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from zhili.conf.postgres import SUPERUSER

BUSY = 4_000
"""Open cases of the busy office."""
OPEN = 0.02
"""Share of the others that are open."""
FIRST = 10_000_000
"""The first id: far from those the demo city has."""

SPOTS = """
CREATE TEMP TABLE spot AS
SELECT row_number() OVER (ORDER BY c.id) - 1 AS n, c.id AS cell, c.village_id AS village, c.lon, c.lat,
       g.id AS grid, v.id AS committee, t.id AS town, k.id AS county
FROM places_cell c
JOIN places_division dv ON dv.id = c.village_id JOIN places_division dt ON dt.id = dv.parent_id
JOIN people_office g ON g.cell_id = c.id
JOIN people_office v ON v.division_id = dv.id AND v.level = 'village' AND v.kind = 'general'
JOIN people_office t ON t.division_id = dt.id AND t.level = 'town' AND t.kind = 'general'
JOIN people_office k ON k.division_id = dt.parent_id AND k.level = 'county' AND k.kind = 'general'"""

CASES = """
WITH drawn AS (
  SELECT i, i <= %(busy)s AS busy, random() AS a, random() AS b, random() AS c, random() AS d
  FROM generate_series(1, %(number)s) i),
dated AS (
  SELECT *, busy OR a < %(open)s AS open,
    CASE WHEN busy OR a < %(open)s THEN now() - interval '20 days' * b ELSE now() - interval '730 days' * b END
      AS opened
  FROM drawn)
INSERT INTO cases_case (id, number, scenario, procedure, version, stage, opened_at, closed_at, answered_at, due_at,
  overdue, office_id, party, title, category, channel, zone, confidential, public, division_id, cell_id, lon, lat,
  address, outside, seq, returns, reopened, rating)
SELECT %(first)s + row_number() OVER (ORDER BY x.opened), (%(first)s + row_number() OVER (ORDER BY x.opened))::text,
  'citizen_reports', 'citizen_reports.report', 1,
  CASE WHEN NOT x.open THEN 'closed' WHEN x.c < 0.3 THEN 'received' WHEN x.c < 0.8 THEN 'handling' ELSE 'reviewing' END,
  x.opened, CASE WHEN NOT x.open THEN x.opened + interval '6 days' END,
  CASE WHEN NOT x.open THEN x.opened + interval '4 days' END,
  CASE WHEN x.open THEN x.opened + interval '25 days' * x.d END,
  x.open AND x.opened + interval '25 days' * x.d < now(),
  CASE WHEN x.busy THEN %(office)s WHEN x.c < 0.7 THEN s.grid WHEN x.c < 0.85 THEN s.committee
       WHEN x.c < 0.95 THEN s.town ELSE s.county END,
  '', (ARRAY['小区东门口的下水道堵了，污水漫到人行道上', '路口的窨井盖松动，电瓶车压过去会翘起来',
             '绿化带里堆了很多建筑垃圾', '路灯有三盏不亮'])[1 + (x.d * 4)::int %% 4],
  (%(codes)s::text[])[1 + floor(x.d * array_length(%(codes)s::text[], 1))::int], 'web', 'government',
  x.b < 0.01, x.b >= 0.01 AND x.d < 0.8, s.village, s.cell, s.lon + x.a / 1000, s.lat + x.c / 1000,
  '中山路' || (x.a * 400)::int || '号', false, 3, 0, 0, CASE WHEN NOT x.open AND x.c < 0.4 THEN 5 END
FROM dated x JOIN spot s ON s.n = CASE
  WHEN x.busy THEN (%(ground)s::bigint[])[1 + x.i %% array_length(%(ground)s::bigint[], 1)]
  ELSE floor(power(x.c, 1.4) * %(spots)s) END"""

REST = """
INSERT INTO citizen_reports_report (case_id, anonymous, on_behalf, patrol, call_back, reinspected)
  SELECT id, true, false, false, '', '' FROM cases_case WHERE id > %(first)s;
INSERT INTO cases_participation (case_id, role, office_id)
  SELECT id, 'office', office_id FROM cases_case WHERE id > %(first)s"""

CLOCKS = """
INSERT INTO cases_clock (case_id, name, title, param, started_at, due_at, next_fire_at, running, why, state)
SELECT id, 'overall', '办理总时限', 'citizen_reports.overall', opened_at, due_at, due_at, true, '', '{}'
FROM cases_case WHERE id > %(first)s AND closed_at IS NULL"""

CLOCKS_OF_ALL = """
INSERT INTO cases_clock (case_id, name, title, param, started_at, due_at, next_fire_at, running, why, state)
SELECT id, 'overall', '办理总时限', 'citizen_reports.overall', opened_at, at, at, true, '', '{}'
FROM (SELECT id, opened_at, now() + interval '60 days' + interval '300 days' * random() AS at
      FROM cases_case WHERE id > %(first)s) c"""
"""One running clock for every case, none due within two months."""


@dataclass(frozen=True)
class Filled:
    """What there is: ids of the busy department, of its county's centre, of the city's, and the category codes."""

    busy: int
    county: int
    city: int
    codes: list[str]


def fill(number: int, *, every_clock: bool = False) -> Filled:
    """Put so many cases in place of those there; then VACUUM ANALYZE, as autovacuum would in time.

    ``every_clock``: each case has a running clock, not only the open ones.
    """
    with connection.cursor() as cursor:
        _empty(cursor)
        cursor.execute("DROP TABLE IF EXISTS spot")
        cursor.execute(SPOTS)
        found = _offices(cursor)
        cursor.execute("SELECT array_agg(n) FROM spot WHERE county = %s", [found.county])
        ground = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM spot")
        spots = cursor.fetchone()[0]
        cursor.execute("SELECT setseed(0.2026)")
        values = {
            "number": number, "busy": min(BUSY, number), "open": OPEN, "first": FIRST, "office": found.busy,
            "codes": found.codes, "ground": ground, "spots": spots,
        }  # fmt: skip
        cursor.execute(CASES, values)
        for statement in (*REST.split(";\n"), CLOCKS_OF_ALL if every_clock else CLOCKS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
    _checkpoint()
    return found


def _checkpoint() -> None:
    """Have all of it written out: no city is a minute old, and the disk should be idle when measuring begins."""
    given = {"host": connection.settings_dict["HOST"], "dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**given, user=SUPERUSER, autocommit=True) as server:
        server.execute("CHECKPOINT")


def _empty(cursor: Any) -> None:
    cursor.execute("ALTER TABLE cases_step DISABLE TRIGGER USER")
    cursor.execute("TRUNCATE cases_case CASCADE")
    cursor.execute("ALTER TABLE cases_step ENABLE TRIGGER USER")


def _offices(cursor: Any) -> Filled:
    cursor.execute(
        "SELECT d.id, k.id FROM people_office d JOIN people_office k ON k.division_id = d.division_id"
        " AND k.kind = 'general' AND k.level = 'county' JOIN people_post p ON p.office_id = d.id"
        " JOIN people_postholding h ON h.post_id = p.id WHERE d.kind = 'department' ORDER BY d.id LIMIT 1"
    )
    busy, county = cursor.fetchone()
    cursor.execute("SELECT id FROM people_office WHERE level = 'city' AND kind = 'general'")
    city = cursor.fetchone()[0]
    cursor.execute(
        "SELECT array_agg(code ORDER BY code) FROM cases_category c WHERE NOT EXISTS"
        " (SELECT 1 FROM cases_category b WHERE b.scenario = c.scenario AND b.parent = c.code)"
    )
    return Filled(busy, county, city, cursor.fetchone()[0])
