"""What wages does of people's values by itself, as the public register tells it."""

from typing import Final

from zhili.base.rules import AutomatedRule

RULES: Final = (
    AutomatedRule(
        "wages.reminders",
        "考勤等确认的短信提醒",
        "没有装应用、没有账号的工人也能及时确认自己的考勤。",
        "data",
        "本人还没有说过对不对的考勤、登记时本人留的手机号。",
        "每天傍晚最多发一条短信，带本人网页的链接，不写姓名和工地；打开手机号记入查看记录。",
        "对不对由本人说；短信只提醒，不改考勤，不理会也不算确认。没有接短信服务的城市不发。",
        params=("wages.sms_template", "wages.sms_link"),
        stops=False,
    ),
    AutomatedRule(
        "wages.kept",
        "清除完工付清满三年的工人信息",
        "工人的姓名、号码、账号和证件照片只留到法定保存期满。",
        "data",
        "工人做过的项目何时注销专用账户、有没有没付清的工资、没办结的投诉和异议、有无依法保留。",
        "姓名、身份证号码、手机号、银行账号和证件照片销毁，链接和登记的手机停用；考勤、工资、合同的凭据留下。",
        "依法需要保留的项目由单位设为“依法保留”，之后不清除。",
        ground="保障农民工工资支付条例第十五条、第二十八条",
        params=("wages.kept",),
        stops=False,
    ),
)
