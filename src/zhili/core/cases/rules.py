"""What the kernel does by itself with cases, as the public register tells it."""

from typing import Final

from zhili.base.rules import AutomatedRule

ROUTING: Final = "cases.routing"
CLOCKS: Final = "cases.clocks"
SUGGEST: Final = "cases.triage"
SIMILAR: Final = "cases.similar"
ARBITER: Final = "cases.arbiter"
REDACT: Final = "cases.redact"

RULES: Final = (
    AutomatedRule(
        ROUTING,
        "按职责清单派单",
        "事项一来就到该办的单位，不必人工转几道。",
        "matter",
        "分类、地点所在区划、职责清单；不看是谁报的。",
        "把事项交给清单写明的单位，并写明依据哪一行。",
        "收到的单位可以转办、退回；第三次退回由裁定单位决定并修改清单。",
        stops=False,
    ),
    AutomatedRule(
        CLOCKS,
        "时限计时与超时提示",
        "该多久办完就多久办完，超过了大家都看得见。",
        "deadline",
        "步骤的时间、时限参数、工作日历。",
        "快到期时提醒承办单位；到期记为超时并报上一级单位；“等补充”“等评价”这类窗口到期后按程序写明的下一步走。",
        "承办单位申请、上级批准可以延期；人做的下一步会停住计时。",
        stops=False,
    ),
    AutomatedRule(
        SUGGEST,
        "分类建议",
        "帮受理人更快选对分类。",
        "matter",
        "事项正文的字词，和此前已核定事项的分类；姓名、电话等不在其中。",
        "给受理人一个建议，附理由和把握；把握不够就不给。",
        "受理人选择采用与否；没有任何步骤自动依它进行。",
        params=("triage.right_percent",),
    ),
    AutomatedRule(
        SIMILAR,
        "可能重复提示",
        "同一处的同一件事不必重复报、重复办。",
        "matter",
        "事项正文的字词、地点、时间。",
        "列出附近相似的事项，说明相距多远、有哪些相同的词。",
        "上报人决定是否仍要报；受理人决定是否并案，并案可以撤开。",
        params=("triage.similar_metres", "triage.similar_days", "triage.answered_days"),
    ),
    AutomatedRule(
        ARBITER,
        "多次退回交裁定",
        "防止单位之间把事项推来推去。",
        "matter",
        "事项被退回的次数。",
        "达到次数后事项交裁定单位。",
        "裁定单位决定由谁办。",
        params=("cases.returns_to_arbiter",),
        stops=False,
    ),
    AutomatedRule(
        REDACT,
        "正文中的个人信息自动遮盖",
        "写在正文里的电话、证件号、姓名不随正文公开。",
        "data",
        "上报和办理时写的正文。",
        "把认出的号码和称呼遮住，原文加密另存，只在办这件事时按用途打开。",
        "办理单位在事项范围内可以打开原文，每次打开都有记录，本人看得到。",
        stops=False,
    ),
)
