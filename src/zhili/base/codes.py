"""Codes the state and this product give to places, persons, firms, city parts and cases.

Each check returns the code in its one stored form, or raises CodeError with words for who typed it.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import Final, Literal

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

Level = Literal["province", "city", "county", "town", "village"]

# GB/T 2260, first two digits
PROVINCES: Final = frozenset(
    str(number)
    for block in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for number in block
) | {"71", "81", "82"}
_LEVEL_ENDS: Final[tuple[tuple[Level, int], ...]] = (
    ("province", 2),
    ("city", 4),
    ("county", 6),
    ("town", 9),
    ("village", 12),
)
_SEPARATORS = re.compile(r"[\s\-‐-―·./_]+")


class CodeError(ValueError):
    """A code that cannot be right; str(error) is a sentence for the person who typed it (Chinese).

    ``text`` and the ``parts`` that go into it stay apart, so that it can be said in another language.
    """

    def __init__(self, text: str, **parts: str | int) -> None:
        super().__init__(text % parts if parts else text)
        self.text = text
        self.parts = parts


def _digits(text: str) -> str:
    """Half-width, without separators, in capitals."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


# --- divisions: 6 digits of GB/T 2260 + 3 of the town + 3 of the committee ---------------------


def level(code: str) -> Level:
    """The level a 12-digit division code stands for; the code is taken as already checked."""
    return next(name for name, end in _LEVEL_ENDS if not code[end:].strip("0"))


def parent(code: str) -> str | None:
    """The code one level up, None for a province. A town directly under its city (东莞) has the city."""
    if len(code) != 12:
        raise CodeError("区划代码应为12位：%(code)s", code=code)
    ends = [end for _, end in _LEVEL_ENDS if code[end:].strip("0")]
    return code[: ends[-1]].ljust(12, "0") if ends else None


def normalise_division(code: str) -> str:
    """12 digits from the usual 2, 4, 6, 9 or 12 (full-width digits and spaces allowed), checked."""
    digits = _digits(code)
    if len(digits) not in (2, 4, 6, 9, 12):
        raise CodeError("区划代码应为2、4、6、9或12位数字：%(code)s", code=code)
    return check_division(digits.ljust(12, "0"))


def check_division(code: str) -> str:
    """The code itself when it can be a division: a known province, and no committee without its town.

    Town and committee ranges (001–099 street, 001–199 residents' committee …) are not enforced: the
    statistics bureau's own list uses 4xx and 5xx for special areas.
    """
    if len(code) != 12 or not _is_digits(code):
        raise CodeError("区划代码应为12位数字：%(code)s", code=code)
    if code[:2] not in PROVINCES:
        raise CodeError("区划代码前两位不是省级代码：%(code)s", code=code)
    city, county, town, village = code[2:4], code[4:6], code[6:9], code[9:]
    if int(village) and not int(town):
        raise CodeError("区划代码有村（社区）而没有乡镇（街道）：%(code)s", code=code)
    if not int(city) and (int(county) or int(town)):
        raise CodeError("区划代码有县或乡镇而没有地市：%(code)s", code=code)
    return code


def cell_code(village: str, sequence: int) -> str:
    """14 digits of a grid cell: its village's division code and a sequence, 0–99 (00 = undivided)."""
    if level(check_division(village)) != "village":
        raise CodeError("网格应属于村（社区）：%(code)s", code=village)
    if not 0 <= sequence <= 99:
        raise CodeError("网格序号应在0到99之间：%(code)s", code=sequence)
    return f"{village}{sequence:02d}"


def cell_code_export(cell: str, object_code: str) -> str:
    """The 20 digits of CJ/T 349: object(6) county(6) town(3) community(3) sequence(2)."""
    if len(cell) != 14 or not _is_digits(cell):
        raise CodeError("网格编码应为14位数字：%(code)s", code=cell)
    if len(object_code) != 6 or not _is_digits(object_code):
        raise CodeError("对象编码应为6位数字：%(code)s", code=object_code)
    check_division(cell[:12])
    return object_code + cell


# --- persons and firms -------------------------------------------------------------------------


def check_citizen_id(text: str) -> str:
    """18 characters of GB 11643: area, birth day and check digit must hold.

    The library's own `validate` is not used: it refuses everyone born before their county's code was given
    (most people over forty in Jiaxing), and residence permits of Hong Kong, Macao, Taiwan and foreigners.
    """
    number = _digits(text)
    if len(number) != 18 or not _is_digits(number[:17]):
        raise CodeError("身份证号码应为18位")
    if number[:2] not in PROVINCES and number[:2] != "83" and number[0] != "9":
        raise CodeError("身份证号码的地区不存在，请核对")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise CodeError("身份证号码中的出生日期不存在，请核对") from None
    if born.year < 1850:
        raise CodeError("身份证号码中的出生日期不存在，请核对")
    if ric.calc_check_digit(number) != number[17]:
        raise CodeError("身份证号码校验不符，请核对每一位数字")
    return number


