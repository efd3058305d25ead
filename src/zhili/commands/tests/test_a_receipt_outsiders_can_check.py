"""A receipt downloaded from a real site, checked by somebody who has a file, Python and nothing of ours."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhili.commands import verify as command
from zhili.core.cases import doors
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.documents import aside
from zhili.core.documents.tests.desk import nearby, needs_press
from zhili.core.people import keys as personal_keys
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail import checking, checkpoints, keys, proofs, sealing
from zhili.portal.tests.pages_client import reader, words_of

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAM = Path(__file__).parents[4] / "docs/verify_receipt.py"
REPORT = "citizen_reports.report"
FLIPS = 60
"""A process of its own for each; the many are tried in one process below."""


@pytest.fixture
def city(
    small_city: SmallCity, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallCity]:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    settings.MEDIA_ROOT = tmp_path / "files"
    keys.forget()
    personal_keys.forget()
    monkeypatch.setattr(aside, "run", nearby)
    yield small_city
    keys.forget()
    personal_keys.forget()


def outsider(*words: str | Path) -> tuple[int, str]:
    """The program, alone: no packages, no environment, no module of ours in sight."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAM, *words],
        capture_output=True, cwd="/", env={"PYTHONUTF8": "1", "LANG": "C.UTF-8"}, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, done.stdout.decode()


def reported(city: SmallCity) -> doors.Opened:
    data = {"what": "建国路口窨井盖破损下沉", "place": {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}}
    case = doors.open_case(REPORT, "report", ANONYMOUS, data)
    doors.act(case.case_id, "accept", city.actor("A.grid"), {"category": "201001"})
    doors.act(case.case_id, "finish", city.actor("A.grid"), {"answer": "已更换井盖。"})
    return case


def seal() -> None:
    sealing.seal_all()
    checkpoints.sign_due()


def downloaded(case: doors.Opened, ending: str, folder: Path, client: Client | None = None) -> Path:
    answer = (client or reader()).get(f"/c/{case.number}/receipt.{ending}?g={case.code}")
    assert answer.status_code == 200, answer.content.decode()[:300]
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{case.number}.{ending}"'
    file = folder / f"receipt.{ending}"
    file.write_bytes(answer.content)
    return file


def test_the_file_holds_for_an_outsider_and_for_us(city: SmallCity, tmp_path: Path) -> None:
    case = reported(city)
    seal()
    file = downloaded(case, "json", tmp_path)
    code, said = outsider(file)
    assert code == 0, said
    assert case.number in said
    assert "the words disclosed fit its seal" in said
    assert "compare it with one you know" in said
    assert said.rstrip().endswith("holds")
    code, said = outsider(file, "--key", keys.vkeys()[0])
    assert code == 0
    assert "compare it" not in said
    assert command.verify([file], keys.vkeys(), None, None) == 0
    api = Client().get(f"/api/v1/cases/{case.number}/receipt", HTTP_X_GRANT=case.code)
    assert json.loads(api.content)["leaves"] == json.loads(file.read_bytes())["leaves"]


def test_the_paper_holds_too_with_the_file_inside_it(city: SmallCity, tmp_path: Path) -> None:
    needs_press()
    case = reported(city)
    seal()
    file = downloaded(case, "pdf", tmp_path)
    data = file.read_bytes()
    assert case.code is not None
    for form in (case.code, case.code.replace("-", "")):
        assert form.encode() not in data
    code, said = outsider(file)
    assert code == 0, said
    assert "the page is, byte by byte, the one that was issued" in said
    assert command.verify([file], [], None, None) == 0
    page = words_of(Client().post("/verify", {"file": file.open("rb")}))
    assert "有效：每一项都成立" in page
    assert "一致：出具以后没有一条被换过" in page


def test_a_promise_holds_until_it_is_kept(city: SmallCity, tmp_path: Path) -> None:
    case = reported(city)
    file = downloaded(case, "json", tmp_path)
    code, said = outsider(file)
    assert code == 0, said
    assert "promised on" in said
    client = Client()
    assert "还没有全部编号" in words_of(client.post("/verify", {"file": file.open("rb")}))
    seal()
    assert "承诺已经兑现" in words_of(client.post("/verify", {"file": file.open("rb")}))


def test_another_trees_key_is_refused_by_name(city: SmallCity, tmp_path: Path, settings: Any) -> None:
    case = reported(city)
    seal()
    file = downloaded(case, "json", tmp_path)
    settings.HOME = tmp_path / "another"
    keys.forget()
    other = str(keys.ring().keys[0].vkey)
    code, said = outsider(file, "--key", other)
    assert code == 1
    assert "is signed with another key than" in said
    assert command.verify([file], [other], None, None) == 1


