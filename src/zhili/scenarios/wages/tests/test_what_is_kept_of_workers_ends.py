"""Three years after a project is closed, everybody paid, a worker's values go; days, wages and proofs stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from zhili.conf.retention import schedule
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.people.models import Secret
from zhili.core.trail.audit import covering
from zhili.core.trail.models import Leaf
from zhili.portal.tests.pages_client import reader
from zhili.scenarios.wages import contracts, devices, photos, retention, who
from zhili.scenarios.wages.models import (
    AccountChange,
    DocumentPhoto,
    Project,
    WageLine,
    Worker,
)
from zhili.scenarios.wages.money import accounts, verifying
from zhili.scenarios.wages.tests.conftest import Site
from zhili.scenarios.wages.tests.test_a_month_is_paid import draft, paid_site, signed

__all__ = ["paid_site"]
pytestmark = pytest.mark.django_db
LONG, SHORT = timedelta(days=1097), timedelta(days=1095)


def over(project: int, ago: timedelta = LONG) -> None:
    """The project's account was closed so long ago, and nothing of it is owed."""
    Case.objects.filter(pk=project).update(stage="closed", closed_at=timezone.now() - ago)


def paid() -> None:
    WageLine.objects.update(state="paid")


def faults() -> list[object]:
    return [
        fault
        for one in covering.covers()
        if one.name.startswith("wages_")
        for fault in one.batch(None).faults
    ]


def whole(worker: Worker) -> int:
    """How many of a worker's own values can still be read."""
    worker.refresh_from_db()
    ids = [getattr(worker, name) for name in retention.VALUES]
    return Secret.objects.filter(pk__in=[one for one in ids if one], erased_at=None).count()


def test_values_go_and_every_proof_still_holds(paid_site: Site) -> None:
    site, one = paid_site, paid_site.one.worker  # type: ignore[attr-defined]
    photos.keep(one, b"\xff\xd8 a picture")
    version = contracts.draft(site.clerk, paid_site.one, {}, "重新写过")  # type: ignore[attr-defined]
    sheet = draft(site)
    signed(site, sheet)
    code = who.link(site.project, one)
    accounts.ask(site.clerk, paid_site.one, "6222020000000009999")  # type: ignore[attr-defined]
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    device = devices.enrol(site.leader, public, worker=one)
    paid()
    assert (whole(one), faults()) == (3, [])
    over(site.case)
    gone = schedule.whole_round()["wages"]
    assert gone == Worker.objects.count() == 3
    assert whole(one) == 0
    assert (one.account_id, one.pin, one.erased_at is not None) == (None, "", True)
    change = AccountChange.objects.select_related("bank_account", "former").get()
    assert change.bank_account.erased_at is not None
    assert change.former is not None
    assert change.former.erased_at is not None
    kept = DocumentPhoto.objects.get(worker=one)
    assert (kept.sealed, kept.erased_at is not None, bool(kept.sha256)) == (None, True, True)
    device.refresh_from_db()
    assert device.retired_at is not None
    stone = Secret.objects.get(pk=one.name_id)
    assert stone.erased_under.startswith("wages.kept 1096d")
    assert "第十五条" in stone.erased_under
    assert sum(b"wages_values_gone" in bytes(one.body) for one in Leaf.objects.all()) == 1
    # what proves the days, the wages and the contract stands as it was
    assert faults() == []
    assert verifying.verify(sheet).sound
    assert contracts.standing(version).fault == ""
    assert Client().get(f"/wages/me/{code}").status_code == 404
    page = reader(site.officer).get(f"/desk/wages/crews/{site.crew.pk}")
    assert (page.status_code, "李" in page.content.decode()) == (200, False)
    assert schedule.whole_round()["wages"] == 0
    # somebody who comes back is known anew
    assert site.join("李小木", 2).worker.pk != one.pk


@pytest.mark.parametrize("why", ["too early", "open elsewhere", "held", "owed", "complained", "disputed"])
def test_nothing_goes_while_there_is_a_reason_to_keep_it(paid_site: Site, why: str) -> None:
    site, one = paid_site, paid_site.one.worker  # type: ignore[attr-defined]
    signed(site, draft(site))
    if why == "disputed":
        sheet = site.sheet(paid_site.one)  # type: ignore[attr-defined]
        site.say(sheet, "worker", verdict="dispute", said="还加了班")
    if why != "owed":
        paid()
    over(site.case, SHORT if why == "too early" else LONG)
    if why == "open elsewhere":
        other = Project.objects.get(pk=site.file(name="北湖公寓"))
        site.join("李小木", 2, site.make_crew(other))
    if why == "held":
        Case.objects.filter(pk=site.case).update(held=True)
    if why == "complained":
        told = {"cause": "unpaid", "what": "八月没有发", "project": site.project.case.number, "people": 1}
        doors.open_case("wages.complaint", "complain", site.leader, told)
    due, kept = retention.counts()
    schedule.whole_round()
    assert whole(one) == 3
    assert kept == (3 if why == "held" else 0)
    assert due == {"open elsewhere": 2, "owed": 1}.get(why, 0)


def test_batches_go_on_past_what_is_kept(paid_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site = paid_site
    paid()
    over(site.case)
    monkeypatch.setattr(retention, "BATCH", 1)
    assert retention.counts() == (3, 0)
    assert schedule.whole_round()["wages"] == 3
    assert Worker.objects.filter(erased_at=None).count() == 0
