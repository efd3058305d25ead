"""Pages of catering: the outlets at the desk, the owner's phone, what was put right in public."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own
from zhili.scenarios.catering.pages import listing, one, phone, public, results
from zhili.scenarios.catering.pages.who import offered

pages = (*listing.pages, *results.pages, *one.pages, *phone.pages, *public.pages)
entries = (Entry(gettext_noop("餐饮"), "/desk/catering", "building-2", may=offered),)
own = (
    Own("catering.outlet", gettext_noop("档案和自查台账"), "/desk/catering/file/{number}", "list-checks"),
    Own("catering.problem", gettext_noop("经营者的码"), "/desk/catering/code/{number}", "qr-code"),
)
