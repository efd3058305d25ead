"""The pages of wages, each part's own: days and registration, and the money."""

from zhili.scenarios.wages.money import pages as money

pages = (*money.pages,)
entries = (*money.entries,)
