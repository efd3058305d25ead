"""Keys are made once, kept to their owner, rotated without losing a value, and never quietly lost."""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from zhili.core.people import keys, secrets
from zhili.core.people.actors import Actor
from zhili.core.people.models import Secret
from zhili.core.people.second_factor import SecondFactorAdapter

OFFICER = Actor(kind="post", id=5, account_id=6, office_id=7)


def age(file, minutes):
    """Make every key of the ring that much older."""
    document = json.loads(file.read_text())
    for entry in document["keys"].values():
        entry["made"] = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
    file.write_text(json.dumps(document))
    keys.forget()


def test_the_first_start_makes_a_ring_only_its_owner_reads(own_key_ring):
    assert keys.ring().current == "k1"
    assert stat.S_IMODE(own_key_ring.stat().st_mode) == 0o600
    assert list(own_key_ring.parent.iterdir()) == [own_key_ring]


def test_processes_starting_together_agree_on_one_ring(own_key_ring):
    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(lambda _: keys.FILE.first(), range(32)))
    assert texts == {own_key_ring.read_text()}


def test_a_ring_others_can_read_is_refused(own_key_ring):
    keys.ring()
    own_key_ring.chmod(0o644)
    keys.forget()
    with pytest.raises(keys.KeyRingError, match="600"):
        keys.ring()


def test_a_damaged_ring_is_refused_and_not_replaced(own_key_ring):
    keys.ring()
    for damage in (
        "",
        "{}",
        '{"format": 1, "current": "k1", "keys": {"k1": {"made": "x"}}, "index": ""}',
        "[]",
    ):
        own_key_ring.write_text(damage)
        keys.forget()
        with pytest.raises(keys.KeyRingError):
            keys.ring()
        assert own_key_ring.read_text() == damage


def test_a_named_ring_that_is_missing_is_not_made_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHILI_KEYS", str(tmp_path / "elsewhere.json"))
    with pytest.raises(keys.KeyRingError, match="不存在"):
        keys.ring()


def test_the_environment_may_hand_over_the_ring_itself(monkeypatch, own_key_ring):
    keys.ring()
    text = own_key_ring.read_text()
    own_key_ring.unlink()
    monkeypatch.setenv("ZHILI_KEYS", text)
    keys.forget()
    assert keys.ring().current == "k1"
    assert not own_key_ring.exists()
    with pytest.raises(keys.KeyRingError, match="ZHILI_KEYS"):
        keys.add_key()


def test_rotation_encrypts_everything_anew_and_loses_nothing(db, own_key_ring):
    rows = [secrets.prepare("phone", f"1381234{n:04d}") for n in range(7)]
    secrets.save(rows)
    secrets.erase([rows[0].id])
    assert secrets.rotate(batch=2) == 6
    assert set(Secret.objects.filter(erased_at=None).values_list("key_id", flat=True)) == {"k2"}
    assert secrets.reencrypt() == 0
    opened = secrets.open_many([row.id for row in rows], OFFICER, "核对")
    assert opened == {row.id: f"1381234{n:04d}" for n, row in enumerate(rows) if n}
    assert Secret.objects.get(pk=rows[1].id).ciphertext != rows[1].ciphertext
    assert Secret.objects.get(pk=rows[1].id).hash == rows[1].hash
    assert secrets.find("phone", "13812340003") == [rows[3].id]
    assert secrets.prepare("phone", "13812345678").key_id == "k2"


def test_another_process_s_new_key_is_seen_at_once_when_needed(db, own_key_ring, monkeypatch):
    before = keys.ring()
    row = secrets.prepare("phone", "13812345678")
    secrets.save([row])
    secrets.rotate()
    monkeypatch.setattr(keys, "_loaded", keys._Loaded(before, keys.FILE.source(), float("inf")))
    monkeypatch.setattr(keys.RingFile, "source", lambda self: ("changed",))
    assert secrets.open_many([row.id], OFFICER, "核对") == {row.id: "13812345678"}


def test_a_key_is_taken_out_only_when_nothing_needs_it(db, own_key_ring):
    secrets.save([secrets.prepare("phone", "13812345678")])
    keys.add_key()
    with pytest.raises(keys.KeyRingError, match="不足一分钟"):
        secrets.retire("k1")
    age(own_key_ring, 2)
    with pytest.raises(keys.KeyRingError, match="仍有个人信息"):
        secrets.retire("k1")
    secrets.reencrypt()
    with pytest.raises(keys.KeyRingError, match="正在使用"):
        keys.remove_key("k2")
    secrets.retire("k1")
    assert set(keys.ring().ciphers) == {"k2"}


