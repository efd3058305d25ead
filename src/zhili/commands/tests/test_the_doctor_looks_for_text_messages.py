"""`zhili doctor` says when no provider of text messages is set, and what that means here."""

from typing import Any

import pytest

from zhili.commands.doctor import _texts


@pytest.mark.parametrize(
    ("url", "real", "state", "word"),
    [
        ("", False, "warn", "sms.log"),
        ("", True, "warn", "cannot sign in"),
        ("https://sms.example", True, "ok", "SMS_URL"),
    ],
)
def test_text_messages(settings: Any, url: str, real: bool, state: str, word: str) -> None:
    settings.SMS_URL, settings.SMS_REAL_SITE = url, real
    [line] = _texts()
    assert line.state == state
    assert word in line.what
