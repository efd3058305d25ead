"""Data end by schedule: what is left is a tombstone nobody can guess the value from."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.trail.models import Access

OFFICER = Actor(kind="post", id=5, account_id=6, office_id=7)


def keep(expires=None):
    row = secrets.prepare("phone", "13812345678", expires=expires)
    secrets.save([row])
    return row


def test_only_the_hash_is_left(db):
    row = keep()
    assert secrets.erase([row.id]) == 1
    left = Secret.objects.get(pk=row.id)
    assert (left.ciphertext, left.salt, left.blind_index, left.masked) == (None, None, None, "")
    assert left.hash == row.hash
    assert left.erased_at is not None


def test_an_erased_value_is_not_opened_found_or_erased_again(db):
    row = keep()
    secrets.erase([row.id])
    first = Secret.objects.get(pk=row.id).erased_at
    assert secrets.open_many([row.id], OFFICER, "回访") == {}
    assert not Access.objects.exists()
    assert secrets.find("phone", "13812345678") == []
    assert secrets.masked([row.id]) == {row.id: ""}
    assert secrets.erase([row.id]) == 0
    assert Secret.objects.get(pk=row.id).erased_at == first


def test_the_tombstone_says_when_and_under_which_rule(db):
    row, asked = keep(), keep()
    secrets.erase([row.id], under="cases.personal_days 1095d 个人信息保护法 第十九条")
    secrets.erase([asked.id])
    assert Secret.objects.get(pk=row.id).erased_under == "cases.personal_days 1095d 个人信息保护法 第十九条"
    assert Secret.objects.get(pk=asked.id).erased_under == ""


def test_the_table_refuses_a_half_erased_row(db):
    row = keep()
    for half in ({"ciphertext": None}, {"salt": None}, {"erased_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Secret.objects.filter(pk=row.id).update(**half)
