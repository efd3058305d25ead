"""What a stranger finds on /trail and below it, and what they may hand in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhili.base import merkle, notes
from zhili.core.trail import checkpoints, eras, keys, leaves, proofs, sealing
from zhili.core.trail.models import Fork, Leaf
from zhili.portal.tests.api_client import Program
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.HOME = tmp_path
    settings.ALLOWED_HOSTS = ["zhili.city.example", "testserver"]
    keys.forget()
    yield
    keys.forget()


def grow(number: int = 1) -> checkpoints.Signed:
    Leaf.objects.bulk_create(Leaf(**leaves.row("record", AT, {"n": n}, {}, b"s" * 16)) for n in range(number))
    sealing.seal_all()
    checkpoints.sign_due()
    found = checkpoints.latest()
    assert found is not None
    return found


def hash_of(index: int) -> bytes:
    return bytes(Leaf.objects.order_by("id")[index].hash)


def decoded(texts: list[str]) -> list[bytes]:
    return [base64.b64decode(one) for one in texts]


class TestPage:
    def test_before_the_first_head_the_page_says_so(self) -> None:
        assert "还没有签过名的存证根" in words_of(reader().get("/trail"))
        assert reader().get("/trail/checkpoint").status_code == 404

    def test_a_layman_reads_how_it_stands(self) -> None:
        signed = grow(3)
        page = words_of(reader().get("/trail"))
        assert "只增加，不能改，也不能删" in page
        assert signed.root.hex() in page
        assert "分叉警报" not in page
        assert "正在使用" in page

    def test_what_was_kept_is_compared(self) -> None:
        first = grow(3)
        grow(2)
        answer = reader().post("/trail", {"checkpoint": first.text.replace("\n", "\r\n")})
        page = words_of(answer)
        assert answer.status_code == 200
        assert "一致" in page
        assert "前 3 条存证还和您留存时一模一样" in page

    def test_a_fork_is_loud_on_the_page_for_everybody_from_then_on(self) -> None:
        grow(3)
        forged = keys.sign_checkpoint(notes.Checkpoint(keys.origin(), 2, b"x" * 32))
        assert "已发出分叉警报" in words_of(reader().post("/trail", {"checkpoint": forged}))
        page = words_of(reader().get("/trail"))
        assert "分叉警报" in page
        assert (b"x" * 32).hex() in page
        assert proofs.root(2).hex() in page

    @pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
    def test_nothing_to_compare_is_asked_for_again(self, text: str) -> None:
        assert reader().post("/trail", {"checkpoint": text}).status_code == 422

    def test_a_restore_is_told_openly(self) -> None:
        grow(3)
        made = eras.begin("磁盘损坏，从昨夜的备份恢复")
        page = words_of(reader().get("/trail"))
        assert made is not None
        assert "磁盘损坏" in page
        assert made.origin in page


class TestForOtherPrograms:
    def test_the_signed_head_and_its_key_are_all_a_stranger_needs(self) -> None:
        grow(3)
        answer = reader().get("/trail/checkpoint")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["Cache-Control"] == "public, max-age=5"
        known = reader().get("/trail/keys").content.decode().split()
        told = notes.parse_checkpoint(notes.verify_note(answer.content.decode(), known).note.text)
        assert told.size == 3
        assert reader().get("/trail/checkpoint/3").content == answer.content
        assert reader().get("/trail/checkpoint/2").status_code == 404

    def test_the_tree_can_be_rebuilt_from_the_tiles_alone(self) -> None:
        """As any reader of C2SP logs does: every tile the size calls for, then the root."""
        signed = grow(700)
        client = reader()
        leaf_hashes: list[bytes] = []
        for path in ("0/000", "0/001", "0/002.p/188"):
            answer = client.get(f"/trail/tile/{path}")
            assert answer["Content-Type"] == "application/octet-stream"
            assert "immutable" in answer["Cache-Control"]
            leaf_hashes += [answer.content[i : i + 32] for i in range(0, len(answer.content), 32)]
        assert merkle.tree_hash(leaf_hashes) == signed.root
        above = client.get("/trail/tile/1/000.p/2").content
        assert above == merkle.tree_hash(leaf_hashes[:256]) + merkle.tree_hash(leaf_hashes[256:512])
        assert client.get("/trail/tile/0/001.p/7").content == b"".join(leaf_hashes[256:263])

    @pytest.mark.parametrize(
        "path",
        ["0/002", "0/002.p/189", "0/003.p/1", "1/000", "1/000.p/3", "2/000.p/1", "00/000", "0/0", "0/x000/000",
         "0/000.p/0", "0/000.p/256", "0/000.p/01", "-1/000", "0/999999", "64/000", "0/x999/x999/x999/999", "a/b",
         "entries/000"],
    )  # fmt: skip
    def test_what_the_head_does_not_reach_or_is_spelt_otherwise_is_not_there(self, path: str) -> None:
        grow(700)
        assert reader().get(f"/trail/tile/{path}").status_code == 404


class TestApi:
    def test_a_proof_by_the_hash_of_a_leaf(self) -> None:
        signed = grow(300)
        for leaf in (hash_of(260).hex(), base64.b64encode(hash_of(260)).decode()):
            found = Program().get("/trail/inclusion", leaf=leaf).json()
            assert (found["index"], found["size"]) == (260, 300)
            merkle.verify_inclusion(260, 300, hash_of(260), decoded(found["proof"]), signed.root)

    def test_a_proof_that_the_tree_only_grew(self) -> None:
        first, last = grow(5), grow(300)
        found = Program().get("/trail/consistency", old=first.size).json()
        assert (found["old"], found["size"]) == (first.size, last.size)
        merkle.verify_consistency(first.size, last.size, first.root, last.root, decoded(found["proof"]))

    def test_the_signed_head_as_json(self) -> None:
        signed = grow(3)
        found = Program().get("/trail/checkpoint").json()
        assert base64.b64decode(found["root"]) == signed.root
        assert notes.verify_note(found["checkpoint"], found["keys"])
        assert found["stamps"] == []
        assert Program().get("/trail/checkpoint", size=77).status_code == 404

    @pytest.mark.parametrize(
        ("path", "asked", "status", "code"),
        [
            ("inclusion", {"leaf": hashlib.sha256(b"?").hexdigest()}, 404, "no_such_leaf"),
            ("inclusion", {"index": 3}, 409, "not_sealed_yet"),
            ("inclusion", {"index": 10**6}, 404, "beyond_the_tree"),
            ("inclusion", {"index": 1, "size": 10**6}, 404, "beyond_the_tree"),
            ("inclusion", {"index": 1, "leaf": "00" * 32}, 422, "query"),
            ("inclusion", {"leaf": "00" * 31}, 422, "query"),
            ("inclusion", {}, 422, "query"),
            ("inclusion", {"leaf": "zz" * 32}, 422, "query"),
            ("inclusion", {"idx": 1}, 422, "query"),
            ("consistency", {"old": 10**6}, 404, "beyond_the_tree"),
            ("consistency", {"old": 3, "size": 2}, 404, "beyond_the_tree"),
        ],
    )
    def test_what_cannot_be_proven_says_which(
        self, path: str, asked: dict[str, Any], status: int, code: str
    ) -> None:
        grow(3)  # the key's own leaf is number 3: in the tree, and in no signed head yet
        sealing.seal_all()
        answer = Program().get(f"/trail/{path}", **asked)
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:zhili:problem:{code}")

    def test_a_leaf_just_written_is_not_sealed_yet(self) -> None:
        grow(3)
        late = leaves.append("record", AT, {"late": 1}, {}, b"s" * 16)
        answer = Program().get("/trail/inclusion", leaf=bytes(late.hash).hex())
        assert answer.json()["type"].endswith("not_sealed_yet")
        assert answer["Retry-After"]

    def test_a_witness_hands_in_what_it_kept(self) -> None:
        first = grow(3)
        last = grow(2)
        found = Program().post("/trail/witness", {"checkpoint": first.text}).json()
        assert (found["verdict"], found["alarm"]) == ("earlier", False)
        root = base64.b64decode(Program().get("/trail/consistency", old=3, size=found["size"]).json()["root"])
        merkle.verify_consistency(3, found["size"], first.root, root, decoded(found["proof"]))
        assert last.size <= found["size"]
        forged = keys.sign_checkpoint(notes.Checkpoint(keys.origin(), 1, b"x" * 32))
        assert Program().post("/trail/witness", {"checkpoint": forged}).json()["alarm"] is True
        assert Fork.objects.count() == 1
        assert Program().post("/trail/witness", {"text": "x"}).status_code == 422
