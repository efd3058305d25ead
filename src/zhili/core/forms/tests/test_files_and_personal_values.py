import pytest

from zhili.core.forms.tests.refusing import errors_of, kept, message
from zhili.core.forms.tests.sample import PHOTO, EverythingForm, ReportForm, filled

OTHER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
THIRD = "9b2d5f0e-6c1a-4f7b-8e3d-2a1b0c9d8e7f"


def test_files_are_named_by_id_with_or_without_their_token() -> None:
    cleaned = ReportForm.validate(filled(photos=[f"{PHOTO}:aB_-9", OTHER.upper(), PHOTO, ""]))
    assert cleaned.values["photos"] == cleaned.files == [PHOTO, OTHER]
    assert cleaned.tokens == {PHOTO: "aB_-9"}


def test_one_file_may_come_alone() -> None:
    assert ReportForm.validate(filled(photos=PHOTO)).files == [PHOTO]


@pytest.mark.parametrize("bad", ["../../etc/passwd", f"{PHOTO}:a b", 5, None, "x" * 400, f"{PHOTO}\n:x"])
def test_what_names_no_file_is_refused(bad: object) -> None:
    assert message(EverythingForm, "photos", [bad]) == "“照片”里有一个文件没有传好，请删掉它再传一次。"


def test_too_many_files_are_refused() -> None:
    assert (
        message(EverythingForm, "photos", [PHOTO, OTHER, THIRD]) == "“照片”最多 2 个，现在有 3 个，请减少。"
    )


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        (13800138000, "+8613800138000"),
        ("0573-82521234", "+8657382521234"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_telephone_number_however_it_is_typed(given: object, wanted: str) -> None:
    assert kept(EverythingForm, "phone", given) == wanted


@pytest.mark.parametrize("bad", ["12345", "1380013800", "abc", "138001380001", -5, 1e20])
def test_what_is_no_telephone_number_is_refused(bad: object) -> None:
    assert "电话" in message(EverythingForm, "phone", bad)


def test_an_identity_number_is_proved_by_its_check_digit() -> None:
    assert kept(EverythingForm, "citizen", "11010519491231002x") == "11010519491231002X"
    assert "身份证号" in message(EverythingForm, "citizen", "110105194912310021")


def test_an_address_for_mail_is_checked() -> None:
    assert kept(EverythingForm, "email", "a@example.com") == "a@example.com"
    assert "邮箱" in message(EverythingForm, "email", "a@b@c")
    assert "一行" in message(EverythingForm, "email", "a@example.com\nBcc: b@example.com")


def test_a_name_has_letters() -> None:
    assert kept(EverythingForm, "name", " 阿卜杜拉·  买买提 ") == "阿卜杜拉· 买买提"
    assert "姓名" in message(EverythingForm, "name", "123")


def test_personal_values_never_appear_among_the_answers() -> None:
    cleaned = EverythingForm.validate({"agreed": True, "name": "张三", "home": "中山路 1 号"})
    assert cleaned.values == {"agreed": True}
    assert cleaned.personal == {"name": "张三", "home": "中山路 1 号"}


def test_no_message_repeats_what_was_typed_about_a_person() -> None:
    typed = {"phone": "1380013", "citizen": "110105194912310021", "email": "me@@x", "agreed": True}
    said = str(errors_of(EverythingForm, typed))
    assert not [value for value in typed.values() if str(value) in said and value is not True]
