"""Pages of the board: for everybody, for whoever answered, and for those who post."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Own
from zhili.scenarios.wages.jobs.pages import answer, board, desk, manage

pages = (*answer.pages, *manage.pages, *desk.pages, *board.pages)
own = (
    Own("wages.vacancy", gettext_noop("招聘页面"), "/wages/jobs/{number}", "file-text"),
    Own("wages.course", gettext_noop("培训页面"), "/wages/training/{number}", "file-text"),
)
