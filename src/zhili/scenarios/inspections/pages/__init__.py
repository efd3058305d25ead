"""Pages of joint inspections: the catalogue and its scenarios, orders and their codes, the public page."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own
from zhili.scenarios.inspections.pages import desk, items, load, order, public, sheets
from zhili.scenarios.inspections.pages.who import offered

pages = (*desk.pages, *sheets.pages, *items.pages, *order.pages, *public.pages, *load.pages)
entries = (Entry(gettext_noop("综合查一次"), "/desk/inspections", "list-checks", may=offered),)
CODE = "/desk/inspections/order/{number}/code"
own = (
    Own("inspections.rectification", gettext_noop("经营者查询码"), CODE, "qr-code"),
    Own(
        "inspections.approval",
        gettext_noop("抽取对象和排计划"),
        "/desk/inspections/sheets/{number}",
        "list-checks",
    ),
)
