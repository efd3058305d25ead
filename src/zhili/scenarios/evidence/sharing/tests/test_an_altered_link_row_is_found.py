"""The audit of the trail names the link, the opening or the code that somebody altered, added or took away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zhili.core.trail.audit.covering import covers
from zhili.core.trail.audit.faults import Fault
from zhili.scenarios.evidence.sharing.models import Share, Turned, Viewing
from zhili.scenarios.evidence.sharing.tests.sharing import follow, give, opened
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
TABLES = ("evidence_share", "evidence_turned")


def found() -> list[Fault]:
    return [fault for one in covers() if one.name in TABLES for fault in one.batch(None).faults]


def alter(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as its owner would, without triggers
        cursor.execute(statement)
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def first(keeping: Keeping) -> Share:
    """Opened twice and made longer; beside it one taken back that turned somebody away, and one not yet open."""
    case = keeping.take_in_file()
    share = give(keeping, case, views=1, phone="13812345678")
    back = give(keeping, case, way="download")
    give(keeping, case, opens_on=str(timezone.localdate() + timedelta(days=2)))
    give(keeping, case, receiver="office", office=str(keeping.city.offices["A.town"].pk), name=None)
    opened(back)
    opened(back, stated="法院 13900001111")
    keeping.do(case, "share_longer", serial="2", days=10, views=3, reason="对方要再看一次")
    keeping.do(case, "share_taken_back", serial="2", reason="发错了单位")
    follow(back)
    keeping.do(case, "share_longer", serial="1", days=9, views=0, reason="放假")
    return share


def test_untouched_rows_have_no_fault(first: Share) -> None:
    assert [one.words() for one in found()] == []
    assert (Share.objects.count(), Viewing.objects.count(), Turned.objects.count()) == (4, 2, 1)


@pytest.mark.parametrize(
    ("table", "assignment", "where", "column"),
    [
        ("evidence_share", "most_views = most_views + 1", "serial = 1", "most_views"),
        ("evidence_share", "views = views - 1", "serial = 2", "views"),
        ("evidence_share", "download = true", "serial = 1", "download"),
        ("evidence_share", "opens_at = NULL", "serial = 3", "opens_at"),
        ("evidence_share", "files = '{}'", "serial = 1", "files"),
        ("evidence_share", "phone_id = NULL", "serial = 1", "phone_id"),
        ("evidence_share", "office_id = NULL", "serial = 4", "office_id"),
        ("evidence_viewing", "stated = '某公司'", "number = 1", "stated"),
        ("evidence_viewing", "until = until + interval '1 day'", "number = 2", "until"),
        ("evidence_turned", "why = 'over'", "true", "share_id|why|salt"),
    ],
)
def test_an_altered_row_is_named_with_its_column(
    first: Share, table: str, assignment: str, where: str, column: str
) -> None:
    alter(f"UPDATE {table} SET {assignment} WHERE {where}")
    assert {(one.table, one.column) for one in found()} == {(table, column)}


@pytest.mark.parametrize(
    ("assignment", "serial", "column"),
    [
        ("expires_at = expires_at + interval '1 second'", 1, "expires_at"),
        ("expires_at = NULL", 3, "expires_at"),
        ("revoked_at = NULL", 2, "revoked_at"),
        ("revoked_at = now()", 3, "revoked_at"),
        ("sha256 = repeat('0', 64)", 3, "sha256"),
        ("party = 'reporter'", 1, "party"),
    ],
)
def test_a_link_s_code_is_held_against_the_steps_that_changed_it(
    first: Share, assignment: str, serial: int, column: str
) -> None:
    grant = Share.objects.get(serial=serial).grant_id
    alter(f"UPDATE people_grant SET {assignment} WHERE id = {grant}")
    assert ("people_grant", str(grant), column) in {(one.table, one.key, one.column) for one in found()}


def test_two_links_that_exchanged_their_codes_are_named(first: Share) -> None:
    one, other = Share.objects.filter(serial__in=(1, 3)).order_by("serial")
    alter(f"UPDATE evidence_share SET grant_id = -1 WHERE id = {one.pk}")
    alter(f"UPDATE evidence_share SET grant_id = {one.grant_id} WHERE id = {other.pk}")
    alter(f"UPDATE evidence_share SET grant_id = {other.grant_id} WHERE id = {one.pk}")
    named = {(fault.key, fault.column) for fault in found() if fault.table == "evidence_share"}
    assert {(str(one.pk), "grant_id"), (str(other.pk), "grant_id")} <= named


def test_a_row_taken_away_or_put_in_is_named(first: Share) -> None:
    opening = Viewing.objects.get(number=2)
    alter(f"DELETE FROM evidence_viewing WHERE id = {opening.pk}")
    assert [(one.what, one.table) for one in found()] == [("gone", "evidence_viewing")]
    opening.step_seq = 1
    opening.save(force_insert=True)
    assert ("added", "evidence_viewing", str(opening.pk)) in {(f.what, f.table, f.key) for f in found()}
    alter(f"DELETE FROM evidence_share WHERE id = {first.pk}")
    assert ("gone", "evidence_share") in {(f.what, f.table) for f in found()}
