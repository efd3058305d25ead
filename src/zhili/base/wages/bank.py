"""Wages to a bank and its answer, line by line. Our own general format, honestly named; a bank's own is an adapter.

No bank's format is claimed: ``zhili-pay-1`` is a CSV (UTF-8 with BOM, CRLF) any clerk can open. A bank with another
one is served by a ``Format`` registered under its name.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from zhili.base.sheets.harmless import FORMULA, harmless, meant

State = Literal["paid", "returned", "pending"]
STATES: Final[Mapping[str, State]] = {
    "paid": "paid", "成功": "paid", "已付": "paid",
    "returned": "returned", "失败": "returned", "退票": "returned", "退回": "returned",
    "pending": "pending", "处理中": "pending",
}  # fmt: skip
RETURNED: Final = {
    "name_mismatch": ("户名与账号不符", "请本人核对姓名和账号，重新登记后再发"),
    "closed": ("账户已销户", "请本人提供新的本人账户"),
    "frozen": ("账户被冻结或止付", "请本人联系开户行；工资不得因此改付他人"),
    "no_account": ("账号不存在", "请本人核对账号，重新登记后再发"),
    "dormant": ("账户长期不动，银行暂停使用", "请本人到开户行恢复使用，再发"),
    "limit": ("超过账户限额", "请本人到开户行提高限额，或改用本人另一账户"),
    "other": ("银行退回，原因另述", "劳资专管员向银行问明原因，再决定"),
}
"""Why a line came back, in words, and what is to be done. A reason not among them counts as *other*, its words
kept.
"""

OUT: Final = ("序号", "流水号", "户名", "账号", "金额（元）", "用途")
BACK: Final = ("流水号", "状态", "金额（元）", "原因代码", "说明", "日期")
LARGEST: Final = 8 << 20
LINES: Final = 50_000


class FileRefused(ValueError):
    """The file cannot be taken at all: what, and what to do."""


@dataclass(frozen=True, slots=True)
class Pay:
    """One payment. ``reference``: ours, unique; ``amount`` in fen."""

    reference: str
    name: str
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Status:
    """What the bank says of one payment. ``amount`` in fen; ``day``: as the bank wrote it."""

    reference: str
    state: State
    amount: int
    reason: str = ""
    words: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of a file that could not be taken; ``line`` counts from 1, the header is 1."""

    line: int
    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a status file said: good lines, and those that could not be taken. Nothing is dropped silently."""

    good: tuple[Status, ...]
    faults: tuple[Fault, ...]


class Format(Protocol):
    """A bank's format. ``name`` stands in the ledger with every file."""

    name: str

    def write(self, pays: Sequence[Pay], purpose: str) -> bytes: ...
    def read(self, raw: bytes) -> Answer: ...


def yuan(fen: int) -> str:
    """1234 → "12.34"; negative amounts too."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def fen(text: str) -> int:
    """ "12.34" → 1234. Raises ValueError for anything but yuan with at most two decimals."""
    whole, _dot, rest = text.strip().replace(",", "").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12 and len(rest) <= 2):
        raise ValueError(f"金额写法有误：{text}")
    if rest and not (rest.isascii() and rest.isdigit()):
        raise ValueError(f"金额写法有误：{text}")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def check(pay: Pay) -> str:
    """Why a payment cannot go into a file, in words; empty when it can.

    A name a spreadsheet would take for a formula is no name: it is sent back to be corrected, never sent to a bank.
    """
    name = pay.name.strip()
    if not name or name.startswith(FORMULA):
        return "户名像公式或为空，请更正登记后再发"
    if any(ord(one) < 32 for one in name) or len(name) > 60:
        return "户名里有不能用的字符，请更正登记后再发"
    if not (pay.account.isascii() and pay.account.isdigit() and 8 <= len(pay.account) <= 32):
        return "账号应为 8 到 32 位数字，请本人核对"
    return "" if pay.amount > 0 else "金额应大于 0"


class Generic:
    """``zhili-pay-1``."""

    name = "zhili-pay-1"

    def write(self, pays: Sequence[Pay], purpose: str) -> bytes:
        """Every line passed ``check``; cells are made harmless all the same, for a file is opened by others too.

        An apostrophe stands before the account: a spreadsheet would else round its last digits away.
        Raises ValueError for a line that does not pass, or a reference that stands twice.
        """
        out = io.StringIO(newline="")
        rows = csv.writer(out, lineterminator="\r\n")
        rows.writerow(OUT)
        seen = set[str]()
        for number, pay in enumerate(pays, 1):
            if (why := check(pay)) or pay.reference in seen:
                raise ValueError(why or f"流水号重复：{pay.reference}")
            seen.add(pay.reference)
            cells = (pay.reference, pay.name.strip(), f"'{pay.account}", yuan(pay.amount), purpose)
            rows.writerow([str(number), *(harmless(one) for one in cells)])
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    def read(self, raw: bytes) -> Answer:
        """Raises FileRefused for a file that is none of ours."""
        rows = csv.reader(io.StringIO(_text(raw), newline=""))
        header = [one.strip() for one in next(rows, [])]
        if lacking := [one for one in BACK[:3] if one not in header]:
            raise FileRefused(f"回单缺少列：{'、'.join(lacking)}。请用“{'、'.join(BACK)}”作表头。")
        good, faults, seen = list[Status](), list[Fault](), dict[str, Status]()
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if rows.line_num > LINES + 1:
                raise FileRefused(f"回单超过 {LINES} 行，请分成几个文件。")
            cells = dict(zip(header, (meant(one.strip()) for one in row), strict=False))
            reference = cells.get("流水号", "")
            try:
                status = _status(cells)
                if reference in seen:
                    raise ValueError(
                        "同一流水号有两行" + ("，内容一样" if seen[reference] == status else "，内容不同")
                    )
                seen[reference] = status
                good.append(status)
            except ValueError as error:
                faults.append(Fault(rows.line_num, reference[:40], str(error)))
        contradicted = {fault.reference for fault in faults if fault.words.endswith("内容不同")}
        return Answer(tuple(one for one in good if one.reference not in contradicted), tuple(faults))


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise FileRefused("回单过大，请分成几个文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileRefused("回单不是文本文件，请从银行导出 CSV。")


def _status(cells: Mapping[str, str]) -> Status:
    reference = cells.get("流水号", "")
    if not reference or len(reference) > 40:
        raise ValueError("没有流水号")
    said = cells.get("状态", "")
    if said.lower() not in STATES:
        raise ValueError(f"不认识的状态：{said[:20]}")
    state = STATES[said.lower()]
    reason, words = cells.get("原因代码", ""), cells.get("说明", "")
    if state == "returned" and reason not in RETURNED:
        reason, words = "other", words or reason
    return Status(
        reference,
        state,
        fen(cells.get("金额（元）", "")),
        reason[:16],
        words[:120],
        cells.get("日期", "")[:20],
    )


def digest(raw: bytes) -> str:
    """SHA-256 of a file in hex: what the ledger remembers it by."""
    return hashlib.sha256(raw).hexdigest()


FORMATS: Final[dict[str, Format]] = {Generic.name: Generic()}
"""By name. An adapter of a bank is added here by whoever has its specification."""


def total(pays: Iterable[Pay]) -> int:
    """Fen of a whole file."""
    return sum(one.amount for one in pays)
