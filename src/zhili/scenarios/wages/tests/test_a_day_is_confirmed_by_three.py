"""A day counts once worker, team leader and firm have all said yes; a no is kept as it was said, and becomes a case."""

from __future__ import annotations

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.trail.audit import covering
from zhili.scenarios.wages import days
from zhili.scenarios.wages.models import Confirmation, DayLine, DaySheet, DisputeDetail
from zhili.scenarios.wages.tests.conftest import Site

pytestmark = pytest.mark.django_db


def counted(sheet: DaySheet) -> int:
    """How many lines lack somebody's yes, as the sheet keeps it."""
    return DaySheet.objects.get(pk=sheet.pk).lacking


def test_two_of_three_are_not_enough_and_it_is_told_who_is_lacking(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    sheet = site.sheet(one, overtime_minutes=60)
    site.say(sheet, "worker")
    site.say(sheet, "leader")
    since, before = days.month_of(sheet.date)
    assert list(days.confirmed(site.project, sheet.date)) == []
    (lacking,) = days.lacking(site.project, since, before)
    assert (lacking.engagement_id, lacking.missing, lacking.disputed) == (one.pk, ("firm",), ())
    assert counted(sheet) == 1
    site.say(sheet, "firm")
    assert counted(sheet) == 0
    (whole,) = days.confirmed(site.project, sheet.date)
    assert (whole.tenths, whole.overtime_minutes, whole.date) == (10, 60, sheet.date)
    said = Confirmation.objects.filter(line__sheet=sheet)
    assert whole.leaves == tuple(said.order_by("role").values_list("leaf_id", flat=True))
    site.say(sheet, "firm")  # said again, it is the same
    assert said.count() == 3
    assert days.lacking(site.project, since, before) == []


def test_a_no_is_kept_and_becomes_a_case_and_a_corrected_line_is_confirmed_anew(site: Site) -> None:
    one = site.join("李小木", 2).engagement
    sheet = site.sheet(one, tenths=5)
    site.say(sheet, "leader")
    site.say(sheet, "firm")
    with pytest.raises(Refused, match="写一句"):
        site.say(sheet, "worker", verdict="dispute")
    site.say(sheet, "worker", verdict="dispute", said="干了一整天，电话13912345678")
    kept = Confirmation.objects.get(line__sheet=sheet, role="worker")
    assert kept.verdict == "dispute"
    assert "13912345678" not in kept.said
    dispute = DisputeDetail.objects.get(line=kept.line)
    assert (dispute.case.stage, dispute.case.office_id) == ("raised", site.city.department.pk)
    with pytest.raises(Refused, match="原因"):
        days.write(sheet, [days.Given(one.pk)])
    assert counted(sheet) == 1
    days.write(sheet, [days.Given(one.pk, note="下午也在，漏记了")])
    stale = [days.Said(kept.line_id, "worker")]
    with pytest.raises(Refused) as refused:
        days.confirm(site.leader, sheet, stale)
    assert refused.value.status == 409
    for role in ("worker", "leader", "firm"):
        site.say(sheet, role)
    (whole,) = days.confirmed(site.project, sheet.date)
    assert whole.tenths == 10
    assert DayLine.objects.filter(sheet=sheet).count() == 2
    doors.act(dispute.case_id, "settle", site.office, {"how": "corrected", "reply": "改为一天。"})
    assert Case.objects.get(pk=dispute.case_id).closed_at is not None


def test_a_worker_on_two_sites_is_refused_where_the_day_has_no_room_and_nothing_is_lost(site: Site) -> None:
    here = site.join("李小木", 2)
    site_two = type(site.project).objects.get(pk=site.file(name="另一工地"))
    there = site.join("李小木", 2, crew=site.make_crew(site_two))
    assert (there.known, there.worker, there.pin) == (True, here.worker, "")
    first, second = (
        site.sheet(here.engagement, tenths=15),
        site.sheet(there.engagement, tenths=10, crew=there.engagement.crew),
    )
    for sheet in (first, second):
        site.say(sheet, "worker")
        site.say(sheet, "leader")
    site.say(first, "firm")
    with pytest.raises(Refused, match=here.worker.code) as refused:
        site.say(second, "firm")
    assert refused.value.code == "two_sites"
    assert Confirmation.objects.filter(line__sheet=second).count() == 2
    days.write(second, [days.Given(there.engagement.pk, tenths=5, note="晚上半个工")])
    for role in ("worker", "leader", "firm"):
        site.say(second, role)
    assert [one.tenths for one in days.confirmed(site_two, second.date)] == [5]


def test_a_crew_of_thirty_is_a_handful_of_statements_and_rows_are_only_added_to(site: Site) -> None:
    crew = [site.join(f"工人{chr(0x4E00 + n)}", n).engagement for n in range(2, 32)]
    sheet = site.sheet(*crew)
    said = [days.Said(one.pk, role) for one in days.lines_of(sheet) for role in ("worker", "leader", "firm")]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        days.confirm(site.clerk, sheet, said)
    assert len(asked) <= 12, [one["sql"][:80] for one in asked]
    assert len(list(days.confirmed(site.project, sheet.date))) == 30
    (cover,) = [one for one in covering.covers() if one.name == "wages_confirmation"]
    assert cover.batch(None).faults == []
    for row in (Confirmation.objects.first(), DayLine.objects.first()):
        assert row is not None
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(
                **{"at" if isinstance(row, Confirmation) else "tenths": None}
            )
    with (
        connection.cursor() as cursor
    ):  # a row altered past the triggers no longer fits what its confirmations sealed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE wages_dayline DISABLE TRIGGER wages_dayline_append_only")
        cursor.execute("UPDATE wages_dayline SET tenths = 20 WHERE id = %s", [said[0].line_id])
        cursor.execute("ALTER TABLE wages_dayline ENABLE TRIGGER wages_dayline_append_only")
    assert len(cover.batch(None).faults) == 3
