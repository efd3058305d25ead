"""The same request twice is one case; a key used for something else is refused."""

import threading
import traceback

import pytest
from django.db import connection

from zhili.core.cases import doors, routing
from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case, Category, Step
from zhili.core.cases.tests.city import INSIDE, SmallCity, forget
from zhili.core.forms import FormErrors
from zhili.core.people.actors import ANONYMOUS

REPORT = "citizen_reports.report"
DATA = {"what": "垃圾成堆", "place": INSIDE, "category": "201001"}


def test_a_repeat_returns_the_first_result_with_the_same_code(small_city: SmallCity) -> None:
    first = doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-1")
    again = doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-1")
    assert again.repeated
    assert (again.number, again.code) == (first.number, first.code)
    assert Case.objects.count() == 1


def test_a_repeat_gets_its_first_result_though_the_form_has_changed(small_city: SmallCity) -> None:
    first = doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-1")
    Category.objects.filter(code="201001").update(active=False)
    routing.forget()
    again = doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-1")
    assert (again.number, again.code, again.repeated) == (first.number, first.code, True)
    with pytest.raises(FormErrors):
        doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-2")


def test_a_key_used_for_something_else_is_refused(small_city: SmallCity) -> None:
    doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="k-1")
    with pytest.raises(Refused) as no:
        doors.open_case(REPORT, "report", ANONYMOUS, DATA | {"what": "另一件事"}, key="k-1")
    assert no.value.code == "key_reused"
    assert Case.objects.count() == 1


def test_keys_of_different_people_do_not_meet(small_city: SmallCity) -> None:
    doors.open_case(REPORT, "report", small_city.resident("甲"), DATA, key="k-1")
    doors.open_case(REPORT, "report", small_city.resident("乙"), DATA, key="k-1")
    assert Case.objects.count() == 2


def test_a_repeated_step_is_taken_once(small_city: SmallCity) -> None:
    case = doors.open_case(REPORT, "report", ANONYMOUS, DATA).case_id
    grid = small_city.actor("A.grid")
    doors.act(case, "accept", grid, {}, key="s-1")
    note = {"note": "到场"}
    doors.act(case, "progress", grid, note, key="s-2")
    again = doors.act(case, "progress", grid, note, key="s-2")
    assert again.repeated
    assert Step.objects.filter(case_id=case, action="progress").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_from_eight_threads_is_one_case(small_city: SmallCity) -> None:
    results, errors = [], []
    barrier = threading.Barrier(8)

    def send() -> None:
        barrier.wait()
        try:
            results.append(doors.open_case(REPORT, "report", ANONYMOUS, DATA, key="storm"))
        except Exception:
            errors.append(traceback.format_exc())
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    forget()
    assert errors == [], errors[0]
    assert len({r.number for r in results}) == 1
    assert Case.objects.count() == 1
