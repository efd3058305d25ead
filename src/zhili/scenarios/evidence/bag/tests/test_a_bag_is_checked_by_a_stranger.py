"""An exported bag is checked by programs that know nothing of the platform, and any byte altered in it is found."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.utils.html import escape

from zhili.core.cases.models import Case, Step
from zhili.core.files import blobs
from zhili.core.files.models import Attachment
from zhili.core.files.tests.samples import picture
from zhili.core.people.models import Secret
from zhili.core.trail import checkpoints, keys, programs, sealing
from zhili.portal.tests.pages_client import reader, send
from zhili.scenarios.evidence.bag import contents
from zhili.scenarios.evidence.tests.keeping import Keeping

pytestmark = pytest.mark.django_db(transaction=True)  # a leaf is numbered only once its transaction is over
DOCS = Path(__file__).parents[6] / "docs"
FORM = {"receiver": "嘉城市人民检察院", "purpose": "随案移送", "others": ""}


@pytest.fixture(autouse=True)
def a_trail_of_its_own(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("ZHILI_TRAIL_KEYS", raising=False)
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    keys.forget()
    yield
    keys.forget()


def seal() -> None:
    sealing.seal_all()
    checkpoints.sign_due()


@pytest.fixture
def item(keeping: Keeping) -> Case:
    """With two photographs of the same name, a name that is sealed, and a note of the office."""
    pictures = [keeping.photo(), keeping.photo()]
    case = keeping.on_the_shelf(photos=pictures, holder="王小明")
    keeping.do(case, "seal", seal_number="F-1", photos=[keeping.photo()])
    keeping.do(case, "note", note="内部意见，不对外")
    seal()
    return case


def exported(keeping: Keeping, case: Case, **more: str) -> bytes:
    answer: Any = send(reader(keeping.custodian), f"/desk/c/{case.number}/export", {**FORM, **more})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip"), answer.content[:2000]
    whole = b"".join(answer.streaming_content)
    assert answer["Content-Length"] == str(len(whole))
    assert answer["Cache-Control"] == "no-store"
    return whole


def unpacked(zipped: bytes, into: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(zipped)).extractall(into)
    (folder,) = into.iterdir()
    return folder


def checked(folder: Path, *options: str, program: Path = DOCS / "verify_bag.py") -> tuple[int, str]:
    """Exit code and words of the program, run by a bare Python."""
    asked = [sys.executable, "-I", str(program), str(folder), *options]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def bag(keeping: Keeping, item: Case, tmp_path: Path) -> Path:
    into = tmp_path / "out"
    into.mkdir()
    return unpacked(exported(keeping, item), into)


def test_it_holds_what_it_should_and_holds_true(bag: Path, item: Case) -> None:
    files = {str(path.relative_to(bag)) for path in bag.rglob("*") if path.is_file()}
    top = f"data/{item.number}"
    assert {f"{top}/files/photo.jpg", f"{top}/files/photo-2.jpg", f"{top}/files/photo-3.jpg"} <= files
    assert {
        f"{top}/item.json",
        f"{top}/custody.json",
        f"{top}/custody.html",
        "VERIFY.md",
        "seal.txt",
    } <= files
    assert {f"proofs/{item.number}.json", "verify_bag.py", "verify_receipt.py", "bagit.txt"} <= files
    code, words = checked(bag)
    assert code == 0, words
    assert "holds 成立" in words
    assert "the 3 files packed are those whose hash a leaf recorded" in words
    assert f"proofs/{item.number}.json: 4 leaves proven\n" in words
    told = json.loads((bag / top / "custody.json").read_text())
    assert all(isinstance(one["index"], int) for one in told["steps"])
    assert bagit.Bag(str(bag)).validate()


def test_the_programs_in_the_bag_do_without_ours_and_leave_nothing_behind(bag: Path) -> None:
    before = set(bag.rglob("*"))
    code, words = checked(bag, program=bag / "verify_bag.py")
    assert (code, "成立" in words) == (0, True)
    assert set(bag.rglob("*")) == before


def test_any_byte_altered_in_any_file_is_found(bag: Path) -> None:
    """In each file at its beginning, middle and end, by one bit and by a letter's case."""
    unseen = []
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for place in sorted({0, len(whole) // 2, len(whole) - 1}):
            for bit in (1, 32):
                path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
                code, words = checked(bag)
                if code == 0 or "Traceback" in words:
                    unseen.append(f"{path.relative_to(bag)} at {place}: {code}")
        path.write_bytes(whole)
    assert unseen == []
    assert checked(bag)[0] == 0


def test_what_was_altered_is_named(bag: Path, item: Case) -> None:
    photo = bag / f"data/{item.number}/files/photo.jpg"
    photo.write_bytes(photo.read_bytes() + b"x")
    assert "photo.jpg is not the file that was packed" in checked(bag)[1]


def test_a_file_added_or_taken_away_is_found(bag: Path, item: Case) -> None:
    (bag / "data/extra.txt").write_text("x")
    assert "extra.txt was put into the folder afterwards" in checked(bag)[1]
    (bag / "data/extra.txt").unlink()
    (bag / f"data/{item.number}/files/photo-2.jpg").unlink()
    assert "photo-2.jpg is missing" in checked(bag)[1]


def again(bag: Path) -> None:
    """Write the manifests anew, as somebody does who knows BagIt."""
    for name, top in (("manifest-sha256.txt", "data"), ("tagmanifest-sha256.txt", "")):
        lines = []
        for path in sorted(path for path in bag.rglob("*") if path.is_file()):
            where = str(path.relative_to(bag))
            payload = where.startswith("data/")
            if (payload if top else not payload) and where not in ("tagmanifest-sha256.txt", "seal.txt"):
                lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {where}\n")
        (bag / name).write_text("".join(lines))


def test_a_forger_who_writes_the_manifests_anew_is_found_three_times(bag: Path, item: Case) -> None:
    photo = bag / f"data/{item.number}/files/photo.jpg"
    photo.write_bytes(picture(size=(99, 99)))
    again(bag)
    _code, words = checked(bag)
    assert "tagmanifest-sha256.txt is not the one that was signed" in words
    assert "photo.jpg is no file that the chain of custody tells of" in words


def test_a_step_left_out_or_reworded_is_found(bag: Path, item: Case) -> None:
    path = bag / f"data/{item.number}/custody.json"
    told = json.loads(path.read_text())
    kept = json.dumps(told)
    told["steps"][2]["data"]["seal_number"] = "F-2"
    path.write_text(json.dumps(told))
    again(bag)
    assert "step 3 says another “data” than its leaf commits to" in checked(bag)[1]
    told = json.loads(kept)
    del told["steps"][1]
    path.write_text(json.dumps(told))
    again(bag)
    assert "leaves out a step" in checked(bag)[1]


def test_the_page_people_read_shows_every_step_and_its_words(bag: Path, item: Case) -> None:
    told = json.loads((bag / f"data/{item.number}/custody.json").read_text())
    page = (bag / f"data/{item.number}/custody.html").read_text()
    rows = [row for row in page.split("<tr>") if row.startswith("<td>")][-len(told["steps"]) :]
    assert len(told["steps"]) == 4
    for step, row in zip(told["steps"], rows, strict=True):
        words = [
            step["title"],
            step["who"],
            step["stage"],
            *(text for pair in step["words"] for text in pair),
        ]
        assert row.startswith(f"<td>{step['seq']}</td>")
        assert [one for one in words if escape(one) not in row] == []
        assert f"<td>{step['index']}</td></tr>" in row


def test_a_page_that_lacks_a_step_is_found(bag: Path, item: Case) -> None:
    path = bag / f"data/{item.number}/custody.html"
    whole = path.read_text()
    third = next(row for row in whole.split("<tr>") if row.startswith("<td>3</td>"))
    path.write_text(whole.replace(f"<tr>{third}", ""))
    again(bag)
    assert "custody.html does not show step 3 of custody.json" in checked(bag)[1]
    path.write_text(whole.replace(f"<tr>{third}", f"<tr>{third}<tr>{third}"))
    again(bag)
    assert "custody.html shows steps that are not in custody.json" in checked(bag)[1]


def test_another_key_is_not_taken_for_the_known_one(bag: Path, item: Case) -> None:
    known = keys.vkeys()[0]
    assert checked(bag, "--key", known)[0] == 0
    keys.rotate(origin="another.example/trail")
    other = keys.vkeys()[0]
    assert other != known
    assert checked(bag, "--key", other)[0] == 1


def test_the_zip_is_checked_as_it_lies(keeping: Keeping, item: Case, tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(exported(keeping, item))
    assert checked(path)[0] == 0
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    assert checked(path)[0] in (1, 2)


def test_no_personal_value_and_no_internal_word_goes_out(bag: Path, item: Case) -> None:
    for path in bag.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "王小明".encode() not in content, path
            assert "内部意见".encode() not in content, path
    assert Secret.objects.filter(kind="name").exists()
    told = json.loads((bag / f"data/{item.number}/custody.json").read_text())
    assert [one["seq"] for one in told["steps"] if one.get("withheld")] == [4]


def test_the_export_is_a_step_that_names_the_bags_fingerprint(bag: Path, item: Case) -> None:
    step = Step.objects.filter(case=item).latest("seq")
    printed = hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    assert (step.action, step.data["fingerprint"]) == ("exported", printed)
    assert (step.data["receiver"], step.data["purpose"]) == ("嘉城市人民检察院", "随案移送")
    originals = list((bag / f"data/{item.number}/files").iterdir())
    weight = sum(path.stat().st_size for path in originals)
    assert step.data["held"] == f"{len(originals)} 个原件，共 {weight} 字节"


def test_steps_not_yet_in_the_tree_come_as_a_signed_promise(
    keeping: Keeping, item: Case, tmp_path: Path
) -> None:
    keeping.do(item, "move", slot="W1-101-B101", why="腾地方")
    folder = unpacked(exported(keeping, item), tmp_path / "promised")
    code, words = checked(folder)
    assert code == 0, words
    assert "4 leaves proven, 1 promised" in words
    told = json.loads((folder / f"data/{item.number}/custody.json").read_text())
    assert [one["index"] is None for one in told["steps"]] == [False] * 4 + [True]


def test_several_items_in_one_bag(keeping: Keeping, item: Case, tmp_path: Path) -> None:
    second = keeping.take_in_file(picture(size=(70, 70)))
    seal()
    folder = unpacked(exported(keeping, item, others=second.number), tmp_path / "two")
    code, words = checked(folder)
    assert code == 0, words
    assert (folder / f"proofs/{second.number}.json").exists()
    assert Step.objects.filter(action="exported").count() == 2


def test_another_office_exports_nothing(keeping: Keeping, item: Case) -> None:
    assert reader(keeping.other).get(f"/desk/c/{item.number}/export").status_code in (403, 404)


def test_an_original_that_is_gone_stops_the_export_and_one_altered_breaks_it(
    keeping: Keeping, item: Case
) -> None:
    from zhili.scenarios.evidence.bag.writing import Broken

    first = Attachment.objects.filter(case_id=item.pk).select_related("file")[0].file
    path = blobs.on_disk(blobs.original(first.sha256))
    assert path is not None
    kept = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(kept[:-1] + b"\0")
    page = f"/desk/c/{item.number}/export"
    answer: Any = send(reader(keeping.custodian), page, FORM)
    with pytest.raises(Broken):
        b"".join(answer.streaming_content)
    path.unlink()
    answer = send(reader(keeping.custodian), page, FORM)
    assert (answer.status_code, "不在文件库里" in answer.content.decode()) == (409, True)
    path.write_bytes(kept)


def test_the_programs_that_go_along_are_the_ones_in_the_documentation() -> None:
    for name in contents.PROGRAMS:
        assert programs.source(name) == (DOCS / f"{name}.py").read_bytes()
