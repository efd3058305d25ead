"""zhili-proof/1 with leaves of any kind; every way of altering it is told by the part that was altered."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhili.base.canonical import canonical
from zhili.base.notes import Checkpoint
from zhili.core.trail import bundles, checking, checkpoints, comparing, keys, leaves, sealing
from zhili.core.trail.models import Fork, Leaf, SignedHead, Stamp

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SALT = bytes(range(16))
FLIPS = 200


def put(number: int) -> int:
    """A leaf of a custody event."""
    what = {"record": "custody", "item": f"E{number}"}
    return int(leaves.append("record", AT, what, {"n": number, "at": 120.75}, SALT).pk)


def made(settled: bool = True) -> dict[str, Any]:
    ids = [put(n) for n in range(5)]
    if settled:
        sealing.seal_all()
        checkpoints.sign_due()
    disclosed = {ids[0]: ({"n": 0, "at": 120.75}, SALT)}
    file = bundles.bundle(
        ids, disclosed, about={"kind": "custody", "title": "钥匙一串"}, said={ids[1]: "借出"}
    )
    found: dict[str, Any] = json.loads(bundles.as_bytes(file))
    return found


def faults(file: dict[str, Any]) -> str:
    return "\n".join(checking.check(file, keys.vkeys()).faults)


def signed_anew(file: dict[str, Any]) -> dict[str, Any]:
    """As if whoever has the key had issued it: what remains is told by the other parts."""
    rest = {name: value for name, value in file.items() if name != "signed"}
    return {**rest, "signed": keys.sign_text(checking.whole_text("json", canonical(rest)))}


def test_it_holds_and_says_what_it_is(trail_home: Path) -> None:
    found = checking.check(made(), keys.vkeys())
    assert found.faults == []
    assert found.about["title"] == "钥匙一串"
    assert [leaf.said for leaf in found.leaves] == ["", "借出", "", "", ""]
    assert found.leaves[0].private == {"n": 0, "at": 120.75}


def first(file: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = file["leaves"][0]
    return entry


def other_proof(file: dict[str, Any]) -> None:
    first(file)["proof"] = file["leaves"][3]["proof"]


ALTERED: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("the words disclosed", lambda f: first(f)["private"].update(n=1), "封印不符"),
    ("the salt", lambda f: first(f).update(salt="ff" * 16), "封印不符"),
    ("a salt too short", lambda f: first(f).update(salt="ff"), "盐值读不出来"),
    ("the words alone", lambda f: first(f).pop("salt"), "缺一不可"),
    ("the leaf", lambda f: first(f).update(leaf=first(f)["leaf"].replace("E0", "E9")), "内容与它的哈希值不符"),
    ("its number", lambda f: first(f).update(index=4), "证明不成立"),
    ("its proof", other_proof, "证明不成立"),
    ("a shorter proof", lambda f: first(f)["proof"].pop(), "证明不成立"),
    ("no proof", lambda f: [first(f).pop(one) for one in ("index", "proof")], "既没有证明，也没有承诺"),
    ("the head", lambda f: f.update(checkpoint=f["checkpoint"].replace("\n5\n", "\n6\n")), "存证根的签名不成立"),
    ("a part nobody issues", lambda f: f.update(extra=1), "不该有的内容"),
    ("one in a leaf", lambda f: first(f).update(extra=1), "不该有的内容"),
    ("no leaf at all", lambda f: f.update(leaves=[]), "没有存证记录"),
    ("keys", lambda f: f.update(keys=[f["keys"][0].replace("+", "+0", 1)]), "公钥被改动"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "alter", "words"), ALTERED, ids=[one[0] for one in ALTERED])
def test_each_part_that_is_altered_is_named(
    trail_home: Path, what: str, alter: Callable[[dict[str, Any]], Any], words: str
) -> None:
    file = made()
    alter(file)
    told = faults(file)
    assert words in told, what
    assert "不是同一份" in told or what == "keys", "and the file as a whole"
    assert what == "keys" or words in faults(signed_anew(file)), "whoever signs it"


def test_words_around_the_proofs_are_signed_too(trail_home: Path) -> None:
    file = made()
    file["about"]["title"] = "钥匙两串"
    assert faults(file) == "文件在出具以后被改动过：与签名时的内容不是同一份"
    del file["signed"]
    assert "整份文件没有签名" in faults(file)


def test_a_proof_of_another_tree_fails_and_so_does_its_key(
    trail_home: Path, settings: Any, tmp_path: Path
) -> None:
    ours = made()
    pinned = keys.vkeys()
    settings.HOME = tmp_path / "another"
    keys.forget()
    theirs = signed_anew({**ours, "keys": [str(key.vkey) for key in keys.ring().keys]})
    told = "\n".join(checking.check(theirs, pinned).faults)
    assert "另一棵存证树的密钥" in told


def test_no_single_bit_changes_unnoticed(trail_home: Path) -> None:
    data = bundles.as_bytes(made())
    whole = checking.read(data)
    chance = random.Random(20261122)
    for _ in range(FLIPS):
        bad = bytearray(data)
        at = chance.randrange(8 * len(data))
        bad[at // 8] ^= 1 << at % 8
        try:
            file = checking.read(bytes(bad))
        except checking.NotOurs:
            continue
        assert file == whole or checking.check(file, keys.vkeys()).faults, (
            at,
            bytes(bad[at // 8 - 20 : at // 8 + 20]),
        )


def test_nothing_that_can_be_read_in_two_ways_is_read(trail_home: Path) -> None:
    for text in (
        b'{"format":"zhili-proof/1","format":"zhili-proof/1"}',
        b"[]",
        b"\xff",
        b"{",
        b'{"format":NaN}',
    ):
        with pytest.raises(checking.NotOurs):
            checking.read(text)
    file = made()
    encoded = first(file)["proof"][0]
    assert encoded.endswith("=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    looser = encoded[:-2] + letters[letters.index(encoded[-2]) + 1] + "="
    assert base64.b64decode(looser) == base64.b64decode(encoded), "the same bytes, spelt otherwise"
    first(file)["proof"][0] = looser
    assert "base64" in faults(signed_anew(file))


def test_a_head_is_compared_with_todays_tree_and_a_fork_raises_the_alarm(trail_home: Path) -> None:
    checked = checking.check(made(), keys.vkeys())
    head = checked.head
    assert head is not None
    assert comparing.with_today(checked.checkpoint).consistent
    for number in range(20):
        put(number)
    sealing.seal_all()
    checkpoints.sign_due()
    later = comparing.with_today(checked.checkpoint)
    assert later.consistent
    assert later.size > head.size
    assert Fork.objects.count() == 0
    forged = Checkpoint(head.origin, head.size, bytes(32))
    assert comparing.with_today(keys.sign_checkpoint(forged)).consistent is False
    beyond = Checkpoint(head.origin, later.size + 1000, head.root)
    assert comparing.with_today(keys.sign_checkpoint(beyond)).consistent is False
    assert Fork.objects.count() == 2


def test_a_stamped_head_is_taken_where_it_covers_the_leaves_and_a_stamp_of_another_is_told(
    trail_home: Path,
) -> None:
    first = made()
    head = SignedHead.objects.get()
    token = b"DER" + hashlib.sha256(head.text.encode()).digest()
    Stamp.objects.create(head=head, at=AT, authority="tsa.example", token=token)
    ids = [put(99)]
    sealing.seal_all()
    checkpoints.sign_due()
    assert bundles.bundle(ids)["stamps"] == [], "the stamped head is older than this leaf"
    old = bundles.bundle(list(Leaf.objects.order_by("pk").values_list("pk", flat=True)[:5]))
    assert old["checkpoint"] == first["checkpoint"]
    assert "tsa.example" in "".join(one.words for one in checking.check(old, keys.vkeys()).points)
    old["stamps"][0]["token"] = base64.b64encode(b"DER" + bytes(32)).decode()
    assert "时间戳不是给这个存证根的" in faults(signed_anew(old))


def test_a_leaf_that_is_not_there_has_no_file(trail_home: Path) -> None:
    with pytest.raises(LookupError):
        bundles.bundle([987654321])


def test_a_site_that_signs_with_sm2_too_is_checked_by_either(trail_home: Path, settings: Any) -> None:
    settings.TRAIL_SIGNERS = ["ed25519", "sm2"]
    file = made()
    ed25519, sm2 = keys.vkeys()
    assert checking.check(file, [ed25519]).faults == []
    assert checking.check(file, [sm2]).faults == []
