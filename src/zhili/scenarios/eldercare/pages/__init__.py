"""The pages of eldercare; who may open them is said here and nowhere else."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own, Page
from zhili.scenarios.eldercare.pages import alarms, family, wearers, wearing
from zhili.scenarios.eldercare.pages.who import any_post, keeps, responds

pages = (
    Page("care", alarms.listing, "care", may=responds),
    Page("care/a/<str:number>", alarms.show, "care_alarm", may=any_post),
    Page("care/a/<str:number>/where", alarms.where, "care_where", may=any_post),
    Page("care/a/<str:number>/for120", alarms.for_120, "care_for_120", may=any_post),
    Page("care/a/<str:number>/do/<slug:action>", alarms.step, "care_step", may=any_post),
    Page("care/wearers", wearers.listing, "care_wearers", may=keeps),
    Page("care/w/<str:number>", wearing.show, "care_wearing"),
    Page("care/w/<str:number>/withdraw", wearing.withdraw, "care_withdraw"),
    Page("care/w/<str:number>/health", wearing.health, "care_health"),
    Page("care/family/<str:code>", family.show, "care_family"),
    Page("care/family/<str:code>/where", family.where, "care_family_where"),
    Page("care/family/<str:code>/health", family.health, "care_family_health"),
    Page("care/family/<str:code>/state", family.state, "care_family_state"),
)
own = (
    Own("eldercare.wearing", gettext_noop("看手环、家人和查看记录"), "/care/w/{number}", "user"),
    Own("eldercare.alarm", gettext_noop("打开呼救页"), "/care/a/{number}", "triangle-alert"),
)
entries = (Entry(gettext_noop("呼救"), "/care", "triangle-alert", may=responds, first=True),)
