"""A person is erased: nothing of them is left to find or to guess, and every proof ever given still holds."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from zhili.base.canonical import canonical, commitment
from zhili.base.merkle import verify_consistency, verify_inclusion
from zhili.conf.auditing.tests.site import IN_TEXT, PERSONAL, SAID, head, live, report, taps
from zhili.conf.retention import schedule
from zhili.core.cases import doors, present, receipts
from zhili.core.cases.models import Case, CaseSecret, Step
from zhili.core.cases.tests.city import SmallCity
from zhili.core.files.audited import Stored
from zhili.core.people import keys as personal_keys
from zhili.core.people import secrets
from zhili.core.people.models import Secret
from zhili.core.streams import run_until_idle
from zhili.core.trail import bundles, checking, checkpoints, keys, proofs
from zhili.core.trail.audit import running
from zhili.core.trail.models import Access, Leaf, Sealed

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = (PERSONAL["name"], PERSONAL["phone"], IN_TEXT, "139****5678", "欧阳**")
TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"""


def everything() -> Iterator[tuple[str, str]]:
    """Every row of every table as text; bytes stand in it in hex."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row


def found(*values: str) -> list[str]:
    """Where any of these stands, as text or as bytes."""
    wanted = [*values, *(value.encode().hex() for value in values)]
    return [f"{table}: {row[:200]}" for table, row in everything() if any(one in row for one in wanted)]


class Proofs:
    """All that was ever handed out: a proof for every leaf, a receipt, a head."""

    def __init__(self, case: Case, reporter: Any) -> None:
        signed = checkpoints.latest()
        assert signed is not None
        self.signed = signed
        self.leaves = {
            index: (bytes(Leaf.objects.get(pk=leaf).hash), proofs.inclusion(index, signed.size))
            for index, leaf in Sealed.objects.filter(index__lt=signed.size).values_list("index", "leaf_id")
        }
        self.receipt = bundles.as_bytes(receipts.receipt(case, reporter, own=True))

    def hold(self) -> None:
        assert len(self.leaves) == self.signed.size
        for index, (digest, proof) in self.leaves.items():
            verify_inclusion(index, self.signed.size, digest, proof, self.signed.root)
        checked = checking.check(checking.read(self.receipt), keys.vkeys())
        assert checked.faults == []
        assert any(leaf.disclosed for leaf in checked.leaves), "the reporter's own words are in it"
        taps(3)
        head()
        newest = checkpoints.latest()
        assert newest is not None
        assert newest.size > self.signed.size
        proof = proofs.consistency(self.signed.size, newest.size)
        verify_consistency(self.signed.size, newest.size, self.signed.root, newest.root, proof)
        for index, (digest, _old) in self.leaves.items():
            again = proofs.inclusion(index, newest.size)
            verify_inclusion(index, newest.size, digest, again, newest.root)


@pytest.fixture
def city(small_city: SmallCity) -> SmallCity:
    keys.forget()
    personal_keys.forget()
    return small_city


def ended(city: SmallCity) -> Case:
    """Reported, its telephone number opened by an office, answered and rated: a case at its end."""
    case, grid, hotline = report(city), city.actor("A.grid"), city.actor("hotline")
    doors.act(case, "accept", grid, {"category": "201001"})
    phone = CaseSecret.objects.get(case=case, field="phone").secret_id
    assert present.open_personal(case, phone, hotline).endswith(PERSONAL["phone"])
    doors.act(case, "finish", grid, {"answer": "已清运。"})
    doors.act(case, "rate", city.resident(), {"rating": 5}, key="rated")
    run_until_idle()
    case.refresh_from_db()
    assert case.closed_at is not None
    return case


def nothing_is_left_to_guess_with() -> None:
    """No hash in the database is one of these values with a salt that is still there, or with none."""
    stones = {one.hash for one in Secret.objects.filter(erased_at__isnull=False)}
    assert len(stones) >= 3
    texts = [row for _table, row in everything()]
    salts = {bytes(step.salt) for step in Step.objects.all()} | {
        bytes(a.salt or b"") for a in Access.objects.all()
    }
    whole_text = SAID["what"]
    for value in (*VALUES[:3], whole_text):
        assert not any(commitment(salt, value).hex() in stones for salt in salts if len(salt) >= 16)
        plain = hashlib.sha256(str(value).encode()).hexdigest()
        assert not any(plain in text for text in texts)


def test_erased_by_schedule_nothing_is_found_and_everything_verifies(city: SmallCity) -> None:
    case = ended(city)
    head()
    given = Proofs(case, city.resident())
    assert found(PERSONAL["phone"]) == [], "before: sealed in one table and nowhere else"
    assert found("139****5678"), "before: shown masked"
    Secret.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert schedule.whole_round()["personal"] >= 3
    assert found(*VALUES) == []
    nothing_is_left_to_guess_with()
    given.hold()
    assert running.whole([Stored()]).faults == []


def test_erased_on_request_in_the_middle_of_a_case_all_of_it_still_holds(city: SmallCity) -> None:
    case = live(city)
    given = Proofs(case, city.resident())
    ids = CaseSecret.objects.filter(case=case).values_list("secret_id", flat=True)
    assert secrets.erase(list(ids), under="个人信息保护法第四十七条") >= 3
    assert found(*VALUES) == []
    nothing_is_left_to_guess_with()
    given.hold()
    assert running.whole([Stored()]).faults == []
    doors.act(case, "add", city.resident(), {"what": "又堆了一些"})
    assert running.whole().faults == []
    assert json.loads(given.receipt)["about"]["number"] == case.number


def test_what_was_asked_under_a_key_cannot_be_guessed_without_the_key(city: SmallCity) -> None:
    """The digest that tells a repeat from a misuse is made of everything that was typed, the telephone number too."""
    made = doors.open_case("citizen_reports.report", "report", city.resident(), SAID, key="a-key-of-the-page")
    asked = {"what": "citizen_reports.report/report", "data": doors._jsonable(SAID)}
    secret = settings.SECRET_KEY.encode()
    kept = Step.objects.get(case_id=made.case_id).request
    whole = b"request/" + canonical(asked | {"key": "a-key-of-the-page"})
    assert kept == hmac.digest(secret, whole, "sha256").hex()
    guess = hmac.digest(secret, b"request/" + canonical(asked), "sha256").hex()
    assert found("a-key-of-the-page", guess, hashlib.sha256(canonical(asked)).hexdigest()) == []
