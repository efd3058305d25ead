"""The pages at the border; who may open them is said in ``who`` and nowhere else.

A part in a folder of its own (patrols, events, hazards) adds its pages below, one line, and its place in the menu of
``/cross-border`` in ``menu.PLACES``.
"""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry
from zhili.scenarios.cross_border.pages import agreements, bordermap, centre, choosing
from zhili.scenarios.cross_border.pages.who import at_border

pages = (*centre.pages, *bordermap.pages, *agreements.pages, *choosing.pages)
entries = (Entry(gettext_noop("跨域"), "/cross-border", "arrow-left-right", may=at_border),)
