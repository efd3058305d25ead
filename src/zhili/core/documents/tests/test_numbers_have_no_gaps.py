"""发文字号 run from 1 to n in each series whatever is rolled back, and whoever issues at the same time."""

import random
import threading
import traceback

import pytest
from django.db import IntegrityError, connection, transaction

from zhili.core.cases import doors, routing
from zhili.core.cases.tests.city import SmallCity, forget
from zhili.core.documents import numbering
from zhili.core.documents.models import Counter, Letterhead, OutgoingDocument
from zhili.core.documents.tests.desk import Desk
from zhili.core.people.models import Office

ISSUES, THREADS = 200, 8


class Failure(Exception):
    """As if the disk were full just before the commit."""


def in_threads(work: "list[threading.Thread]") -> None:
    for one in work:
        one.start()
    for one in work:
        one.join()


def city() -> Desk:
    forget()
    routing.forget()
    return Desk(SmallCity())


@pytest.mark.sql
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_issued_from_eight_threads_with_failures_have_no_gap() -> None:
    desk = city()
    ready = []
    for _ in range(ISSUES):
        document = desk.begin(desk.case().case_id)
        desk.write(document)
        desk.submit(document)
        ready.append(document.pk)
    todo, failures, faults = list(ready), [], []
    taking, luck = threading.Lock(), random.Random(7)

    def issue() -> None:
        try:
            while True:
                with taking:
                    if not todo:
                        return
                    pk, unlucky = todo.pop(), luck.random() < 0.25
                try:
                    with transaction.atomic():
                        doors.act(pk, "issue", desk.leader)
                        if unlucky:
                            raise Failure
                except Failure:
                    failures.append(pk)
                    with taking:
                        todo.append(pk)
        except Exception:
            faults.append(traceback.format_exc())
        finally:
            connection.close()

    in_threads([threading.Thread(target=issue) for _ in range(THREADS)])
    assert faults == [], faults[0]
    assert len(failures) > 20, "the test is to fail often"
    serials = sorted(OutgoingDocument.objects.values_list("serial", flat=True))
    assert serials == list(range(1, ISSUES + 1))
    assert Counter.objects.get().last == ISSUES


@pytest.mark.sql
@pytest.mark.django_db(transaction=True)
def test_offices_do_not_wait_for_one_another() -> None:
    """A number taken and not yet kept holds up its own series only."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                numbering.take("甲复", 2026)
                held.set()
                done.wait(10)
        finally:
            connection.close()

    holding = threading.Thread(target=hold)
    holding.start()
    assert held.wait(10)
    try:
        with transaction.atomic():
            assert numbering.take("乙复", 2026) == 1
            assert numbering.take("甲复", 2027) == 1
    finally:
        done.set()
        holding.join()


def test_each_year_and_each_mark_begins_with_one(db: None) -> None:
    taken = [
        numbering.take(mark, year)
        for mark, year in [("甲复", 2026), ("甲复", 2026), ("甲告", 2026), ("甲复", 2027)]
    ]
    assert taken == [1, 2, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_no_number_is_taken_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        numbering.take("甲复", 2026)


def test_two_offices_never_share_a_mark(desk: Desk) -> None:
    with pytest.raises(IntegrityError):
        Letterhead.objects.create(office=Office.objects.get(code="T-city"), mark=desk.letterhead.mark)


def test_the_database_refuses_the_same_number_twice(desk: Desk) -> None:
    first, second = desk.issued(), desk.issued()
    with pytest.raises(IntegrityError):
        OutgoingDocument.objects.filter(pk=second.pk).update(serial=first.serial)
