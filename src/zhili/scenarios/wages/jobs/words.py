"""The words of the board, each with its short code. The list of trades is our own (待确认)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

TRADES: Final = (
    ("carpenter", _("木工")),
    ("steel", _("钢筋工")),
    ("concrete", _("混凝土工")),
    ("scaffold", _("架子工")),
    ("mason", _("砌筑工")),
    ("plaster", _("抹灰工")),
    ("tile", _("镶贴工")),
    ("paint", _("油漆工")),
    ("waterproof", _("防水工")),
    ("electric", _("电工")),
    ("welder", _("焊工")),
    ("plumber", _("管道工")),
    ("crane", _("起重机械司机")),
    ("signal", _("信号司索工")),
    ("driver", _("车辆、机械驾驶员")),
    ("general", _("普工")),
    ("cook", _("炊事、保洁、保管")),
    ("other", _("其他")),
)
PAY: Final = (("day", _("按日")), ("month", _("按月")), ("piece", _("计件")))
UNITS: Final = {"day": _("元/天"), "month": _("元/月"), "piece": _("元/件（平方米、吨等，见说明）")}
PARTS: Final = {
    "fee": _("向劳动者收钱、收押金或者扣证件"),
    "age": _("限年龄"),
    "sex": _("限性别"),
    "origin": _("限户籍、地域或者民族"),
    "body": _("限婚育、传染病病原携带等"),
}
"""What a posting must not ask (劳动合同法 9, 就业促进法 3, 26 to 31: their text was not at hand, 待确认)."""
ASKED: Final = (
    (
        "fee",
        r"押金|保证金|保险金|服装费|工装费|报名费|中介费|介绍费|管理费|培训费|体检费|入场费|手续费|抵押|"
        r"[收交缴扣](?:取|纳|押|留)?(?:你的|您的)?(?:身份证|证件|银行卡|工资卡)|先交钱|交钱上岗|垫付",
    ),
    ("age", r"年龄|[0-9０-９一二三四五六七八九十]{1,3}\s*(?:周?岁)|年轻人|年轻力壮|[0-9]{2}后"),
    (
        "sex",
        r"(?:限|只招|只要|仅招|仅限|要求|优先)\s*(?:男|女)|(?:男|女)(?:性|工|生|士|的)?\s*(?:优先|限定|勿扰|不要)|性别",
    ),
    (
        "origin",
        r"(?:限|只招|只要|仅招|仅限|要求)\s*(?:本地|外地|[^，。；,;]{0,6}户籍)|(?:本地|外地)(?:人|户口)?\s*(?:优先|勿扰|不要)|"
        r"[^，。；,;]{1,4}(?:省|市|县)?人\s*(?:勿扰|不要|免谈)|户口|籍贯|民族|汉族|少数民族",
    ),
    ("body", r"已婚|未婚|已育|未育|怀孕|乙肝|病原携带|五官端正"),
)
NOT_SAID: Final = r"(?:不|无|免|没有|未|零)[^，。；,;、\s]{0,5}$"
"""Before a word: "不收押金" and "不限男女" promise the opposite."""
