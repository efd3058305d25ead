"""Codes typed by people: what is forgiven, what is refused, and with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from zhili.base import codes
from zhili.base.codes import CodeError

numbers = st.builds(codes.case_number, st.integers(2026, 2099), st.integers(1, 10**9))


class TestDivisions:
    @pytest.mark.parametrize(
        ("code", "level", "parent"),
        [
            ("330000000000", "province", None),
            ("330400000000", "city", "330000000000"),
            ("330402000000", "county", "330400000000"),
            ("330402001000", "town", "330402000000"),
            ("330402001051", "village", "330402001000"),
            ("441900003000", "town", "441900000000"),  # Dongguan has no counties
        ],
    )
    def test_level_and_parent(self, code: str, level: str, parent: str | None) -> None:
        assert codes.check_division(code) == code
        assert codes.level(code) == level
        assert codes.parent(code) == parent

    def test_short_and_full_width_codes_become_twelve_digits(self) -> None:
        assert codes.normalise_division("33 04 02") == "330402000000"
        assert codes.normalise_division("３３０４") == "330400000000"

    @pytest.mark.parametrize(
        "code", ["3304021", "990000000000", "330402000051", "33040200105x", "", "330002001000"]
    )
    def test_impossible_codes_are_refused(self, code: str) -> None:
        with pytest.raises(CodeError, match="区划代码"):
            codes.normalise_division(code)

    def test_a_cell_is_its_village_and_a_sequence(self) -> None:
        cell = codes.cell_code("330402001051", 7)
        assert cell == "33040200105107"
        assert codes.cell_code_export(cell, "010203") == "01020333040200105107"
        with pytest.raises(CodeError):
            codes.cell_code("330402001000", 1)
        with pytest.raises(CodeError):
            codes.cell_code("330402001051", 100)


class TestCaseNumbers:
    def test_it_is_short_and_reads_in_groups(self) -> None:
        number = codes.case_number(2026, 17)
        assert number == "26000000178"
        assert codes.show_case_number(number) == "26 0000 0017 8"
        assert codes.show_case_number(codes.case_number(2026, 123456789))[:14] == "26 1 2345 6789"

    @given(numbers)
    def test_what_is_shown_can_be_typed_back(self, number: str) -> None:
        assert codes.parse_case_number(number) == number
        assert codes.parse_case_number(codes.show_case_number(number)) == number

    @given(numbers, st.data())
    def test_every_single_wrong_digit_is_caught(self, number: str, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(number) - 1))
        wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]]))
        with pytest.raises(CodeError):
            codes.parse_case_number(number[:at] + wrong + number[at + 1 :])

    def test_nearly_every_swap_of_neighbours_is_caught(self) -> None:
        swaps = caught = 0
        for serial in range(1, 40_000, 7):
            number = codes.case_number(2026, serial)
            for i in range(len(number) - 1):
                if number[i] == number[i + 1]:
                    continue
                swapped = number[:i] + number[i + 1] + number[i] + number[i + 2 :]
                swaps += 1
                try:
                    codes.parse_case_number(swapped)
                except CodeError:
                    caught += 1
        assert swaps > 10_000
        assert caught / swaps > 0.97

    @pytest.mark.parametrize(
        "typed",
        [
            "２６００００００１７８",
            "编号：26-0000-0017-8",
            " 26·0000·0017·8 ",
            "No. 26OOOOOOl78",
            "#26000000178",
            "26 0000 0017 8号",
        ],
    )
    def test_ways_of_typing_that_are_forgiven(self, typed: str) -> None:
        assert codes.parse_case_number(typed) == "26000000178"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("26", "11位"),
            ("我的投诉", "只含数字"),
            ("26000000179", "核对"),
            ("", "只含数字"),
            ("9" * 40, "核对"),
        ],
    )
    def test_a_wrong_number_is_explained(self, typed: str, words: str) -> None:
        with pytest.raises(CodeError, match=words):
            codes.parse_case_number(typed)

    @given(st.text(max_size=30))
    def test_anything_typed_gives_a_number_or_words(self, typed: str) -> None:
        words = ""
        try:
            number = codes.parse_case_number(typed)
        except CodeError as error:
            words = str(error)
        assert words or number.isdigit()


def citizen(area: str, born: str, order: str = "001") -> str:
    body = area + born + order
    return body + ric.calc_check_digit(body + "0")


class TestPersonsAndFirms:
    @pytest.mark.parametrize("born", ["19400101", "19701231", "19900615", "20200229"])
    @pytest.mark.parametrize("area", ["330402", "330421", "110101", "810000", "830000", "911108"])
    def test_identity_numbers_of_every_age_and_permit_hold(self, area: str, born: str) -> None:
        number = citizen(area, born)
        assert codes.check_citizen_id(number) == number

    def test_a_small_x_and_blanks_are_forgiven(self) -> None:
        number = next(n for i in range(99) if (n := citizen("330402", "19900615", f"{i:03d}")).endswith("X"))
        assert codes.check_citizen_id(f" {number[:6]} {number[6:14]} {number[14:].lower()} ") == number

    @given(st.integers(0, 17), st.integers(1, 9))
    def test_a_wrong_digit_is_caught(self, at: int, off: int) -> None:
        number = citizen("330402", "19900615", "123")
        digit = 10 if number[at] == "X" else int(number[at])
        with pytest.raises(CodeError):
            codes.check_citizen_id(number[:at] + str((digit + off) % 10) + number[at + 1 :])

    @pytest.mark.parametrize("text", ["", "123", "330402199002300011", "000000199001010011", "身份证"])
    def test_what_is_not_an_identity_number_is_refused(self, text: str) -> None:
        with pytest.raises(CodeError, match="身份证号码"):
            codes.check_citizen_id(text)

    def test_firms(self) -> None:
        assert codes.check_uscc("9111 0000 600037341l") == "91110000600037341L"
        with pytest.raises(CodeError, match="统一社会信用代码"):
            codes.check_uscc("91110000600037342L")

    @pytest.mark.parametrize(
        ("typed", "stored", "shown"),
        [
            ("１３８ 1234 5678", "+8613812345678", "138 1234 5678"),
            ("0573-82711234转801", "+8657382711234;ext=801", "0573 8271 1234 转801"),
            ("+86 13812345678", "+8613812345678", "138 1234 5678"),
            ("+852 5123 4567", "+85251234567", "+852 5123 4567"),
        ],
    )
    def test_phones_have_one_stored_form(self, typed: str, stored: str, shown: str) -> None:
        assert codes.check_phone(typed) == stored
        assert codes.check_phone(stored) == stored
        assert codes.show_phone(stored) == shown

    @pytest.mark.parametrize("typed", ["", "110", "82711234", "1381234567", "abc", "12345"])
    def test_numbers_nobody_can_be_called_at_are_refused(self, typed: str) -> None:
        with pytest.raises(CodeError, match="电话号码"):
            codes.check_phone(typed)


class TestCityParts:
    def test_a_well_cover(self) -> None:
        code = codes.parse_city_code("330402 01 001 00012", codes.COMPONENT_CLASSES)
        assert (code.district, code.major, code.minor, code.serial, code.local) == (
            "330402",
            "01",
            "001",
            "00012",
            False,
        )
        assert str(code) == "3304020100100012"

    def test_the_citys_own_minor_classes_start_at_eighty(self) -> None:
        assert codes.parse_city_code("3304020108000012", codes.EVENT_CLASSES).local
        assert codes.category_code("01", 80, codes.EVENT_CLASSES) == "01080"

    @pytest.mark.parametrize(
        "text", ["3304020900100012", "3304020100000012", "33040201001", "9904020100100012"]
    )
    def test_unknown_classes_are_refused(self, text: str) -> None:
        with pytest.raises(CodeError):
            codes.parse_city_code(text, codes.COMPONENT_CLASSES)
