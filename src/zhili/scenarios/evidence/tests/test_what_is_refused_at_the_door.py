"""A file that is not the one its maker hashed is refused and both hashes kept; lists come in whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from openpyxl import Workbook

from zhili.core.cases.errors import Refused
from zhili.core.cases.models import Case
from zhili.core.files.tests.samples import camera_photo, picture
from zhili.core.trail.audit.covering import covers
from zhili.core.trail.models import Leaf
from zhili.scenarios.evidence import taking_in
from zhili.scenarios.evidence.models import DoorRefusal, HandIn, ItemDetail
from zhili.scenarios.evidence.tests.keeping import ITEM, Keeping
from zhili.scenarios.evidence.tests.test_the_store_and_its_shelves import signed_in

pytestmark = pytest.mark.django_db
COMMON = {"matter_kind": "administrative", "matter": "嘉综执立〔2026〕12号", "ground": "seized"}


def test_the_right_file_is_taken_in_with_its_hash(keeping: Keeping) -> None:
    body = camera_photo()
    case = keeping.take_in_file(body)
    detail = ItemDetail.objects.get(pk=case.pk)
    assert (case.stage, detail.sha256, detail.size) == ("stored", hashlib.sha256(body).hexdigest(), len(body))


def test_another_file_is_refused_and_both_hashes_are_kept(keeping: Keeping) -> None:
    claimed = hashlib.sha256(b"what was filmed").hexdigest()
    with pytest.raises(Refused) as refused:
        keeping.take_in_file(sha256=claimed)
    arrived = hashlib.sha256(picture()).hexdigest()
    assert claimed in refused.value.message
    assert arrived in refused.value.message
    row = DoorRefusal.objects.get()
    assert (row.claimed, row.found, row.size) == (claimed, arrived, len(picture()))
    leaf = json.loads(bytes(Leaf.objects.get(pk=row.leaf_id).body))
    assert leaf["what"] == {"record": "evidence.refused", "claimed": claimed, "found": arrived, "by": "post"}
    assert not Case.objects.filter(procedure=ITEM).exists()
    keeping.take_in_file()
    page = signed_in(keeping.city, keeping.custodian).get("/evidence").content.decode()
    assert claimed in page
    assert arrived in page


def test_what_was_refused_cannot_be_altered(keeping: Keeping) -> None:
    with pytest.raises(Refused):
        keeping.take_in_file(sha256="0" * 64)
    (cover,) = [one for one in covers() if one.name == "evidence_doorrefusal"]
    assert cover.batch(None).faults == []
    for statement in ("UPDATE evidence_doorrefusal SET claimed = found", "DELETE FROM evidence_doorrefusal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_list_is_taken_in_whole_each_with_its_number(keeping: Keeping) -> None:
    rows = taking_in.rows_of_text("三轮车，1 辆，蓝色\n电子秤\t2 台\n\n菜筐, 12 个, 塑料, 旧")
    made, numbers = taking_in.take_in(keeping.custodian, COMMON, rows, "k")
    assert (made.items, len(set(numbers))) == (3, 3)
    assert ItemDetail.objects.filter(hand_in=made).count() == 3
    again, same = taking_in.take_in(keeping.custodian, COMMON, rows, "k")
    assert (again, same) == (made, numbers)
    assert HandIn.objects.count() == 1


def test_a_list_with_a_fault_is_not_taken_in_at_all(keeping: Keeping) -> None:
    rows = taking_in.rows_of_text("三轮车，1 辆\n电子秤")
    with pytest.raises(Refused, match="第2行"):
        taking_in.take_in(keeping.custodian, COMMON, rows, "k")
    assert not Case.objects.filter(procedure=ITEM).exists()
    assert not HandIn.objects.exists()


def test_a_table_of_excel_or_csv(keeping: Keeping) -> None:
    book = Workbook()
    for cells in (
        ["物品名称", "特征", "数量"],
        ["三轮车", "蓝色", "1 辆"],
        [None, None, None],
        ["秤", "", 2],
    ):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    table = SimpleUploadedFile("清单.xlsx", out.getvalue())
    client = signed_in(keeping.city, keeping.custodian)
    answer = client.post("/evidence/intake", {**COMMON, "table": table})
    made = HandIn.objects.get()
    assert answer["Location"] == f"/evidence/lists/{made.pk}"
    assert [c.title for c in Case.objects.filter(procedure=ITEM).order_by("id")] == ["三轮车 1 辆", "秤 2"]
    assert client.get(f"/evidence/lists/{made.pk}").status_code == 200
    assert len(taking_in.rows_of_file("x.csv", "名称,数量\n秤,1 台\n".encode("gb18030"))) == 1
    for bad in (b"\x00\x01", b"a,b\n1,2\n", b""):
        with pytest.raises(Refused):
            taking_in.rows_of_file("x.csv", bad)
        with pytest.raises(Refused):
            taking_in.rows_of_file("x.xlsx", bad)


def test_many_files_with_the_list_of_their_maker(keeping: Keeping) -> None:
    good, bad = picture(), camera_photo()
    sums = (
        f"{hashlib.sha256(good).hexdigest()}  DCIM/a.jpg\n{'1' * 64} *b.jpg\n"
        f"{hashlib.sha256(b'x').hexdigest()}  lost.jpg\n"
    )
    sent = [
        SimpleUploadedFile(name, body)
        for name, body in (("a.jpg", good), ("b.jpg", bad), ("strange.jpg", good))
    ]
    client = signed_in(keeping.city, keeping.custodian)
    page = client.post("/evidence/intake/files", {**COMMON, "sums": sums, "files": sent}).content.decode()
    (case,) = Case.objects.filter(procedure=ITEM)
    assert case.title == "a.jpg"
    assert DoorRefusal.objects.get().claimed == "1" * 64
    for words in ("校验清单里没有这个文件", "清单里有，但没有收到", hashlib.sha256(bad).hexdigest()):
        assert words in page
