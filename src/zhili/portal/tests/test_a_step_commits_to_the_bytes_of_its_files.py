from zhili.base.canonical import commitment
from zhili.core.cases import doors
from zhili.core.cases.committing import columns_of, private
from zhili.core.cases.models import Step
from zhili.core.cases.tests.city import INSIDE, SmallCity
from zhili.core.files.models import File
from zhili.core.files.tests.samples import camera_photo, picture, send
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Leaf

REPORT = "citizen_reports.report"
PLACE = {"lon": INSIDE["lon"], "lat": INSIDE["lat"]}


def reported(data: bytes) -> tuple[Step, str]:
    sent = send(data)
    answers = {"what": "井盖破了", "place": PLACE, "photos": [f"{sent.id}:{sent.token}"]}
    opened = doors.open_case(REPORT, "report", ANONYMOUS, answers, key="one")
    again = doors.open_case(REPORT, "report", ANONYMOUS, answers, key="one")
    assert again.repeated
    assert (again.number, again.code) == (opened.number, opened.code)
    return Step.objects.get(case_id=opened.case_id, seq=1), str(sent.id)


def test_opening_a_case_commits_to_the_hash_of_each_file(small_city: SmallCity) -> None:
    step, file = reported(camera_photo())
    assert step.data["files_sha256"] == {file: File.objects.get(pk=file).sha256}


def test_the_leaf_no_longer_fits_when_the_hash_of_a_file_is_altered(small_city: SmallCity) -> None:
    step, file = reported(camera_photo())
    (leaf,) = Leaf.objects.filter(kind="step", subject=step.case_id)
    as_kept = commitment(bytes(step.salt), private(columns_of(step))).hex()
    assert as_kept.encode() in bytes(leaf.body)
    step.data["files_sha256"][file] = "0" * 64
    assert commitment(bytes(step.salt), private(columns_of(step))).hex() != as_kept


def test_a_later_step_commits_to_its_files_too(small_city: SmallCity) -> None:
    step, _file = reported(camera_photo())
    grid = small_city.actor("A.grid")
    sent = send(picture("PNG"), "b.png", grid)
    doors.act(step.case_id, "accept", grid, {"category": "201001"})
    done = doors.act(step.case_id, "finish", grid, {"answer": "已换井盖。", "photos": [str(sent.id)]})
    kept = Step.objects.get(case_id=step.case_id, seq=done.seq)
    assert list(kept.data["files_sha256"].values()) == [File.objects.get(pk=sent.id).sha256]
