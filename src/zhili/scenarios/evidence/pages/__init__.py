"""The pages of evidence; who may open them is said here and nowhere else.

Another part of evidence (sharing, bags, scenes) adds its pages to ``pages`` below, one line, and what it shows on an
item's page through ``panels.add_panel`` or ``panels.add_link``.
"""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Own, Page
from zhili.scenarios.evidence.pages import (
    export,
    intake,
    items,
    loans,
    overview,
    papers,
    share_desk,
    share_open,
    stocktakes,
    stores,
)
from zhili.scenarios.evidence.pages.who import any_post, custodian, has_a_store
from zhili.scenarios.evidence.scenes import pages as scenes

pages = (
    Page("evidence", overview.show, "evidence", may=custodian),
    Page("evidence/i/<str:number>", items.show, "evidence_item", may=any_post),
    *stores.pages,
    *scenes.pages,
    *share_desk.pages,
    *share_open.pages,
    *export.pages,
    *loans.pages,
    *stocktakes.pages,
    *intake.pages,
    *papers.pages,
)
own = (Own("evidence.item", gettext_noop("看经手链和货位"), "/evidence/i/{number}", "package"),)
entries = (Entry(gettext_noop("物证"), "/evidence", "package", may=has_a_store),)
