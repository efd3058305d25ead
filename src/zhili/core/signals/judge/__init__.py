"""Asking every rule of what came, in one transaction a turn. Read `judging_run` first."""
