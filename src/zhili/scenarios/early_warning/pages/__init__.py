"""The pages of the console; who may open what is said here and in ``who``."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry
from zhili.scenarios.early_warning.pages import listing, live, rule, rules, testing, warning
from zhili.scenarios.early_warning.pages.who import reads

pages = (
    *listing.pages,
    *live.pages,
    *warning.pages,
    *rules.pages,
    *testing.pages,
    *rule.pages,
)
entries = (Entry(gettext_noop("预警"), "/desk/warnings", "triangle-alert", may=reads, also=("/desk/rules",)),)
