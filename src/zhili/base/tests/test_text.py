"""What strangers may see of what people wrote."""

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhili.base import text

CJK = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)
digits = st.text(string.digits, min_size=1, max_size=20)


def shown(masked: str) -> str:
    return masked.replace("*", "")


class TestMasking:
    @given(CJK)
    def test_of_a_name_only_the_first_character_is_shown(self, name: str) -> None:
        assert shown(text.mask_name(name)) in ("", name[0])
        assert len(text.mask_name("一" * 2 + name)) <= 4

    @given(digits)
    def test_of_a_phone_four_digits_or_more_stay_hidden(self, phone: str) -> None:
        assert (
            len(shown(text.mask_phone(phone))) <= max(0, len(phone) - 4) + 1
        )  # +1: a missing area-code 0 is added
        assert "****" in text.mask_phone(phone)

    @given(st.text(string.digits + "X", min_size=0, max_size=20))
    def test_of_an_identity_number_first_and_last_are_shown_and_never_the_birth_day(
        self, number: str
    ) -> None:
        masked = text.mask_citizen_id(number)
        assert len(shown(masked)) <= 2
        assert set(masked[1:-1]) <= {"*"}

    @given(CJK, st.text(string.digits + "号幢室-单元" + string.ascii_letters, max_size=12))
    def test_of_an_address_no_number_is_shown(self, road: str, rest: str) -> None:
        masked = text.mask_address(f"南湖区{road}{rest}")
        assert not re.search("[0-9A-Za-z]", masked)
        assert masked.startswith("南湖区")
        assert masked.endswith("***")

    @pytest.mark.parametrize(
        ("kind", "value", "masked"),
        [
            ("name", "张三丰", "张**"),
            ("name", "张三", "张*"),
            ("name", "张", "**"),
            ("phone", "13812345678", "138****5678"),
            ("phone", "+8613812345678", "138****5678"),
            ("phone", "+8657382711234;ext=801", "0573****34"),
            ("phone", "+85251234567", "****67"),
            ("citizen_id", "330402199001010011", "3****************1"),
            ("address", "嘉兴市南湖区建设街道中山路123号5幢301室", "嘉兴市南湖区建设街道中山路***"),
            ("address", "南湖区阳光小区二幢", "南湖区***"),
            ("address", "新丰镇竹林村三组18号", "新丰镇竹林村***"),
            ("address", "幸福苑8-301", "***"),
            ("email", "zhangsan@example.com", "z***@example.com"),
            ("email", "a@example.com", "***@example.com"),
            ("plate", "浙F·12345", "浙F****5"),
            ("blood_group", "AB", "***"),
            ("name", "", "***"),
        ],
    )
    def test_as_it_looks(self, kind: str, value: str, masked: str) -> None:
        assert text.mask(kind, value) == masked

    @example("email", "@000")
    @given(
        st.sampled_from(["name", "phone", "citizen_id", "address", "email", "plate", "?"]),
        st.text(max_size=40),
    )
    def test_whatever_is_typed_never_comes_out_whole(self, kind: str, value: str) -> None:
        assert "*" in text.mask(kind, value)
        if len(value) > 3 and "*" not in value:
            assert value not in text.mask(kind, value)


class TestRedaction:
    @pytest.mark.parametrize(
        ("written", "public"),
        [
            ("请打13812345678找我", "请打[电话已隐去]找我"),
            ("138 1234 5678", "[电话已隐去]"),
            ("１３８－１２３４－５６７８", "[电话已隐去]"),
            ("一三八一二三四五六七八", "[电话已隐去]"),
            ("+86 138 1234 5678", "[电话已隐去]"),
            ("座机0573-82711234", "座机[电话已隐去]"),
            ("身份证330402199001010011，谢谢", "身份证[证件号码已隐去]，谢谢"),
            ("身份证33040219900101001x", "身份证[证件号码已隐去]"),
            ("卡号6222 0212 3456 7890 123", "卡号[号码已隐去]"),
            ("写信到a.b@c.com.cn。", "写信到[邮箱已隐去]。"),
            ("浙F12345和浙F·D12345很吵", "[车牌已隐去]和[车牌已隐去]很吵"),
            ("加微信号abc12345", "加[账号已隐去]"),
            ("电话：8271 1234", "[电话已隐去]"),
        ],
    )
    def test_what_leads_to_a_person_is_hidden(self, written: str, public: str) -> None:
        assert text.redact(written).replace("电话[电话", "[电话").replace("电话：[电话", "[电话") == public

    @pytest.mark.parametrize(
        "written",
        [
            "编号26000000178，2026-11-22 08:30，面积1500.13平方米，二〇二六年十一月",
            "南湖区330402001051网格，中山路123号，拨打12345",
            "路灯3盏不亮，已经15天了",
        ],
    )
    def test_what_the_matter_is_about_stays(self, written: str) -> None:
        assert text.redact(written) == written

    @given(st.text(st.sampled_from("0123456789 -x@.浙F微信号一二三京A电话abc，"), max_size=60))
    def test_redacting_twice_changes_nothing(self, written: str) -> None:
        once = text.redact(written)
        assert text.redact(once) == once

    @given(st.text(max_size=20), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=20))
    def test_a_mobile_number_never_survives(self, before: str, phone: str, after: str) -> None:
        assert phone not in text.redact(f"{before} {phone} {after}")


class TestNormalising:
    @given(st.text(max_size=80))
    def test_it_is_stable_and_safe_to_store(self, written: str) -> None:
        once = text.normalise(written)
        assert text.normalise(once) == once
        assert "\x00" not in once
        once.encode()  # no lone surrogates

    def test_lines_are_kept_and_punctuation_stays_chinese(self) -> None:
        assert (
            text.normalise("\ufeff 路灯不亮，\r\n\r\n\r\n\r\n请修！　\r三天了\x00\u202e ")
            == "路灯不亮，\n\n请修！\n三天了"
        )

    def test_family_emoji_survive(self) -> None:
        assert text.normalise("👨‍👩‍👧") == "👨‍👩‍👧"

    def test_folding_compares_names_however_typed(self) -> None:
        assert text.fold("ＺＨＡＮＧ　San") == text.fold("zhang san")
