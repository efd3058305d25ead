"""The bank's file out and in: a returned line, a formula for a name, a line twice, an amount that is none."""

import pytest

from zhili.base.wages.bank import FORMATS, FileRefused, Pay, check, fen, yuan

FORMAT = FORMATS["zhili-pay-1"]
GOOD = Pay("W-1", "王建国", "6222020000000000001", 123_45)


def test_a_file_holds_each_line_once_and_its_digits_whole() -> None:
    text = FORMAT.write([GOOD], "2026年10月工资").decode("utf-8-sig")
    assert text.splitlines() == [
        "序号,流水号,户名,账号,金额（元）,用途",
        "1,W-1,王建国,'6222020000000000001,123.45,2026年10月工资",
    ]
    with pytest.raises(ValueError, match="流水号重复"):
        FORMAT.write([GOOD, GOOD], "")


def test_a_formula_for_a_name_never_reaches_the_bank() -> None:
    for name in ("=HYPERLINK(1)", "+1", "@SUM(A1)", "\t=1", " ", "王\x00"):
        bad = Pay("W-2", name, GOOD.account, 1)
        assert check(bad)
        with pytest.raises(ValueError, match="更正登记"):
            FORMAT.write([bad], "")
    assert "'=1+1" in FORMAT.write([GOOD], "=1+1").decode()  # what a clerk typed is made text
    assert check(Pay("W-2", "王", "12ab", 1))
    assert check(Pay("W-2", "王", GOOD.account, 0))


def test_each_line_of_the_banks_answer_has_its_outcome() -> None:
    raw = (
        "流水号,状态,金额（元）,原因代码,说明,日期\r\n"
        "W-1,成功,123.45,,,2026-11-10\r\n"
        "W-2,退票,10.00,closed,,2026-11-10\r\n"
        "W-3,失败,10,E77,网点停业,\r\n"
        "W-4,也许,10,,,\r\n"
        "W-5,成功,1e3,,,\r\n"
        ",成功,1,,,\r\n"
        "W-6,成功,1,,,\r\nW-6,退票,1,closed,,\r\n"
        "W-1,成功,123.45,,,2026-11-10\r\n"
    )
    for encoded in (raw.encode(), raw.encode("gb18030")):
        answer = FORMAT.read(encoded)
        assert [(one.reference, one.state, one.reason) for one in answer.good] == [
            ("W-1", "paid", ""),
            ("W-2", "returned", "closed"),
            ("W-3", "returned", "other"),
        ]
        assert answer.good[2].words == "网点停业"
        assert [(one.line, one.reference, one.words[:4]) for one in answer.faults] == [
            (5, "W-4", "不认识的"),
            (6, "W-5", "金额写法"),
            (7, "", "没有流水"),
            (9, "W-6", "同一流水"),  # said twice and differently: neither is believed
            (10, "W-1", "同一流水"),
        ]
    for nothing in (b"a,b\r\n", b"\x00\x01", b""):
        with pytest.raises(FileRefused):
            FORMAT.read(nothing)


def test_yuan_and_fen_are_the_same_money() -> None:
    assert [fen(yuan(n)) for n in (0, 1, 99, 100, 123_456_789)] == [0, 1, 99, 100, 123_456_789]
    assert yuan(-5) == "-0.05"
    assert fen("1,234.5") == 123_450
    for bad in ("", "-1", "1.234", "１２", "1.-2"):
        with pytest.raises(ValueError, match="金额"):
            fen(bad)