def altered(file: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field of the file changed a little, by its path."""

    def walk(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
        if isinstance(value, dict):
            for name, one in value.items():
                yield from walk(one, (*path, name))
        elif isinstance(value, list):
            for i, one in enumerate(value):
                yield from walk(one, (*path, i))
        else:
            yield path, value

    for path, value in walk(file, ()):
        whole = json.loads(json.dumps(file))
        place = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = _other(value)
        yield "/".join(map(str, path)), whole


def _other(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, int | float):
        return value + 1
    middle = len(value) // 2
    return value[:middle] + ("b" if value[middle : middle + 1] == "a" else "a") + value[middle + 1 :]


def test_every_field_counts(city: SmallCity, tmp_path: Path) -> None:
    case = reported(city)
    seal()
    file = json.loads(downloaded(case, "json", tmp_path).read_bytes())
    paths = []
    for n, (_path, whole) in enumerate(altered(file)):
        paths.append(tmp_path / f"{n}.json")
        paths[-1].write_text(json.dumps(whole), "utf-8")
    assert len(paths) > 40
    code, said = outsider(*paths)
    assert code == 1
    for n, (path, whole) in enumerate(altered(file)):
        _before, _name, rest = said.partition(str(paths[n]))
        told = rest.split(str(tmp_path))[0]
        assert "WRONG" in told or "cannot be read" in told, (path, told)
        try:
            assert checking.check(checking.read(json.dumps(whole)), keys.vkeys()).faults, path
        except checking.NotOurs:
            assert path == "format"


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_no_single_bit_changes_unnoticed(city: SmallCity, tmp_path: Path, ending: str) -> None:
    if ending == "pdf":
        needs_press()
    case = reported(city)
    seal()
    data = downloaded(case, ending, tmp_path).read_bytes()
    chance = random.Random(20261122)
    places = [chance.randrange(8 * len(data)) for _ in range(FLIPS)]
    paths = []
    for at in places:
        bad = bytearray(data)
        bad[at // 8] ^= 1 << at % 8
        paths.append(tmp_path / f"{at}.{ending}")
        paths[-1].write_bytes(bytes(bad))
    code, said = outsider(*paths)
    assert code == 1
    for at, path in zip(places, paths, strict=True):
        told = said.partition(str(path))[2].split(str(tmp_path))[0]
        assert "DOES NOT HOLD" in told or "cannot be read" in told, (at, told)
        assert "WRONG" in told or "cannot be read" in told, "and says why"
        assert command.verify([path], [], None, None) != 0, at


def test_a_checkpoint_kept_by_somebody_else_is_of_the_same_tree(city: SmallCity, tmp_path: Path) -> None:
    first = reported(city)
    seal()
    kept = checkpoints.latest()
    assert kept is not None
    head = tmp_path / "head.txt"
    head.write_text(kept.text, "utf-8")
    assert outsider(downloaded(first, "json", tmp_path), "--checkpoint", head)[0] == 0
    second = reported(city)
    seal()
    later = checkpoints.latest()
    assert later is not None
    file = downloaded(second, "json", tmp_path)
    code, said = outsider(file, "--checkpoint", head)
    assert code == 2
    assert f"old={kept.size}&size={later.size}" in said
    path = proofs.consistency(kept.size, later.size)
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps({"proof": [b64encode(one).decode() for one in path]}), "utf-8")
    code, said = outsider(file, "--checkpoint", head, "--consistency", proof)
    assert code == 0, said
    assert "consistent with the other checkpoint" in said
    assert command.verify([file], [], head, proof) == 0
    proof.write_text(json.dumps([b64encode(one).decode() for one in path[:-1]]), "utf-8")
    code, said = outsider(file, "--checkpoint", head, "--consistency", proof)
    assert code == 1
    assert "not of one tree" in said
    assert command.verify([file], [], head, proof) == 1


def test_what_cannot_be_read_says_so_and_counts_as_neither(tmp_path: Path, city: SmallCity) -> None:
    (tmp_path / "x.json").write_text("{}")
    (tmp_path / "y.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    for path in (tmp_path / "x.json", tmp_path / "y.pdf", tmp_path / "no"):
        assert outsider(path)[0] == 2
        assert command.verify([path], [], None, None) == 2
    with (tmp_path / "x.json").open("rb") as sent:
        assert "读不懂" in words_of(Client().post("/verify", {"file": sent}))
