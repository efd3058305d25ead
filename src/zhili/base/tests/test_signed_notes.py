"""Notes and checkpoints: published ones are read and verified, and one letter wrong is refused with its reason."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from zhili.base import notes, sm2

# From the documentation of golang.org/x/mod/sumdb/note, whose format C2SP wrote down.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
HIS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# A real head of the Go checksum database; C2SP's specification shows it under another origin.
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
HEAD = (
    "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
# c2sp.org/signed-note: its key is not published, so it is read and passed over.
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)


def pair(
    name: str = "jiaxing.example/trail", seed: bytes = b"s" * 32
) -> tuple[notes.Vkey, Ed25519PrivateKey]:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return notes.Vkey(name, notes.ED25519, private.public_key().public_bytes_raw()), private


def signed(body: str, *pairs: tuple[notes.Vkey, Ed25519PrivateKey]) -> str:
    lines = tuple(notes.sign(body, key, private.sign) for key, private in pairs)
    return str(notes.Note(body, lines))


BODY = notes.Checkpoint("jiaxing.example/trail", 7, bytes(range(32))).body()


def test_a_published_note_is_verified() -> None:
    found = notes.verify_note(HIS_NOTE, [NEUMANN])
    assert [key.name for key in found.by] == ["PeterNeumann"]
    assert str(found.note) == HIS_NOTE


def test_a_published_head_of_another_log_is_verified_and_read() -> None:
    found = notes.verify_note(HEAD, [NEUMANN, SUMDB])
    head = notes.parse_checkpoint(found.note.text)
    assert (head.origin, head.size) == ("go.sum database tree", 20852163)
    assert head.body() == found.note.text


def test_the_standards_own_example_has_an_empty_line_in_its_text() -> None:
    note = notes.parse_note(QUASIMODO)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    assert str(note) == QUASIMODO
    with pytest.raises(notes.UnknownKeys):
        notes.verify_note(QUASIMODO, [NEUMANN])


def test_a_checkpoint_is_made_signed_and_read_again() -> None:
    key, private = pair()
    text = signed(BODY, (key, private))
    found = notes.verify_note(text, [str(key)])
    assert notes.parse_checkpoint(found.note.text) == notes.Checkpoint(
        "jiaxing.example/trail", 7, bytes(range(32))
    )
    assert text.splitlines()[:3] == [
        "jiaxing.example/trail",
        "7",
        base64.b64encode(bytes(range(32))).decode(),
    ]


def test_two_signatures_and_a_strangers() -> None:
    old, new, stranger = pair(), pair(seed=b"n" * 32), pair("witness.example", b"w" * 32)
    text = signed(BODY, old, new, stranger)
    found = notes.verify_note(text, [old[0], new[0]])
    assert found.by == (old[0], new[0])
    assert [one.name for one in found.unknown] == ["witness.example"]


def test_one_altered_signature_of_a_known_key_spoils_the_note_though_another_holds() -> None:
    old, new = pair(), pair(seed=b"n" * 32)
    wrong = notes.Signature(new[0].name, new[0].id, b"x" * 64)
    text = str(notes.Note(BODY, (notes.sign(BODY, old[0], old[1].sign), wrong)))
    with pytest.raises(notes.BadSignature):
        notes.verify_note(text, [old[0], new[0]])
    assert notes.verify_note(text, [old[0]]).by == (old[0],)


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_any_one_bit_altered_is_refused(at: int, bit: int) -> None:
    key, private = pair()
    data = bytearray(signed(BODY, (key, private)).encode())
    data[at % len(data)] ^= 1 << bit
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(notes.NoteError):
        notes.verify_note(text, [key])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line feed"),
        (BODY, "signatures must follow"),
        (BODY + "\n", "signatures must follow"),
        (HEAD.replace("\n", "\r\n"), "CRLF"),
        (HEAD.rstrip("\n"), "ends with a line feed"),
        (HEAD.replace("— ", "- "), "em dash"),
        (HEAD.replace("— sum.golang.org ", "— sum.golang.org"), "name and a signature"),
        (HEAD.replace("YQ8=", "YQ9="), "as it must be spelt"),
        (HEAD.replace("YQ8=", "YQ8"), "not base64"),
        (HEAD.replace("sum.golang.org ", "sum+golang.org "), "neither spaces nor"),
        (BODY + "\n— a AAAA\n", "four bytes"),
        (BODY + "\n" + "— a AAAAAAA=\n" * 101, "more than 100"),
        ("x" * 100_001, "longer than"),
        ("\ud800\n\n— a AAAAAAA=\n", "UTF-8"),
    ],
)
def test_what_is_no_note_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(notes.NoteError, match=why):
        notes.parse_note(text)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("a\n1\n", "three lines"),
        ("a\n\n1\n", "three lines"),
        ("a\n01\nAAAA\n", "leading zero"),
        ("a\n-1\nAAAA\n", "leading zero"),
        ("a\n１\nAAAA\n", "leading zero"),
        (f"a\n{2**63}\nAAAA\n", "leading zero"),
        ("a\n1\nAAAA\n", "32 bytes"),
        ("a\n1\n?\n", "root is not base64"),
        ("a\n1\nAAAA", "line feed"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_its_reason(body: str, why: str) -> None:
    with pytest.raises(notes.NoteError, match=why):
        notes.parse_checkpoint(body)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("PeterNeumann", "name"),
        (NEUMANN.replace("c74f20a3", "c74f20a4"), "key id"),
        (NEUMANN.replace("ARpc", "ARpd"), "key id"),
        (NEUMANN.replace("Peter", "Pieter"), "key id"),
        (NEUMANN.replace("C74F20A3".lower(), "C74F20A3"), "form"),
        ("+c74f20a3+" + NEUMANN.split("+", 2)[2], "not empty"),
        (str(notes.Vkey("a", notes.ED25519, b"short")), "length"),
    ],
)
def test_what_is_no_key_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(notes.NoteError, match=why):
        notes.parse_vkey(text)


def test_a_key_of_an_algorithm_not_known_here_is_read_and_vouches_for_nothing() -> None:
    key = notes.Vkey("a", b"\x04", b"k" * 32)
    assert notes.parse_vkey(str(key)) == key
    text = str(notes.Note(BODY, (notes.Signature("a", key.id, b"x" * 64),)))
    with pytest.raises(notes.UnknownKeys):
        notes.verify_note(text, [key])


def test_a_signer_whose_key_is_another_is_noticed_before_anything_is_published() -> None:
    key, _ = pair()
    with pytest.raises(notes.BadSignature):
        notes.sign(BODY, key, pair(seed=b"n" * 32)[1].sign)


class TestSM2:
    def test_a_checkpoint_signed_with_sm2_beside_ed25519(self) -> None:
        private, public = sm2.generate()
        key = notes.Vkey("jiaxing.example/trail", notes.SM2, public)
        line = notes.sign(BODY, key, lambda message: sm2.sign(private, public, message))
        ours = pair()
        text = str(notes.Note(BODY, (notes.sign(BODY, ours[0], ours[1].sign), line)))
        assert notes.parse_vkey(str(key)) == key
        assert notes.verify_note(text, [ours[0], key]).by == (ours[0], key)
        assert notes.verify_note(text, [ours[0]]).by == (ours[0],), "who knows no SM2 passes it over"
        with pytest.raises(notes.BadSignature):
            notes.verify_note(text.replace("\n7\n", "\n8\n"), [key])

    def test_what_is_out_of_range_or_off_the_curve_verifies_nothing(self) -> None:
        private, public = sm2.generate()
        good = sm2.sign(private, public, b"x")
        assert sm2.verify(public, b"x", good)
        assert not sm2.verify(public, b"y", good)
        assert not sm2.verify(public, b"x", bytes(64))
        assert not sm2.verify(public, b"x", good[:32] + sm2.N.to_bytes(32, "big"))
        assert not sm2.verify(public, b"x", good[:-1])
        assert not sm2.verify(bytes(64), b"x", good)

    def test_a_key_whose_number_begins_with_04_keeps_its_digits(self) -> None:
        """The library's own constructor strips them."""
        private = (11).to_bytes(32, "big")
        public = sm2.public_of(private)
        assert public[:1] == b"\x04"
        assert sm2.verify(public, b"x", sm2.sign(private, public, b"x"))
