"""The words a penalty case is described with. Chinese source texts, translated where they are shown."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

GRAVE: Final = (
    ("no", _("不涉及")),
    ("life", _("涉及公民生命健康安全，且有危害后果")),
    ("finance", _("涉及金融安全，且有危害后果")),
)
"""What makes the two years of art. 36 five."""

SOURCES: Final = (
    ("inspection", _("检查发现")),
    ("report", _("投诉举报")),
    ("handed", _("其他单位移送")),
    ("device", _("监测设备提示，经人核实")),
)
NOT_FILED: Final = (
    ("time", _("超过追究时效（第三十六条）")),
    ("place", _("不归本机关管辖（第二十二条至第二十五条）")),
    ("facts", _("没有违法事实或者事实不能成立")),
    ("elsewhere", _("同一违法行为已由其他机关立案（第二十五条、第二十九条）")),
)
FINE, WARNING = "fine", "warning"
PENALTIES: Final = ((FINE, _("罚款")), (WARNING, _("警告，不罚款")))

HEAVY_NONE: Final = "none"
HEAVY: Final = (
    (HEAVY_NONE, _("没有以下情形")),
    ("confiscation", _("没收较大数额违法所得、没收较大价值非法财物")),
    ("licence", _("降低资质等级、吊销许可证件")),
    ("closure", _("责令停产停业、责令关闭、限制从业")),
    ("other", _("其他较重的行政处罚，或者法律、法规、规章规定的其他情形")),
)
"""What beside a large fine gives the right to a hearing (63)."""

REVIEW_NONE: Final = "none"
REVIEW: Final = (
    (REVIEW_NONE, _("不属于必须法制审核的情形")),
    ("public", _("涉及重大公共利益")),
    ("complex", _("案件情况疑难复杂、涉及多个法律关系")),
    ("law", _("法律、法规规定应当进行法制审核，或者本机关要求审核")),
)
"""Why legal review is due before the notice (58); after a hearing it always is."""

MITIGATION_NONE: Final = "none"
MITIGATION: Final = (
    (MITIGATION_NONE, _("没有")),
    ("undone", _("主动消除或者减轻违法行为危害后果（第三十二条第一项）")),
    ("forced", _("受他人胁迫或者诱骗（第三十二条第二项）")),
    ("confessed", _("主动供述行政机关尚未掌握的违法行为（第三十二条第三项）")),
    ("helped", _("配合查处违法行为有立功表现（第三十二条第四项）")),
    ("rules", _("法律、法规、规章规定的其他从轻或者减轻情形（第三十二条第五项）")),
    ("minor", _("已满十四周岁不满十八周岁（第三十条）")),
    ("mind", _("尚未完全丧失辨认或者控制自己行为能力（第三十一条）")),
)
"""Why a fine may lie below what the clause says (30, 31, 32)."""

EXEMPT_MINOR, EXEMPT_FIRST, EXEMPT_BLAMELESS = "minor", "first", "blameless"
EXEMPTIONS: Final = (
    (EXEMPT_MINOR, _("违法行为轻微并及时改正，没有造成危害后果：不予处罚")),
    (EXEMPT_FIRST, _("初次违法且危害后果轻微并及时改正：可以不予处罚")),
    (EXEMPT_BLAMELESS, _("有证据足以证明没有主观过错：不予处罚")),
    ("child", _("不满十四周岁：不予处罚，责令监护人管教（第三十条）")),
    ("mind", _("不能辨认或者不能控制自己行为：不予处罚（第三十一条）")),
)
HARM_NONE, HARM_SLIGHT, HARM_REAL = "none", "slight", "real"
HARM: Final = (
    (HARM_NONE, _("没有造成危害后果")),
    (HARM_SLIGHT, _("危害后果轻微")),
    (HARM_REAL, _("有危害后果")),
)

ELECTRONIC: Final = "electronic"
SERVICE: Final = (
    ("there", _("宣告后当场交付")),
    ("direct", _("直接送达")),
    ("left", _("留置送达")),
    ("post", _("邮寄送达")),
    ("public", _("公告送达")),
    (ELECTRONIC, _("传真、电子邮件等方式（须当事人签订确认书）")),
)
ON_SITE_NONE: Final = "no"
ON_SITE: Final = (
    (ON_SITE_NONE, _("不当场收缴，到银行或者电子支付系统缴纳")),
    ("small", _("一百元以下（第六十八条第一项）")),
    ("hard", _("不当场收缴事后难以执行（第六十八条第二项）")),
    ("remote", _("边远、水上、交通不便，当事人提出（第六十九条）")),
)
CHALLENGES: Final = (("review", _("行政复议")), ("suit", _("行政诉讼")))
RESULTS: Final = (
    ("upheld", _("维持，或者驳回、撤回申请")),
    ("altered", _("变更罚款数额")),
    ("revoked", _("撤销，或者确认违法、无效")),
)
PRESERVED_WAYS: Final = (
    ("returned", _("不再需要，退还")),
    ("seized", _("依法扣押")),
    ("appraised", _("送检测、检验、检疫、鉴定")),
    ("handed", _("移送有关部门")),
    ("confiscated", _("依法没收，随案处理")),
)

PUBLIC_GROUNDS: Final = (
    ("safety", _("涉及公共安全、生态环境或者公众健康")),
    ("many", _("涉及人数较多，或者社会广泛关注")),
    ("large", _("数额较大，或者情节恶劣")),
    ("warning", _("对同类行为有教育、警示意义")),
)
"""What some social influence is (48): the Act does not say, the city may."""
ALTERED, REVOKED, UNLAWFUL, VOID, MISTAKEN = "altered", "revoked", "unlawful", "void", "mistaken"
WITHDRAWN: Final = (
    (ALTERED, _("处罚决定已依法变更")),
    (REVOKED, _("处罚决定已依法撤销")),
    (UNLAWFUL, _("处罚决定已确认违法")),
    (VOID, _("处罚决定已确认无效")),
    (MISTAKEN, _("公开有误")),
)
