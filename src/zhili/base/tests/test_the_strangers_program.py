"""docs/verify_receipt.py has its own arithmetic: tried against the standards' vectors and other people's code."""

from __future__ import annotations

import ast
import importlib.util
import json
from base64 import b64decode
from pathlib import Path
from types import ModuleType

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from zhili.base.tests.vectors import vectors

PROGRAM = Path(__file__).parents[4] / "docs/verify_receipt.py"
# RFC 8032 §7.1: tests 1, 2, 3 and SHA(abc): public key, message, signature.
RFC8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_receipt", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_it_uses_nothing_but_the_standard_library() -> None:
    text = PROGRAM.read_text("utf-8")
    names = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert ast.parse(text, feature_version=(3, 8)), "whatever Python the stranger has"
    assert set(names) == {"base64", "hashlib", "json", "os", "re", "sys", "zlib", "decimal"}


@pytest.mark.parametrize(("public", "message", "signature"), RFC8032)
def test_signatures_of_rfc_8032(program: ModuleType, public: str, message: str, signature: str) -> None:
    key, said, signed = (bytes.fromhex(one) for one in (public, message, signature))
    assert program.ed25519(key, said, signed)
    assert not program.ed25519(key, said + b"x", signed)
    for at in (0, 31, 32, 63):
        bad = bytearray(signed)
        bad[at] ^= 1
        assert not program.ed25519(key, said, bytes(bad))
    larger = int.from_bytes(signed[32:], "little") + program.L
    assert not program.ed25519(key, said, signed[:32] + larger.to_bytes(32, "little")), (
        "the same, spelt otherwise"
    )


@settings(max_examples=20, deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_signatures_of_another_library(program: ModuleType, secret: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public = key.public_key().public_bytes_raw()
    assert program.ed25519(public, message, key.sign(message))
    assert not program.ed25519(public, message + b"\0", key.sign(message))


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_published_proof_is_judged_as_published(program: ModuleType, kind: str) -> None:
    files = sorted((vectors("rfc6962") / "testdata" / kind).rglob("*.json"))
    assert len(files) > 50
    wrong = []
    for path in files:
        one = json.loads(path.read_text())
        proof = [b64decode(each) for each in one["proof"] or ()]
        if kind == "inclusion":
            leaf, root = b64decode(one["leafHash"] or ""), b64decode(one["root"] or "")
            holds = program.stands_in(one["leafIdx"], one["treeSize"], leaf, proof, root)
        else:
            old_root, root = b64decode(one["root1"]), b64decode(one["root2"])
            holds = program.begins_with(one["size1"], one["size2"], old_root, root, proof)
        if holds == one["wantErr"]:
            wrong.append(f"{path.parent.name}/{path.name}: {one.get('desc')}")
    assert wrong == []


@settings(max_examples=500, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1))
def test_numbers_are_written_as_rfc_8785_says(program: ModuleType, number: float) -> None:
    assert program.canonical(number).encode() == rfc8785.dumps(number)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_values_are_written_as_rfc_8785_says(program: ModuleType, value: object) -> None:
    assert program.canonical(value).encode() == rfc8785.dumps(value)  # type: ignore[arg-type]
