"""The pages at the border; who may open them is said in ``who`` and nowhere else.

A part in a folder of its own (patrols, events, hazards) adds its pages below, one line, and its place in the menu of
``/cross-border`` in ``menu.PLACES``.
"""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry
from zhili.scenarios.cross_border.events import pages as events
from zhili.scenarios.cross_border.hazards import pages as hazards
from zhili.scenarios.cross_border.pages import agreements, bordermap, centre, choosing
from zhili.scenarios.cross_border.pages.who import at_border
from zhili.scenarios.cross_border.patrols import pages as patrols
from zhili.scenarios.cross_border.patrols import pages_setting, pages_walk
from zhili.scenarios.cross_border.patrols.who import on_team

pages = (
    *centre.pages,
    *bordermap.pages,
    *agreements.pages,
    *choosing.pages,
    *patrols.pages,
    *pages_setting.pages,
    *pages_walk.pages,
    *patrols.later,
    *events.pages,
    *hazards.pages,
)
own = (*patrols.own, *events.own, *hazards.own)
entries = (
    Entry(gettext_noop("跨域"), "/cross-border", "arrow-left-right", may=at_border),
    Entry(gettext_noop("巡防"), "/cross-border/patrols", "map-pin", may=on_team),
)
