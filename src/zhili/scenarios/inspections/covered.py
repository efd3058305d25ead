"""Nothing of its own: cases are covered by their steps; the catalogue and its scenarios by ``changes``."""
