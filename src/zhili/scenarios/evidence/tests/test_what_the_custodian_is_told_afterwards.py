"""Whoever took an item in is told what a custodian needs: its number, where it is, and the way to the next one."""

from __future__ import annotations

import pytest

from zhili.core.cases.models import Case
from zhili.portal.tests.pages_client import reader, send, words_of
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
GIVEN = {
    "matter_kind": "administrative", "matter": "嘉综执立〔2026〕12号", "what": "蓝色三轮车",
    "quantity": "1 辆", "ground": "seized",
}  # fmt: skip


def test_a_custodian_reads_no_words_meant_for_a_resident(keeping: Keeping) -> None:
    client = reader(keeping.custodian)
    answer = send(client, "/new/evidence.item/take_in", GIVEN)
    case = Case.objects.get(procedure="evidence.item")
    assert answer["Location"] == f"/done/{case.number}"
    shown = client.get(answer["Location"])
    words = words_of(shown)
    assert "蓝色三轮车 1 辆 · 待入库" in words
    assert "再来一件：收物证" in words
    assert [one for one in ("查询码", "请您评价", "再报一件") if one in words] == []
    links = shown.content.decode()
    for link in (f"/desk/c/{case.number}", f"/evidence/i/{case.number}", "/new/evidence.item/take_in"):
        assert f'href="{link}"' in links


def test_an_office_that_may_not_see_it_is_told_nothing_of_it(keeping: Keeping) -> None:
    case = keeping.take_in()
    assert "蓝色三轮车" not in words_of(reader(keeping.other).get(f"/done/{case.number}"))
