"""What a person corrects is read in its place from then on; what was given before is destroyed, not its proof."""

from zhili.core.people import secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret

OFFICER = Actor(kind="post", id=5, account_id=6, office_id=7)


def test_the_corrected_value_is_shown_and_opened_in_place_of_the_first(db):
    first = secrets.prepare("phone", "13812345678")
    secrets.save([first])
    second = secrets.correct(Secret.objects.get(pk=first.id), "13900139000", "第四十六条")
    third = secrets.correct(Secret.objects.get(pk=second.id), "13700137000", "第四十六条")
    assert secrets.masked([first.id, third.id]) == {first.id: "137****7000", third.id: "137****7000"}
    assert secrets.open_many([first.id], OFFICER, "回访") == {first.id: "13700137000"}
    former = Secret.objects.get(pk=first.id)
    assert (former.ciphertext, former.salt, former.hash) == (None, None, first.hash)
    assert former.erased_under == "第四十六条"
    assert secrets.find("phone", "13812345678") == []


def test_a_corrected_value_that_is_gone_is_gone(db):
    first = secrets.prepare("phone", "13812345678")
    secrets.save([first])
    second = secrets.correct(Secret.objects.get(pk=first.id), "13900139000", "第四十六条")
    secrets.erase([second.id])
    assert secrets.open_many([first.id], OFFICER, "回访") == {}
    assert secrets.masked([first.id]) == {first.id: ""}
