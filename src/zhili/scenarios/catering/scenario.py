"""餐饮服务业综合执法: outlets with their self-checks, sensors, problems put right, what was put right in public."""

from zhili.base.procedure import Scenario
from zhili.core.documents.letters import Template
from zhili.scenarios.catering import licences, procedures, rules

scenario = Scenario(
    "catering",
    "餐饮综合执法",
    procedures=(procedures.Outlet, procedures.Problem),
    params=procedures.PARAMS,
    rules=(licences.RULE,),
    measures=rules.MEASURES,
    signals=rules.SIGNALS,
    summary="店家用手机自查，问题早发现、早整改，改好了给大家看。",
    documents=(
        Template(
            "notice",
            "餐饮问题整改告知书",
            word="餐告",
            heading="餐饮问题整改告知书",
            to="经营者",
            body="经查，{place}存在：{title}（编号{number}）。\n{answer}\n"
            "请整改后凭所附的码提交照片；七天是本地的目标，不是法定期限，确有困难可以说明。\n"
            "【请填写：依据的条款】",
            summary="写明问题、依据和怎样提交整改",
        ),
    ),
)
