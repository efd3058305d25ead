from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from zhili.core.params import Param, declare


class VisitsConfig(AppConfig):
    name = "zhili.core.visits"
    label = "visits"
    verbose_name = _("检查")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        declare(
            Param(
                "visits.yearly_cap",
                "4",
                title="同一经营主体每年现场检查次数上限",
                source="国办发〔2024〕54号",
                confirmed=False,
                low=1,
                high=366,
            ),
            Param(
                "visits.team_minutes",
                "360",
                title="每组每日可用于检查的分钟数",
                source="平台约定，城市可改",
                low=30,
                high=720,
            ),
            Param(
                "visits.approach_minutes",
                "30",
                title="每次上门每个单位的往返分钟数",
                source="平台约定，城市可改",
                low=0,
                high=240,
            ),
            Param(
                "visits.draw_wait",
                "30min",
                title="公布名单后多久抽取检查人员",
                source="平台约定，城市可改",
            ),
        )
        from zhili.core.registers import tabs
        from zhili.core.visits import drawing, officers, registered

        tabs.declare(*registered.TABS)

        drawing.register()
        officers.register()
