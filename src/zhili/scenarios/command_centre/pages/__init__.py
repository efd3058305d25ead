"""The pages of the command centre; who may open them is said here and nowhere else."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry, Page
from zhili.scenarios.command_centre.pages import alarms, behind, duty, instructions, phone, points, screen
from zhili.scenarios.command_centre.pages.who import commands

pages = (
    Page("screen", screen.show, "screen", may=commands),
    Page("screen/cases", behind.cases, "screen_cases", may=commands),
    Page("screen/offices", screen.offices, "screen_offices", may=commands),
    Page("screen/matters.geojson", points.matters, "screen_matters", may=commands),
    Page("screen/cells.geojson", points.cells, "screen_cells", may=commands),
    *instructions.pages,
    *alarms.pages,
    *duty.pages,
    *phone.pages,
)
entries = (Entry(gettext_noop("指挥"), "/screen", "monitor", may=commands),)
