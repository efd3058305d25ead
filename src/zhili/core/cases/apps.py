from django.apps import AppConfig

from zhili.core.cases.rules import RULES
from zhili.core.params import Param, declare, declare_rules


class CasesConfig(AppConfig):
    name = "zhili.core.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        declare(
            Param("cases.returns_to_arbiter", "3", title="退回达到几次即交裁定", source="平台约定"),
            Param(
                "cases.made_longest",
                "7d",
                title="无信号时办理：手机上的时间最多可早于送达多久",
                source="平台约定，城市可改",
            ),
            Param("cases.grant_days", "365d", title="查询码有效期", source="平台约定"),
            Param(
                "cases.personal_days",
                "1095d",
                title="事项所载个人信息保存期",
                source="个人信息保护法",
                article="第十九条",
                confirmed=False,
            ),
            Param(
                "triage.right_percent",
                "80",
                title="分类建议：检验时至少对百分之几才给出",
                source="平台约定，城市可改",
            ),
            Param(
                "triage.similar_metres", "300", title="可能重复：相距多少米以内", source="平台约定，城市可改"
            ),
            Param(
                "triage.similar_days", "90d", title="可能重复：前后多少天以内", source="平台约定，城市可改"
            ),
            Param(
                "triage.answered_days",
                "14d",
                title="可能重复：了结后多少天内仍提示",
                source="平台约定，城市可改",
            ),
        )
        declare_rules(*RULES)
        from zhili.core import streams
        from zhili.core.cases import merging, referrals, registry, standing, watching
        from zhili.core.cases.triage.following import Following
        from zhili.core.streams import live

        registry.add_standing(*standing.kernel())
        registry.register(referrals.scenario)
        streams.register(merging.Merging())
        streams.register(Following())
        live.register(frozenset({watching.STEP, watching.DUE_SOON}), watching.tell)
