"""What goes by itself at night, as the public register tells it."""

from typing import Final

from zhili.base.rules import AutomatedRule

RULES: Final = (
    AutomatedRule(
        "retention",
        "到期清除个人信息",
        "个人信息只留到办事所需的最短时间。",
        "data",
        "每项个人信息的到期时间、所属事项是否办结、有无依法保留。",
        "到期的个人信息销毁，只留下无法还原的凭据和清除依据；清除多少件记入存证。",
        "依法需要保留的事项由单位设为“依法保留”，之后不清除。",
        ground="个人信息保护法第十九条、第四十七条",
        params=("cases.personal_days", "notices.text_days", "streams.keep_days"),
        stops=False,
    ),
)
