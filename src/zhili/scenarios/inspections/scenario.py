"""综合查一次: one visit in place of many. What may be inspected, why and how often; approval, rectification, rating."""

from zhili.base.procedure import Scenario
from zhili.core.documents.letters import Template
from zhili.scenarios.inspections import procedures

scenario = Scenario(
    "inspections",
    "综合查一次",
    procedures=(procedures.Approval, procedures.Notice, procedures.Rectification, procedures.Unscanned),
    params=procedures.PARAMS,
    summary="进一次门，查多件事：查什么、凭什么查、一年几次，事先看得见；检查要审批，改正凭码办，好不好您来评。",
    documents=(
        Template(
            "approval",
            "行政检查审批表",
            word="检审",
            heading="行政检查审批表（{title}）",
            to="本单位负责人",
            body="编号{number}，{opened}申请。\n{answer}\n检查对象：【请填写：抽取或指定的对象名单】\n"
            "检查人员：【请填写：两名以上执法人员的岗位和证件编号】\n批准意见：【请填写：批准人意见】",
            summary="检查前由本单位负责人批准",
        ),
        Template(
            "notice",
            "行政检查通知书",
            word="检通",
            heading="行政检查通知书",
            to="被检查单位",
            body="我单位将对你单位进行检查（编号{number}）。\n{answer}\n检查人员不少于两人，到场时出示执法证件并扫码登记；"
            "没有出示证件的，你单位有权拒绝。\n没有扫码就进行检查的，可以凭本通知在“查一次”公开页面反映。\n"
            "【请填写：检查人员的岗位、证件编号和联系电话】",
            summary="检查前送达经营者：查什么、凭什么、谁来查",
        ),
        Template(
            "order",
            "责令改正通知书",
            word="责改",
            heading="责令改正通知书",
            to="当事人",
            body="经查，{place}存在以下问题（编号{number}）。\n{answer}\n"
            "请在期限内改正，并凭所附查询码提交改正情况；有不同意见的，可以凭码说明。\n"
            "【请填写：逾期不改正的后果和依据】",
            summary="写明问题、依据、要求和期限",
        ),
    ),
)
