"""Pages of their own beside the ordinary case page: the proposal with its range, the spread, the recomputation."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Page
from zhili.scenarios.discretion.pages import overview, propose
from zhili.scenarios.discretion.pages.who import looks

pages = (
    Page("desk/discretion", overview.spread_page, "discretion", may=looks),
    Page("desk/discretion/recompute", overview.recompute_page, "discretion_recompute", may=looks),
    Page("desk/c/<str:number>/propose", propose.show, "discretion_propose", may=propose.may_open),
)
entries = (Entry(gettext_noop("执法有度"), "/desk/discretion", "sliders-horizontal", may=looks),)
