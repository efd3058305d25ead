"""The pages of the village screens; who may open them is said here and nowhere else."""

from django.utils.translation import gettext_noop

from zhili.portal.lenses import Entry
from zhili.scenarios.village_screens.pages import desk, public, setting, tv
from zhili.scenarios.village_screens.pages.who import of_village

pages = (*public.pages, *tv.pages, *desk.pages, *setting.pages)
entries = (Entry(gettext_noop("村屏"), "/desk/village", "monitor", may=of_village),)
