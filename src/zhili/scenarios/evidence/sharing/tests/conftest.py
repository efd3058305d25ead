"""The same store room as the other tests of evidence."""

from zhili.scenarios.evidence.tests.conftest import keeping

__all__ = ["keeping"]
