"""Whoever acts in whatever language, the record gives its reasons in Chinese; readers get them in their own."""

import re

import pytest
from django.utils.translation import override

from zhili.base.clock import Duration
from zhili.core.cases import reasons

HALL = "凤桥镇综合信息指挥室"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_kept_does_not_depend_on_who_acts(language: str) -> None:
    with override(language):
        assert reasons.CHOSEN(office=HALL) == f"指定由{HALL}承办"
        kept = reasons.limited("待受理", Duration.parse("1wd"), "平台约定", "", confirmed=False)
    assert kept == "“待受理”限1个工作日，依据：平台约定（待确认）"


def test_every_reason_is_recognised_as_the_one_it_was_made_from() -> None:
    given = {"office": HALL, "n": 3, "category": "路灯", "stage": "办理中", "title": "待受理"}
    given |= {"limit": "5个工作日", "source": "信访工作条例 第二十二条", "doubt": "", "number": "26000000017"}
    given |= {"site": "上海市金山区", "agreement": "水域联防", "version": "1", "fields": "phone"}
    for reason in reasons.Reason.known:
        parts = dict.fromkeys(re.findall(r"%\((\w+)\)", reason.text), "某某")
        kept = reason(**{name: given.get(name, other) for name, other in parts.items()})
        assert [one for one in reasons.Reason.known if one.pattern.fullmatch(kept)] == [reason]


def test_a_reader_of_english_reads_english() -> None:
    with override("en"):
        assert reasons.said(reasons.RETURNED(n=3)) == "Sent back 3 times, so it goes to the arbiter"
        assert reasons.said(reasons.PASSED_UP(office=HALL)) == f"Passed up by {HALL}"
        limit = reasons.limited(
            "待受理", Duration.parse("5wd"), "个人信息保护法", "第十九条", confirmed=False
        )
        assert reasons.said(limit) == (
            "‘To be accepted’ must take no longer than 5 working days. "
            "Basis: Personal Information Protection Law (个人信息保护法), Article 19 (to be confirmed)"
        )


def test_a_reader_of_chinese_reads_what_is_kept_and_an_unknown_sentence_stays() -> None:
    with override("zh-hans"):
        assert reasons.said(reasons.OUTSIDE()) == reasons.OUTSIDE.text
    with override("en"):
        assert reasons.said("旧系统移交") == "旧系统移交"