def test_second_factors_rotate_too(account, own_key_ring):
    person = account()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get().data["secret"]
    assert stored.startswith("k1:")
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert secrets.rotate() == 1
    moved = Authenticator.objects.get().data["secret"]
    assert moved.startswith("k2:")
    assert SecondFactorAdapter().decrypt(moved) == "JBSWY3DPEHPK3PXP"
    age(own_key_ring, 2)
    secrets.retire("k1")


def test_a_key_still_used_by_a_second_factor_stays(account, own_key_ring):
    TOTP.activate(account(), "JBSWY3DPEHPK3PXP")
    keys.add_key()
    age(own_key_ring, 2)
    with pytest.raises(keys.KeyRingError, match="两步验证"):
        secrets.retire("k1")


SEALED_WITH = {"AES-256-GCM": 32, "SM4-GCM": 16}


@pytest.mark.parametrize("cipher", SEALED_WITH)
def test_the_cipher_of_new_keys_is_a_setting(db, own_key_ring, monkeypatch, cipher):
    monkeypatch.setenv("ZHILI_CIPHER", cipher)
    row = secrets.prepare("phone", "13812345678")
    secrets.save([row])
    entry = json.loads(own_key_ring.read_text())["keys"]["k1"]
    assert (entry["cipher"], len(base64.b64decode(entry["key"]))) == (cipher, SEALED_WITH[cipher])
    assert secrets.open_many([row.id], OFFICER, "核对") == {row.id: "13812345678"}
    Secret.objects.filter(pk=row.id).update(ciphertext=row.ciphertext[:-1] + bytes([row.ciphertext[-1] ^ 1]))
    with pytest.raises(secrets.SecretUnreadable):
        secrets.open_many([row.id], OFFICER, "核对")


def test_a_rotation_goes_to_sm4_and_back(db, own_key_ring, monkeypatch):
    rows = [secrets.prepare("phone", f"1381234{n:04d}") for n in range(3)]
    secrets.save(rows)
    whole = {row.id: f"1381234{n:04d}" for n, row in enumerate(rows)}
    for key, cipher in (("k2", "SM4-GCM"), ("k3", "AES-256-GCM")):
        monkeypatch.setenv("ZHILI_CIPHER", cipher)
        assert secrets.rotate(batch=2) == 3
        assert keys.ring().names[key] == cipher
        assert secrets.in_use() == {one: 3 * (one == key) for one in keys.ring().made}
        assert secrets.open_many(whole, OFFICER, "核对") == whole
    age(own_key_ring, 2)
    secrets.retire("k2")
    assert secrets.open_many(whole, OFFICER, "核对") == whole


def test_a_ring_written_before_keys_named_their_cipher_still_opens(db, own_key_ring):
    row = secrets.prepare("phone", "13812345678")
    secrets.save([row])
    document = json.loads(own_key_ring.read_text())
    del document["keys"]["k1"]["cipher"]
    own_key_ring.write_text(json.dumps(document))
    keys.forget()
    assert secrets.open_many([row.id], OFFICER, "核对") == {row.id: "13812345678"}


def test_an_unknown_cipher_is_refused_in_words(own_key_ring, monkeypatch):
    monkeypatch.setenv("ZHILI_CIPHER", "rot13")
    with pytest.raises(keys.KeyRingError, match="SM4-GCM"):
        keys.ring()
    assert not own_key_ring.exists()


def test_a_rotation_killed_in_the_middle_goes_on_where_it_was(transactional_db, own_key_ring):
    rows = [secrets.prepare("phone", f"1381234{n:04d}") for n in range(7)]
    secrets.save(rows)

    def killed(done, whole):
        assert whole == 7
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        secrets.rotate(batch=2, told=killed)
    assert secrets.in_use() == {"k1": 3, "k2": 4}
    assert len(secrets.open_many([row.id for row in rows], OFFICER, "核对")) == 7
    assert secrets.reencrypt(batch=2) == 3
    assert secrets.in_use() == {"k1": 0, "k2": 7}


def test_whoever_else_seals_with_the_ring_is_rotated_and_asked_too(db, own_key_ring, monkeypatch):
    kept = {"k1": 2}

    def renewed():
        kept[keys.ring().current] = kept.pop("k1", 0)
        return 2

    monkeypatch.setitem(keys._holders, "文件", keys.Holder("文件", lambda key: kept.get(key, 0), renewed))
    keys.ring()
    keys.add_key()
    age(own_key_ring, 2)
    with pytest.raises(keys.KeyRingError, match="文件"):
        secrets.retire("k1")
    assert secrets.reencrypt() == 2
    secrets.retire("k1")
