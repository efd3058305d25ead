"""The words of wages: what is kept as a short code, with its Chinese source text."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

DEPOSITS: Final = (("cash", _("现金存储")), ("guarantee", _("银行保函")), ("none", _("免存或未存")))
SEATS: Final = (("clerk", _("劳资员")), ("pad", _("考勤平板")))
PAY: Final = (("day", _("按日")), ("month", _("按月")), ("piece", _("计件")))
PARTIES: Final = (("worker", _("工人")), ("leader", _("班组长")), ("firm", _("单位")))
ROLES: Final = ("worker", "leader", "firm")
VERDICTS: Final = (("agree", _("确认")), ("dispute", _("不同意")))
HOW: Final = (("account", _("账号")), ("grant", _("本人链接")), ("pad", _("平板加本人密码")))
SOURCES: Final = (("phone", _("本人手机")), ("pad", _("考勤平板")), ("offline", _("离线后补传")))
WAYS: Final = (("in", _("进场")), ("out", _("出场")))
CHECKS: Final = (
    ("not_connected", _("未接入外部核验")),
    ("matched", _("外部核验一致")),
    ("differs", _("外部核验不一致")),
)
ENDS: Final = (
    ("finished", _("活干完了")),
    ("left", _("本人离开")),
    ("dismissed", _("单位解除")),
)
WITH_CREW: Final = ("crew", _("班组撤场"))
