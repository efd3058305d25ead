from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

OURS = "平台约定，城市可改"


class PersonalConfig(AppConfig):
    name = "zhili.core.personal"
    label = "personal"
    verbose_name = _("个人信息权利")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.params import Param, declare
        from zhili.core.people import keys
        from zhili.core.personal import sealed, telling
        from zhili.core.streams import register

        declare(
            Param(
                "personal.delay_days",
                "90d",
                title="暂缓告知本人：每次最长",
                source="平台约定，参照刑事诉讼法第一百五十一条的三个月",
            ),
            Param("personal.delay_most", "365d", title="暂缓告知本人：连同延期最长", source=OURS),
            Param("personal.copy_hours", "72h", title="本人导出的文件保留多久", source=OURS),
            Param(
                "personal.export_wait_hours", "48h", title="含个人信息的导出：多久无人审批即作废", source=OURS
            ),
            Param("personal.export_hours", "24h", title="含个人信息的导出：批准后多久内可下载", source=OURS),
            Param("personal.export_rows", "500", title="含个人信息的导出：一次最多多少件", source=OURS),
            Param("personal.export_times", "3", title="含个人信息的导出：最多下载几次", source=OURS),
        )
        keys.hold(keys.Holder("本人导出的文件", sealed.uses, sealed.reencrypt))
        register(telling.Openings())
