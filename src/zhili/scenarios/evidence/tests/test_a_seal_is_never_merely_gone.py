"""An item that left under seal comes back with a word of what became of the seal; nothing drops it silently."""

from __future__ import annotations

import pytest

from zhili.core.cases.models import Case, Step
from zhili.core.forms import FormErrors
from zhili.portal.tests.pages_client import reader, send, words_of
from zhili.scenarios.evidence import chain
from zhili.scenarios.evidence.models import ItemDetail
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db
UNSAID = "借出时有封条F-001，请写明它现在怎样"


@pytest.fixture
def lent(keeping: Keeping) -> Case:
    """Sealed with F-001, then lent."""
    case = keeping.on_the_shelf()
    keeping.do(case, "seal", seal_number="F-001", photos=[keeping.photo()])
    keeping.lend(case)
    return case


def refused(keeping: Keeping, case: Case, **data: str) -> dict[str, list[str]]:
    with pytest.raises(FormErrors) as error:
        keeping.do(case, "give_back", condition="same", **data)
    case.refresh_from_db()
    detail = ItemDetail.objects.get(pk=case.pk)
    assert (case.stage, Step.objects.filter(case=case, action="give_back").exists()) == ("lent", False)
    assert detail.borrower_id is not None
    return error.value.errors


@pytest.mark.parametrize("said", [{"seal": "none"}, {}])
def test_a_seal_left_unsaid_is_refused_beside_the_field(
    keeping: Keeping, lent: Case, said: dict[str, str]
) -> None:
    errors = refused(keeping, lent, **said)
    assert list(errors) == ["seal"]
    assert errors["seal"][0].startswith(UNSAID)
    assert ItemDetail.objects.get(pk=lent.pk).seal_number == "F-001"


def test_the_page_says_it_beside_the_field(keeping: Keeping, lent: Case) -> None:
    page = f"/desk/c/{lent.number}"
    given = {"condition": "same", "seal": "none"}
    answer = send(reader(keeping.custodian), page, given, f"{page}/act/give_back")
    assert answer.status_code == 422
    field = answer.content.decode().partition('name="seal"')[0].rpartition("form-field")[2]
    assert UNSAID in words_of(answer)
    assert UNSAID in field


def test_whole_it_is_sealed_as_before(keeping: Keeping, lent: Case) -> None:
    detail = keeping.do(lent, "give_back", condition="same", seal="intact")
    assert (lent.stage, detail.sealed, detail.seal_number) == ("sealed", True, "F-001")


def test_broken_needs_its_reason_which_the_chain_tells(keeping: Keeping, lent: Case) -> None:
    assert list(refused(keeping, lent, seal="broken")) == ["reason"]
    detail = keeping.do(lent, "give_back", condition="same", seal="broken", reason="检验时启封")
    assert (lent.stage, detail.sealed, detail.seal_number) == ("stored", False, "")
    assert chain.of(lent, keeping.custodian)[-1].why == "检验时启封"


def test_a_new_seal_has_another_number_and_a_reason(keeping: Keeping, lent: Case) -> None:
    assert set(refused(keeping, lent, seal="new")) == {"seal_number", "reason"}
    same = refused(keeping, lent, seal="new", seal_number="f-001", reason="检验时启封")
    assert list(same) == ["seal_number"]
    detail = keeping.do(
        lent, "give_back", condition="same", seal="new", seal_number="F-002", reason="检验后重封"
    )
    assert (lent.stage, detail.sealed, detail.seal_number) == ("sealed", True, "F-002")
    step = Step.objects.filter(case=lent).latest("seq")
    assert (step.data["seal"], step.data["seal_number"]) == ("new", "F-002")


def test_what_left_without_a_seal_has_none_to_be_whole(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    keeping.lend(case)
    assert list(refused(keeping, case, seal="intact")) == ["seal"]
    assert keeping.do(case, "give_back", condition="same").sealed is False
    assert case.stage == "stored"


def test_sealed_by_the_borrower_it_is_under_seal(keeping: Keeping) -> None:
    case = keeping.on_the_shelf()
    keeping.lend(case)
    detail = keeping.do(
        case, "give_back", condition="same", seal="new", seal_number="J-7", reason="检验后封存"
    )
    assert (case.stage, detail.sealed, detail.seal_number) == ("sealed", True, "J-7")


def test_entrusted_under_seal_it_is_under_seal_on_the_other_shelf(keeping: Keeping) -> None:
    """An item given to another office and given back: its seal stands through both doors."""
    case = keeping.on_the_shelf()
    keeping.do(case, "seal", seal_number="F-001", photos=[keeping.photo()])
    keeping.do(case, "entrust", office=keeping.city.offices["A.town"].pk, reason="移交中心库房")
    home = keeping.city.offices["A.zhzf"].pk
    keeping.do(case, "entrust", by=keeping.other, office=home, reason="退回")
    detail = keeping.do(case, "shelve", slot="W1-101-A101")
    assert (case.stage, detail.sealed, detail.seal_number) == ("sealed", True, "F-001")
