"""浙里众治 报事: a resident reports, offices handle it against the clock, the reporter has the last word."""

from zhili.base.procedure import Scenario
from zhili.base.rules import AutomatedRule
from zhili.core.params import Param
from zhili.scenarios.citizen_reports.procedures import Report
from zhili.scenarios.citizen_reports.reinspection import Reinspection

OWN = "平台约定，城市可改"

scenario = Scenario(
    "citizen_reports",
    "群众报事",
    procedures=(Report, Reinspection),
    categories="categories.csv",
    summary="看到问题拍一张，全程看得见，结果由您评。",
    rules=(
        AutomatedRule(
            "citizen_reports.lottery",
            "办结事项公开抽签重查",
            "说办好了的，是不是真办好了，由没有办过的单位再看一遍。",
            "matter",
            "上一段时间办结的事项编号和所在的县；保密的和并入别件的不抽。",
            "每月公布名单和种子的来处，到时抽签，抽中的生成“抽签重查”。",
            "重查的单位到现场看过后写明结果；抽签谁都可以重算。",
            OWN,
            (
                "citizen_reports.lottery_count",
                "citizen_reports.lottery_months",
                "citizen_reports.lottery_wait",
                "citizen_reports.lottery_number",
            ),
        ),
    ),
    params=(
        Param("citizen_reports.accept", "1wd", title="受理", source=OWN, confirmed=False),
        Param("citizen_reports.handle", "5wd", title="办理", source=OWN, confirmed=False),
        Param("citizen_reports.review", "1wd", title="答复审核", source=OWN, confirmed=False),
        Param("citizen_reports.arbitrate", "1wd", title="裁定承办单位", source=OWN, confirmed=False),
        Param("citizen_reports.supplement", "5d", title="等上报人补充", source=OWN, confirmed=False),
        Param("citizen_reports.reopen", "15d", title="评价与重办", source=OWN, confirmed=False),
        Param("citizen_reports.object", "15d", title="对不予受理的异议", source=OWN, confirmed=False),
        Param(
            "citizen_reports.overall",
            "15d",
            title="从上报到答复",
            source="信访工作条例（类推适用，报事不等于信访）",
            article="第二十二条、第二十三条",
            confirmed=False,
        ),
        Param("citizen_reports.reinspect", "10wd", title="抽签重查", source=OWN, confirmed=False),
        Param("citizen_reports.lottery_count", "30", title="每次抽几件重查", source=OWN, confirmed=False),
        Param("citizen_reports.lottery_months", "1", title="几个月抽一次", source=OWN, confirmed=False),
        Param("citizen_reports.lottery_wait", "1d", title="公布名单后多久抽签", source=OWN, confirmed=False),
        Param(
            "citizen_reports.lottery_number",
            "抽签时间后首期福彩“3D”开奖号码",
            title="抽签用的公开号码（写“无”则不用）",
            source=OWN,
            confirmed=False,
        ),
        Param(
            "citizen_reports.lottery_where",
            "中国福利彩票官方网站“开奖公告”",
            title="公开号码在哪里查",
            source=OWN,
            confirmed=False,
        ),
    ),
)
