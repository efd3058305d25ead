"""Nothing of its own: cases are covered by their steps; the loop, tiles, points, daily weights and displays by ``changes``."""
