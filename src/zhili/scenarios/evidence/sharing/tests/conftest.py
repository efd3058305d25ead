"""The same store room as the other tests of evidence, and a browser."""

from zhili.portal.tests.conftest import visits
from zhili.scenarios.evidence.tests.conftest import keeping

__all__ = ["keeping", "visits"]
