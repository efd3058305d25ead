"""Pages of their own beside the ordinary case page: the proposal with its range, the spread, the recomputation, what is
public, and what the party reads."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own, Page, Told
from zhili.scenarios.discretion import party
from zhili.scenarios.discretion.pages import overview, propose, public
from zhili.scenarios.discretion.pages.who import looks

pages = (
    Page("desk/discretion", overview.spread_page, "discretion", may=looks),
    Page("desk/discretion/recompute", overview.recompute_page, "discretion_recompute", may=looks),
    Page("desk/discretion/<str:number>/code", public.code, "discretion_code", may=propose.may_open),
    Page("desk/c/<str:number>/propose", propose.show, "discretion_propose", may=propose.may_open),
    Page("penalties", public.penalties, "penalties"),
)
entries = (Entry(gettext_noop("执法有度"), "/desk/discretion", "sliders-horizontal", may=looks),)
own = (Own("discretion.penalty", gettext_noop("当事人查询码"), "/desk/discretion/{number}/code", "qr-code"),)
told = (Told("discretion.penalty", "discretion/party.html", party.told),)
