"""Faults under load. `make soak` runs the long forms; a short form of each runs with the quick tests.

ZHILI_SOAK_SECONDS: how long the load lasts (default 420).
"""
