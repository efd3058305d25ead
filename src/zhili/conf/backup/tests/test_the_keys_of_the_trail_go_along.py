"""The keys that sign the trail's heads are sealed into the backup with the others, and put back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zhili.conf.backup import keyring
from zhili.core.people import keys
from zhili.core.trail import keys as trail_keys

pytestmark = pytest.mark.django_db


def test_sealed_and_put_back(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHILI_TRAIL_KEYS", raising=False)
    monkeypatch.setattr(keyring, "home", lambda: tmp_path)
    settings.HOME = tmp_path
    for one in (keys, trail_keys):
        one.forget()
    there = trail_keys.document()
    sealed, _ = keyring.bundle("correct horse")
    assert there["keys"][0]["private"].encode() not in sealed
    file = tmp_path / "trail_keys.json"
    file.unlink()
    told = keyring.put_back(keyring.unbundle(sealed, "correct horse"))
    assert json.loads(file.read_text()) == there
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any("trail_keys" in one for one in told), "nothing lay there"
    for one in (keys, trail_keys):
        one.forget()


def test_a_backup_made_before_there_were_any_leaves_those_here_alone(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "home", lambda: tmp_path)
    settings.HOME = tmp_path
    for one in (keys, trail_keys):
        one.forget()
    found = {"keys.json": keys.document(), keyring.TRAIL_KEYS: {}, keyring.EXCHANGE_KEYS: {}}
    here = trail_keys.document()
    try:
        keyring.put_back(found | {"secret_key": "x", "seals": {}})
        assert trail_keys.document() == here
    finally:
        for one in (keys, trail_keys):
            one.forget()
