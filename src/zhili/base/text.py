"""What people write: cleaned, compared, masked, and redacted before strangers may read it."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

MaskKind = Literal["name", "phone", "citizen_id", "address", "email", "plate", "bank_account"]

STAR: Final = "*"
_NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_ENDS = re.compile(r"[ \t\u3000]+(?=\n)")
_KEPT_FORMATS = "\u200d"  # joins the parts of an emoji


def normalise(text: str) -> str:
    """As it will be stored: NFC, one kind of line end, no control or broken characters, no outer blanks.

    Full-width punctuation stays (NFKC would turn Chinese commas into ASCII ones). No NUL for PostgreSQL.
    """
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text))
    if not text.isprintable():  # the usual one-line text needs no second look
        text = "".join(c for c in text if c in "\n\t" or c in _KEPT_FORMATS or _is_text(c))
    return _BLANK_LINES.sub("\n\n", _LINE_ENDS.sub("", text)).strip()


def _is_text(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def fold(text: str) -> str:
    """For comparing, never for storing or showing: NFKC, case folded, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


# --- masking: what is shown of a personal value ------------------------------------------------


def mask(kind: str, value: str) -> str:
    """The masked form of a personal value; a kind not known here shows nothing."""
    masker = _MASKERS.get(kind)
    return masker(value) if masker and value else STAR * 3


def mask_name(value: str) -> str:
    """张三丰 → 张**. One character at most is shown, of a one-character name none; up to 3 stars."""
    name = "".join(value.split())
    if len(name) < 2:
        return STAR * 2
    return name[0] + STAR * min(len(name) - 1, 3)


def mask_phone(value: str) -> str:
    """13812345678 → 138****5678; 0573-82711234 → 0573****34; others: the last two digits."""
    head, _, _ = unicodedata.normalize("NFKC", value).partition(";")
    digits = re.sub(r"[^0-9]", "", head)
    home = digits.startswith("86") and len(digits) > 10
    national = digits.removeprefix("86") if home else digits
    if re.fullmatch(r"1[3-9][0-9]{9}", national):
        return f"{national[:3]}****{national[-4:]}"
    landline = re.fullmatch(r"0?(10|2[0-9]|[3-9][0-9]{2})[0-9]{7,8}", national)
    if landline and (home or national[0] == "0"):
        return f"0{landline[1]}****{national[-2:]}"
    return STAR * 4 + (digits[-2:] if len(digits) >= 7 else "")


def mask_citizen_id(value: str) -> str:
    """The first and the last character: neither the birth day nor the sex (17th digit) shows."""
    number = re.sub(r"[^0-9A-Za-z]", "", unicodedata.normalize("NFKC", value))
    if len(number) < 15:
        return STAR * 18
    return number[0] + STAR * (len(number) - 2) + number[-1]


_NUMERAL = r"0-9一二三四五六七八九十百零〇两"
_AREA_END = re.compile(
    rf".*(?:省|自治区|(?<![小{_NUMERAL}])区|市|县|旗|镇|(?<!老)乡|街道|大道|路|街|村|社区)", re.DOTALL
)
_NUMBER_AHEAD = re.compile(rf"[0-9A-Za-z]|[{_NUMERAL}]+(?=[号弄幢栋座楼单室组区])")


def mask_address(value: str) -> str:
    """南湖区中山路123号5幢301室 → 南湖区中山路***. Down to the road or village; never a number."""
    text = "".join(unicodedata.normalize("NFKC", value).split())
    number = _NUMBER_AHEAD.search(text)
    area = _AREA_END.match(text[: number.start()] if number else text)
    return (area[0] if area else "") + STAR * 3


def mask_email(value: str) -> str:
    """zhangsan@example.com → z***@example.com."""
    if not value.partition("@")[0].strip():  # no address: nothing of it may be shown as if it were a domain
        return STAR * 3
    box, at, host = value.strip().rpartition("@")
    return (box[:1] if len(box) > 1 else "") + STAR * 3 + at + host if at else STAR * 3


