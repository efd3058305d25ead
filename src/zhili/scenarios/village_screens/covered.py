"""Nothing of its own: cases are covered by their steps; what a village sets up, weighs and pairs by ``changes``."""
