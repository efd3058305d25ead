"""The receipt of a matter: every step proven, the asker's own words with it, nobody else's; valid after erasure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhili.core.cases import doors, receipts
from zhili.core.cases.models import Case, CaseSecret
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.people import grants, secrets
from zhili.core.people import keys as personal_keys
from zhili.core.people.actors import ANONYMOUS, Actor
from zhili.core.trail import bundles, checking, checkpoints, keys, sealing

REPORT = "citizen_reports.report"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(small_city: SmallCity, settings: Any, tmp_path: Path) -> Iterator[SmallCity]:
    settings.HOME = tmp_path
    keys.forget()
    personal_keys.forget()
    yield small_city
    keys.forget()
    personal_keys.forget()


def seal() -> None:
    sealing.seal_all()
    checkpoints.sign_due()


def opened(by: Actor = ANONYMOUS, **more: Any) -> doors.Opened:
    data = {"what": "建国路口窨井盖破损下沉", "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}, **more}
    return doors.open_case(REPORT, "report", by, data)


def by_code(case: doors.Opened) -> Actor:
    found = grants.resolve(case.code or "")
    assert found is not None
    return found


def of(case: doors.Opened, actor: Actor, *, own: bool = True) -> dict[str, Any]:
    made = receipts.receipt(Case.objects.get(pk=case.case_id), actor, own=own)
    file: dict[str, Any] = json.loads(bundles.as_bytes(made))
    return file


def checked(file: dict[str, Any]) -> checking.Checked:
    found = checking.check(checking.read(bundles.as_bytes(file)), keys.vkeys())
    assert found.faults == []
    return found


def test_right_after_reporting_it_is_a_signed_promise_and_a_minute_later_a_proof(city: SmallCity) -> None:
    case = opened()
    promise = of(case, by_code(case))
    assert promise["format"] == "zhili-promise/1"
    found = checked(promise)
    assert found.promised
    assert found.leaves[0].index is None
    seal()
    proof = of(case, by_code(case))
    assert proof["format"] == "zhili-proof/1"
    found = checked(proof)
    assert found.leaves[0].index is not None
    assert "promise" not in proof


def test_steps_after_the_last_signed_head_are_promised_beside_those_proven(city: SmallCity) -> None:
    case = opened()
    seal()
    doors.act(case.case_id, "accept", city.actor("A.grid"), {"category": "201001"})
    found = checked(of(case, by_code(case)))
    assert [leaf.index is None for leaf in found.leaves] == [False, True]


def test_the_reporters_own_words_are_in_it_and_nobody_elses(city: SmallCity) -> None:
    case = opened()
    grid = city.actor("A.grid")
    doors.act(case.case_id, "accept", grid, {"category": "201001"})
    doors.act(case.case_id, "add", by_code(case), {"what": "晚上没有灯"})
    doors.act(case.case_id, "finish", grid, {"answer": "已更换井盖，内部编号甲乙丙。"})
    seal()
    file = of(case, by_code(case))
    found = checked(file)
    assert [leaf.disclosed for leaf in found.leaves] == [True, False, True, False]
    assert found.leaves[0].private["data"]["what"] == "建国路口窨井盖破损下沉"
    assert found.leaves[2].private["data"]["what"] == "晚上没有灯"
    whole = bundles.as_bytes(file).decode()
    assert "甲乙丙" not in whole
    assert f'"account":{grid.account_id}' not in whole


def test_names_and_numbers_stand_in_it_as_hashes_and_erasing_them_leaves_it_valid(city: SmallCity) -> None:
    case = opened(anonymous=False, name="张三丰", phone="13800138000")
    seal()
    file = of(case, by_code(case))
    whole = bundles.as_bytes(file).decode()
    assert "张三丰" not in whole
    assert "13800138000" not in whole
    assert checked(file).leaves[0].private["data"]["phone"]["hash"]
    assert secrets.erase(CaseSecret.objects.values_list("secret_id", flat=True)) >= 2
    checked(file)
    checked(of(case, by_code(case)))


def test_what_was_asked_cannot_be_guessed_from_the_digest_a_step_keeps(city: SmallCity) -> None:
    """It is disclosed with the reporter's own step: made without a secret it would tell their telephone number."""
    from hashlib import sha256

    from zhili.base.canonical import canonical

    data = {"what": "路灯不亮", "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}, "phone": "13800138000"}
    case = doors.open_case(REPORT, "report", ANONYMOUS, data, key="k" * 20)
    words = {"lon": str(INSIDE["lon"]), "lat": str(INSIDE["lat"])}
    asked = {"what": f"{REPORT}/report", "data": {**data, "place": words}}
    plain = sha256(canonical(asked)).hexdigest()
    assert plain not in bundles.as_bytes(of(case, by_code(case))).decode()


def test_an_account_gets_its_own_words_and_an_office_only_what_its_own_post_wrote(city: SmallCity) -> None:
    resident, other, grid = city.resident("甲"), city.resident("乙"), city.actor("A.grid")
    case = opened(resident)
    doors.act(case.case_id, "accept", grid, {"category": "201001"})
    seal()
    assert [one.disclosed for one in checked(of(case, resident)).leaves] == [True, False]
    assert [one.disclosed for one in checked(of(case, grid)).leaves] == [False, True]
    assert [one.disclosed for one in checked(of(case, city.actor("hotline"))).leaves] == [False, False]
    assert [one.disclosed for one in checked(of(case, other, own=False)).leaves] == [False, False]


def test_what_offices_keep_to_themselves_stays_out(city: SmallCity) -> None:
    case = opened()
    doors.act(case.case_id, "note", city.actor("A.grid"), {"note": "只给单位看"})
    seal()
    assert [leaf.body["what"]["action"] for leaf in checked(of(case, by_code(case))).leaves] == ["report"]
    inside = checked(of(case, city.actor("A.grid")))
    assert [leaf.body["what"]["action"] for leaf in inside.leaves] == ["report", "note"]


def test_a_receipt_of_twenty_steps_takes_few_queries(city: SmallCity) -> None:
    case = opened()
    grid = city.actor("A.grid")
    doors.act(case.case_id, "accept", grid, {"category": "201001"})
    for n in range(18):
        doors.act(case.case_id, "progress", grid, {"note": f"第{n}次到现场"})
    seal()
    found, asker = Case.objects.get(pk=case.case_id), by_code(case)
    receipts.receipt(found, asker, own=True)
    with CaptureQueriesContext(connection) as queries:
        file = receipts.receipt(found, asker, own=True)
    assert len(file["leaves"]) == 20
    assert len(queries) <= 14, [one["sql"][:100] for one in queries]


def test_the_number_on_its_face_is_the_number_in_its_leaves(city: SmallCity) -> None:
    one, other = opened(), opened()
    seal()
    file = of(one, by_code(one))
    del file["signed"]
    file["about"]["number"] = other.number
    file["signed"] = keys.sign_text(checking.whole_text("json", bundles.as_bytes(file)))
    found = checking.check(file, keys.vkeys())
    assert "编号不同" in "".join(found.faults)


def test_a_receipt_says_until_when_it_is_promised(city: SmallCity) -> None:
    case = opened()
    file = of(case, by_code(case))
    at, by = file["promise"].split("\n")[1:3]
    assert by > at
    assert timedelta(hours=1) <= bundles.PROMISED_WITHIN
