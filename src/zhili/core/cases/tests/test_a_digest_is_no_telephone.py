"""Fingerprints stand in steps as they are: fifteen digits in a row do not make them an identity number."""

from zhili.core.cases.changing import _shown

DIGEST = "220d14a22907b35bfc7d374844261771583d0976a2d69f19cf0bcff905c206cb"


def test_a_fingerprint_is_kept_whole_and_a_number_in_a_sentence_is_not() -> None:
    assert _shown(DIGEST) == DIGEST
    assert "13800138000" not in _shown("请打13800138000")
