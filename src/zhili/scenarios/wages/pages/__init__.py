"""Pages of wages, each part's own: projects, registration, contracts and days; and the money."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own
from zhili.scenarios.wages.asked import works
from zhili.scenarios.wages.jobs import pages as jobs
from zhili.scenarios.wages.money import pages as money
from zhili.scenarios.wages.pages import board, contract, desk, leaving, me, pad, people, photo, sheet, tap

pages = (
    *jobs.pages,
    *money.pages,
    *contract.pages,
    *people.pages,
    *pad.pages,
    *leaving.pages,
    *photo.pages,
    *sheet.pages,
    *desk.pages,
    *me.pages,
    *tap.pages,
    *board.pages,
)
entries = (Entry(gettext_noop("真薪"), "/desk/wages", "users", may=works), *money.entries)
own = (Own("wages.project", gettext_noop("班组、考勤和告示牌"), "/desk/wages/{number}", "users"), *jobs.own)