_USCC: Final = re.compile("[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}")
_USCC_VALUE: Final = {one: n for n, one in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_USCC_WEIGHT: Final = (*(pow(3, n, 31) for n in range(17)), 1)
"""With the check character's own weight the sum of a sound code is a multiple of 31."""


def check_uscc(text: str) -> str:
    """18 characters of a unified social credit code (GB 32100). 3 µs for one written as it should be."""
    if _USCC.fullmatch(text) and not sum(map(mul, map(_USCC_VALUE.__getitem__, text), _USCC_WEIGHT)) % 31:
        return text
    try:
        return uscc.validate(_digits(text))
    except ValidationError:
        raise CodeError("统一社会信用代码有误，应为18位，请核对") from None


def made_uscc(authority: str, division: str, number: str) -> str:
    """The 18 characters from authority and kind (2), division (6) and the 8 of an organisation, both check characters
    put in (GB 11714 and GB 32100). For data that is made up."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(one, 36) * weight for one, weight in zip(number, weights, strict=True)) % 11
    own = "0X987654321"[rest]
    body = authority + division + number + own
    return body + uscc.calc_check_digit(body)


def check_phone(text: str) -> str:
    """E.164 ("+8613812345678", with ";ext=801" after it when given); numbers without "+" are Chinese.

    Short service numbers (12345) are refused: nobody can be called back or sent a message there.
    """
    typed = re.sub(r"(?:转|分机)\s*(?=\d)", " ext ", unicodedata.normalize("NFKC", text).strip())
    try:
        number = phonenumbers.parse(typed, "CN")
    except phonenumbers.NumberParseException:
        raise CodeError("电话号码有误，请填写手机号或带区号的固定电话") from None
    if not phonenumbers.is_valid_number(number):
        raise CodeError("电话号码有误，请填写11位手机号或带区号的固定电话")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def show_phone(stored: str) -> str:
    """As people write it at home: "138 1234 5678", "0573 8271 1234"; foreign ones with their country code."""
    number = phonenumbers.parse(stored, "CN")
    home = number.country_code == 86
    style = phonenumbers.PhoneNumberFormat
    shown = phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL)
    return shown.replace(" ext. ", " 转") if home else shown


# --- case numbers ------------------------------------------------------------------------------

SERIAL_DIGITS: Final = 8  # a city of five million opens some ten million a year
SHORTEST: Final = 2 + SERIAL_DIGITS + 1
_WORDS = re.compile(r"^(?:编号|事项|案件|单号|NO|N[O0]?[.:]?|[:#№])+|[号]$")
_LOOKALIKES = str.maketrans("OQILl|", "001111")


def case_number(year: int, serial: int) -> str:
    """Year (2 digits), the year's serial from 1 (8 digits or more), check digit of ISO 7064 MOD 11,10."""
    if serial < 1:
        raise ValueError("a serial starts at 1")
    body = f"{year % 100:02d}{serial:0{SERIAL_DIGITS}d}"
    return body + mod_11_10.calc_check_digit(body)


def parse_case_number(text: str) -> str:
    """The number a person meant: spaces, dashes, full-width digits, a leading 编号, O for 0 are forgiven."""
    number = _WORDS.sub("", re.sub(r"[:：]", "", _digits(text))).translate(_LOOKALIKES)
    if not _is_digits(number):
        raise CodeError("编号只含数字，请核对")
    if len(number) < SHORTEST:
        raise CodeError("编号应为%(right)s位数字，您输入了%(typed)s位", right=SHORTEST, typed=len(number))
    if len(number) > 18 or not mod_11_10.is_valid(number):
        raise CodeError("编号有误，请对照回执核对每一位数字")
    return number


def show_case_number(number: str) -> str:
    """Grouped to be read aloud: 26 0000 0017 3."""
    serial = number[2:-1]
    head = len(serial) % 4
    groups = [serial[:head]] if head else []
    groups += [serial[i : i + 4] for i in range(head, len(serial), 4)]
    return " ".join([number[:2], *groups, number[-1]])


# --- city components and events, GB/T 30428 ----------------------------------------------------

COMPONENT_CLASSES: Final = {
    "01": "公用设施",
    "02": "交通设施",
    "03": "市容环境",
    "04": "园林绿化",
    "05": "其他部件",
}
# The sixth class is to be confirmed against the standard's text.
EVENT_CLASSES: Final = {
    "01": "市容环境",
    "02": "宣传广告",
    "03": "施工管理",
    "04": "街面秩序",
    "05": "突发事件",
    "06": "其他事件",
}


@dataclass(frozen=True, slots=True)
class CityCode:
    """A component or event of GB/T 30428: district (6) + class (2) + minor class (3) + serial (5)."""

    district: str
    major: str
    minor: str
    serial: str

    @property
    def local(self) -> bool:
        """Minor classes 001–079 are the standard's, 080–999 the city's own."""
        return int(self.minor) >= 80

    def __str__(self) -> str:
        return self.district + self.major + self.minor + self.serial


def parse_city_code(text: str, classes: dict[str, str]) -> CityCode:
    """A 16-digit GB/T 30428 code; `classes` is COMPONENT_CLASSES or EVENT_CLASSES."""
    digits = _digits(text)
    if len(digits) != 16 or not _is_digits(digits):
        raise CodeError("城市部件（事件）代码应为16位数字：%(code)s", code=text)
    code = CityCode(digits[:6], digits[6:8], digits[8:11], digits[11:])
    check_division(code.district.ljust(12, "0"))
    if code.major not in classes:
        raise CodeError("城市部件（事件）大类代码不存在：%(code)s", code=code.major)
    if not int(code.minor):
        raise CodeError("城市部件（事件）小类代码应从001开始")
    return code


def category_code(major: str, minor: int, classes: dict[str, str]) -> str:
    """Class and minor class together, 5 digits: what a matter is filed under."""
    if major not in classes or not 1 <= minor <= 999:
        raise CodeError("城市部件（事件）类别代码不存在：%(code)s", code=f"{major}-{minor}")
    return f"{major}{minor:03d}"
