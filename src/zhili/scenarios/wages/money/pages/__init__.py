"""The pages of money: sheets, paying, a wage's slip, the cockpit, and the worker's own page."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Page
from zhili.scenarios.wages.money import who
from zhili.scenarios.wages.money.pages import cockpit, paying, printed, sheets, slip, worker

pages = (
    Page("desk/wages/sheets", sheets.listing, "wages_sheets"),
    Page("desk/wages/sheets/<int:sheet>", sheets.show, "wages_sheet"),
    Page("desk/wages/lines/<int:line>", slip.show, "wages_line"),
    Page("desk/wages/sheets/<int:sheet>.pdf", printed.sheet, "wages_sheet_pdf"),
    Page("desk/wages/lines/<int:line>.pdf", printed.line, "wages_line_pdf"),
    Page("desk/wages/pay/<str:number>", paying.show, "wages_pay"),
    Page("desk/wages/files/<int:file>.csv", paying.download, "wages_file"),
    Page("desk/wages/cockpit", cockpit.show, "wages_cockpit"),
    Page("wages/pay", worker.own, "wages_own_pay"),
    Page("wages/pay/<str:code>", worker.by_link, "wages_link_pay"),
)
entries = (
    Entry(
        gettext_noop("工资"),
        "/desk/wages/cockpit",
        "file-text",
        may=who.labour,
    ),
)
