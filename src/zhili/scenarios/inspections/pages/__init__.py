"""Pages of joint inspections: the catalogue and its scenarios, orders and their codes, the public page."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own
from zhili.scenarios.inspections.pages import desk, items, load, notice, order, public, savings, sheets
from zhili.scenarios.inspections.pages.who import offered

pages = (
    *desk.pages,
    *savings.pages,
    *sheets.pages,
    *items.pages,
    *order.pages,
    *public.pages,
    *load.pages,
    *notice.pages,
)
entries = (
    Entry(
        gettext_noop("综合查一次"), "/desk/inspections", "list-checks", may=offered, also=("/desk/visits",)
    ),
)
CODE = "/desk/inspections/order/{number}/code"
own = (
    Own("inspections.rectification", gettext_noop("经营者查询码"), CODE, "qr-code"),
    Own(
        "inspections.approval",
        gettext_noop("从审批到上门"),
        "/desk/inspections/sheets/{number}",
        "list-checks",
    ),
)
