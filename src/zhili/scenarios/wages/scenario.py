"""真薪: every day confirmed by worker, team leader and firm, so that wages need not be argued about afterwards."""

from zhili.base.procedure import Scenario
from zhili.base.rules import AutomatedRule
from zhili.scenarios.wages import declared, procedures
from zhili.scenarios.wages.jobs import procedures as jobs
from zhili.scenarios.wages.money import procedures as money
from zhili.scenarios.wages.money import rules as warnings

scenario = Scenario(
    "wages",
    "真薪",
    procedures=(procedures.Project, procedures.Dispute, money.Complaint, *jobs.PROCEDURES),
    categories="data/categories.csv",
    params=(*procedures.PARAMS, *money.PARAMS, *jobs.PARAMS),
    documents=money.DOCUMENTS,
    measures=warnings.MEASURES,
    signals=warnings.SIGNALS,
    rules=(
        *jobs.RULES,
        *declared.RULES,
        AutomatedRule(
            "wages.dispute",
            "不同意的考勤立为事项",
            "工人、班组长、单位有一方说不对，就有人去核实，不会没有下文。",
            "matter",
            "日考勤的确认：哪一天的记录、哪一方不同意、写了什么。",
            "立一件考勤异议，交项目所在地的承办单位核实；原来的记录和各方说的话都不改动。",
            "由承办单位核实后了结；记录要改，由班组长写新的一条，三方重新确认。",
            stops=False,
        ),
    ),
    summary="工地上的每一天由工人、班组长、单位三方确认，工资照确认过的天数算。",
)
