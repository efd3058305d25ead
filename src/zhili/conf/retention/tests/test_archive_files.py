"""A closed case goes into a sealed file that stands by itself; and stays where it was."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from zhili.conf.models import Archived
from zhili.conf.retention import archiving
from zhili.conf.retention.archiving import archive, cases_of
from zhili.conf.site import Refused
from zhili.core.cases import doors
from zhili.core.cases.models import Case
from zhili.core.cases.tests.city import SmallCity
from zhili.core.people.actors import ANONYMOUS
from zhili.core.trail.models import Leaf

pytestmark = [pytest.mark.sql, pytest.mark.django_db]


def case(city: SmallCity, days: int | None) -> Case:
    data = {"what": "路灯不亮", "place": {"lon": 120.05, "lat": 30.05}, "category": "201001", "anonymous": False,
            "name": "王芳", "phone": "13812345678"}  # fmt: skip
    opened = doors.open_case("citizen_reports.report", "report", ANONYMOUS, data)
    closed = None if days is None else timezone.now() - timedelta(days=days)
    Case.objects.filter(pk=opened.case_id).update(closed_at=closed)
    return Case.objects.get(pk=opened.case_id)


def test_old_cases_go_into_a_file_once_and_open_ones_never(small_city: SmallCity, tmp_path: Path) -> None:
    old, young, under_way = case(small_city, 800), case(small_city, 700), case(small_city, None)
    held = case(small_city, 900)
    Case.objects.filter(pk=held.pk).update(held=True)
    sealed = archive(tmp_path)
    assert sealed is not None
    assert sealed.cases == 1
    assert [one["case"]["number"] for one in cases_of(sealed.path, sealed.fingerprint)] == [old.number]
    assert archive(tmp_path) is None
    assert list(Archived.objects.values_list("case_id", "file")) == [(old.pk, sealed.path.name)]
    assert Case.objects.filter(pk__in=[old.pk, young.pk, under_way.pk, held.pk]).count() == 4


def test_the_file_holds_steps_and_leaves_and_no_personal_value(small_city: SmallCity, tmp_path: Path) -> None:
    old = case(small_city, 800)
    sealed = archive(tmp_path)
    assert sealed is not None
    (found,) = cases_of(sealed.path)
    assert [step["seq"] for step in found["steps"]] == [1]
    mine = Leaf.objects.filter(subject=old.pk)
    assert [leaf["hash"] for leaf in found["leaves"]] == [
        bytes(leaf.hash).hex() for leaf in mine.order_by("id")
    ]
    text = json.dumps(found, ensure_ascii=False)
    assert "王芳" not in text
    assert "13812345678" not in text
    assert found["steps"][0]["data"]["name"]["hash"] in text


def test_many_cases_go_into_several_files(small_city: SmallCity, tmp_path: Path) -> None:
    for _ in range(3):
        case(small_city, 800)
    files = [archive(tmp_path, most=2), archive(tmp_path, most=2)]
    assert [one.cases for one in files if one] == [2, 1]
    assert archive(tmp_path) is None


def test_zones_are_never_mixed_in_a_file(small_city: SmallCity, tmp_path: Path) -> None:
    plain, courts = case(small_city, 800), case(small_city, 800)
    Case.objects.filter(pk=courts.pk).update(zone="justice", confidential=True)
    files = [archive(tmp_path), archive(tmp_path)]
    numbers = [[one["case"]["number"] for one in cases_of(file.path)] for file in files if file]
    assert numbers == [[plain.number], [courts.number]]


def test_an_altered_file_is_refused(small_city: SmallCity, tmp_path: Path) -> None:
    case(small_city, 800)
    sealed = archive(tmp_path)
    assert sealed is not None
    content = bytearray(sealed.path.read_bytes())
    content[len(content) // 3] ^= 1
    sealed.path.write_bytes(content)
    with pytest.raises(Refused):
        list(cases_of(sealed.path))
    with pytest.raises(Refused):
        list(cases_of(sealed.path, "0" * 64))


def test_the_archive_is_itself_in_the_trail(small_city: SmallCity, tmp_path: Path) -> None:
    case(small_city, 800)
    sealed = archive(tmp_path)
    assert sealed is not None
    said = json.loads(bytes(Leaf.objects.latest("id").body))["what"]
    assert (said["record"], said["fingerprint"], said["cases"]) == ("archive", sealed.fingerprint, 1)
    assert archiving.due().count() == 0
