"""Nothing of its own: matters are covered by their steps, what is shared by ``changes``."""
