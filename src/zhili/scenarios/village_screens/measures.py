"""What the sensors of a village measure; none of it tells of a person."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhili.base.signals.measures import Measure

MEASURES: tuple[Measure, ...] = (
    Measure("road_water", _("路面积水"), unit=_("厘米"), low=0, high=300),
    Measure("soil_moisture", _("土壤湿度"), unit="%", low=0, high=100),
    Measure("river_level", _("水位"), unit=_("米"), low=-10, high=50),
    Measure("free_places", _("空余车位"), unit=_("个"), low=0, high=10_000),
    Measure("waste_weight", _("投放重量"), unit=_("公斤"), low=0, high=10_000),
)
