from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhili.core.params import Param, declare


class RegistersConfig(AppConfig):
    name = "zhili.core.registers"
    label = "registers"
    verbose_name = _("登记")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.core.people import keys
        from zhili.core.registers.loading import sealing

        keys.hold(keys.Holder("待导入的登记文件", sealing.uses, sealing.reencrypt))
        declare(
            Param(
                "registers.device_longest",
                "1095d",
                title="设备一次登记最长有效期",
                source="平台约定，城市可改",
            ),
            Param(
                "registers.video_longest",
                "90d",
                title="视频图像最长保存期",
                source="个人信息保护法",
                article="第十九条",
                confirmed=False,
            ),
            Param(
                "registers.loading_days",
                "7d",
                title="导入登记的文件保留多久",
                source="平台约定，城市可改",
            ),
        )
