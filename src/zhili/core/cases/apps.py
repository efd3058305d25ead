from django.apps import AppConfig

from zhili.core.params import Param, declare


class CasesConfig(AppConfig):
    name = "zhili.core.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        declare(
            Param("cases.returns_to_arbiter", "3", title="退回达到几次即交裁定", source="平台约定"),
            Param("cases.grant_days", "365d", title="查询码有效期", source="平台约定"),
            Param(
                "cases.personal_days",
                "1095d",
                title="事项所载个人信息保存期",
                source="个人信息保护法",
                article="第十九条",
                confirmed=False,
            ),
        )
        from zhili.core.cases import referrals, registry, standing

        registry.add_standing(*standing.kernel())
        registry.register(referrals.scenario)
