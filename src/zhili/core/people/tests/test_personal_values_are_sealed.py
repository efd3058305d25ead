"""A personal value is stored encrypted, shown masked, found by its index and opened only on record."""

import re
from dataclasses import replace

import pytest
from django.db import connection

from zhili.base.canonical import commitment
from zhili.core.people import secrets
from zhili.core.people.actors import ANONYMOUS, Actor, of_account
from zhili.core.people.models import Secret
from zhili.core.trail.models import Access, Leaf

PHONE = "13812345678"
OFFICER = Actor(kind="post", id=5, account_id=6, office_id=7)


def keep(kind="phone", plain=PHONE, **more):
    row = secrets.prepare(kind, plain, **more)
    secrets.save([row])
    return row


def test_nothing_in_the_table_tells_the_value(db):
    keep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_secret::text FROM people_secret")
        (text,) = cursor.fetchone()
    unhexed = b"".join(bytes.fromhex(found) for found in re.findall(r"\\x([0-9a-f]+)", text))
    assert PHONE not in text
    assert PHONE.encode() not in unhexed
    assert PHONE.encode().hex() not in text


def test_preparing_writes_nothing(db, django_assert_num_queries):
    secrets.prepare("phone", PHONE)  # the key ring is read
    with django_assert_num_queries(0):
        secrets.prepare("name", "张三")


def test_opening_gives_the_value_back_and_is_recorded(db, django_assert_num_queries):
    name, phone = keep("name", "张三丰"), keep()
    with django_assert_num_queries(6):  # of which two are the transaction's own marks
        opened = secrets.open_many([name.id, phone.id], OFFICER, "回访", 42)
    assert opened == {name.id: "张三丰", phone.id: PHONE}
    assert set(Access.objects.values_list("secret_id", "account_id", "office_id", "purpose", "case_id")) == {
        (name.id, 6, 7, "回访", 42),
        (phone.id, 6, 7, "回访", 42),
    }
    assert Leaf.objects.filter(kind="access", subject=42).count() == 2


def test_nothing_is_opened_without_a_purpose_or_by_nobody(db):
    row = keep()
    with pytest.raises(ValueError, match="用途"):
        secrets.open_many([row.id], OFFICER, "  ")
    with pytest.raises(PermissionError):
        secrets.open_many([row.id], ANONYMOUS, "看看")
    assert not Access.objects.exists()


def test_what_cannot_be_recorded_is_not_opened(db, monkeypatch):
    row = keep()

    def full(*_, **__):
        raise OSError("no space")

    monkeypatch.setattr("zhili.core.trail.access.record_access", full)
    with pytest.raises(OSError, match="no space"):
        secrets.open_many([row.id], OFFICER, "回访")


def test_lists_show_the_masked_form_without_a_record(db, django_assert_num_queries):
    rows = [keep(), keep("name", "张三丰"), keep("address", "南湖区中山路123号5幢301室")]
    with django_assert_num_queries(1):
        shown = secrets.masked([row.id for row in rows])
    assert [shown[row.id] for row in rows] == ["138****5678", "张**", "南湖区中山路***"]
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    ("kind", "kept", "typed"),
    [
        ("phone", "+8613812345678", "138 1234 5678"),
        ("phone", "13812345678", "+86 138-1234-5678"),
        ("phone", "13812345678", "１３８１２３４５６７８"),
        ("phone", "+8657382711234", "0573-82711234"),
        ("citizen_id", "33040219900101123X", "33040219900101123x"),
        ("email", "Li@Example.com", "li@example.com"),
    ],
)
def test_a_value_is_found_again_however_it_is_written(db, kind, kept, typed):
    row = keep(kind, kept)
    keep("phone", "13900000000")
    assert secrets.find(kind, typed) == [row.id]


def test_the_index_does_not_mix_kinds_and_names_are_not_indexed(db):
    row = keep("citizen_id", PHONE)
    assert secrets.find("phone", PHONE) == []
    assert secrets.find("citizen_id", PHONE) == [row.id]
    assert secrets.find("name", keep("name", "张三").kind) == []
    assert Secret.objects.get(kind="name").blind_index is None


def test_two_rows_of_one_value_differ_in_all_but_the_index():
    one, two = secrets.prepare("phone", PHONE), secrets.prepare("phone", PHONE)
    assert one.blind_index == two.blind_index
    assert one.ciphertext[:12] != two.ciphertext[:12]
    assert len({one.id, two.id, one.salt, two.salt, one.hash, two.hash, one.ciphertext, two.ciphertext}) == 8


def test_the_hash_commits_to_the_value_under_its_salt():
    row = secrets.prepare("phone", PHONE)
    assert row.hash == commitment(row.salt, PHONE).hex()
    assert row.hash != commitment(row.salt, "13812345679").hex()


def test_ids_are_version_7_and_in_order_of_time():
    ids = [secrets.prepare("name", "张三").id for _ in range(3)]
    assert {(i.version, i.variant) for i in ids} == {(7, "specified in RFC 4122")}
    assert ids[0].int >> 80 <= ids[1].int >> 80 <= ids[2].int >> 80


def test_a_row_changed_or_swapped_in_the_table_is_refused(db):
    one, two = keep(), keep("phone", "13900000000")
    flipped = bytes([one.ciphertext[-1] ^ 1])
    for damage in (
        {"ciphertext": one.ciphertext[:-1] + flipped},
        {"ciphertext": two.ciphertext},
        {"kind": "name"},
        {"key_id": "k9"},
    ):
        Secret.objects.filter(pk=one.id).update(**damage)
        with pytest.raises(secrets.SecretUnreadable):
            secrets.open_many([one.id], OFFICER, "回访")
        Secret.objects.filter(pk=one.id).update(ciphertext=one.ciphertext, kind="phone", key_id="k1")
    assert secrets.open_many([one.id], OFFICER, "回访") == {one.id: PHONE}


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="face"):
        secrets.prepare("face", "…")


def test_a_value_may_belong_to_an_account(db, account):
    person = account("li", "resident")
    row = keep(subject_id=person.pk)
    assert list(person.secrets.values_list("pk", flat=True)) == [row.id]
    assert secrets.open_many([row.id], replace(of_account(person)), "本人查看") == {row.id: PHONE}