def mask_bank_account(value: str) -> str:
    """6222 0210 0111 6245 702 → **** 5702: the last four of at least ten digits, as banks themselves print it."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", value))
    return STAR * 4 + (f" {digits[-4:]}" if len(digits) >= 10 else "")


def mask_plate(value: str) -> str:
    """浙F12345 → 浙F****5."""
    plate = "".join(unicodedata.normalize("NFKC", value).split()).replace("·", "").upper()
    return plate[:2] + STAR * 4 + plate[-1] if len(plate) >= 7 else STAR * 6


_MASKERS: Final[dict[str, Callable[[str], str]]] = {
    "name": mask_name,
    "phone": mask_phone,
    "citizen_id": mask_citizen_id,
    "address": mask_address,
    "email": mask_email,
    "plate": mask_plate,
    "bank_account": mask_bank_account,
}

# --- redaction: free text before the public reads it -------------------------------------------

_SPOKEN_DIGITS = dict(zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True))
_SHADOW: Final = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {"\u3000": " "} | _SPOKEN_DIGITS
)
_GAP = r"[\s\-‐-―.·_\u200b-\u200d]?"
_PLATE_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤俞屠计费钮闻施凌褚倪盛章"
)
_NAME = rf"[{_SURNAMES}][一-龥0-9]{{1,2}}"  # 三 and its like are digits by now


def _run(digits: int) -> str:
    """That many digits, each with at most one blank, dash or dot before it."""
    return rf"(?:{_GAP}[0-9]){{{digits}}}"


# First match wins where two overlap, so the longer and more certain come first.
_PERSONAL: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("邮箱", re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")),
    ("证件号码", re.compile(rf"(?<![0-9A-Za-z])[0-9]{_run(16)}{_GAP}[0-9Xx](?![0-9A-Za-z])")),
    ("号码", re.compile(rf"(?<![0-9])[0-9]{_run(14)}(?:{_GAP}[0-9]){{0,4}}(?![0-9])")),
    ("电话", re.compile(rf"(?<![0-9])(?:\+?86{_GAP})?1{_GAP}[3-9]{_run(9)}(?![0-9])")),
    ("电话", re.compile(r"(?<![0-9])[(]?0[0-9]{2,3}[)]?[\s\-]{0,2}[0-9]{7,8}(?![0-9])")),
    (
        "电话",
        re.compile(
            r"(?:(?<=电话)|(?<=座机)|(?<=手机)|(?<=联系))[号码方式是为:\s]{0,4}[0-9]{3,4}[\s\-]?[0-9]{4}(?![0-9])"
        ),
    ),
    ("账号", re.compile(r"(?:微信|[Qq]{2}|[WwVv][XxVv信])[号是为:\s]{0,4}[A-Za-z0-9_\-]{5,20}")),
    # only where the words around say that it is one: names as such are not known
    (
        "姓名",
        re.compile(rf"(?:(?<=联系人)|(?<=姓名)|(?<=名字)|(?<=我叫))[叫是为:\s]{{0,3}}{_NAME}"),
    ),
    ("姓名", re.compile(rf"[{_SURNAMES}][一-龥0-9]{{0,2}}(?=先生|女士|小姐)")),
    ("车牌", re.compile(rf"[{_PLATE_PLACES}][A-HJ-NP-Za-hj-np-z][·\s\-]?[A-Za-z0-9]{{4,6}}[挂学警港澳]?")),
)


def redact(text: str) -> str:
    """Phones, identity and card numbers, e-mails, plates and chat accounts become [电话已隐去] or the like.

    Full-width and spoken digits (一三八 …) count. It hides too much rather than too little, knows a name only
    by the words around it (联系人…, …女士) and no addresses, and does not replace a person's look
    before publishing. Redacting twice changes nothing.
    """
    shadow = text.translate(_SHADOW)  # one character for one, so that places agree
    spans: list[tuple[int, int, str]] = []
    for label, pattern in _PERSONAL:
        for found in pattern.finditer(shadow):
            if all(found.end() <= start or end <= found.start() for start, end, _ in spans):
                spans.append((found.start(), found.end(), label))
    for start, end, label in sorted(spans, reverse=True):
        text = f"{text[:start]}[{label}已隐去]{text[end:]}"
    return text
