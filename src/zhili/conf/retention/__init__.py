"""Data end by schedule: what goes, when, and under which rule (docs/operate.md has the table).

rules.py says what may go; schedule.py takes it a little at a time, at night, in the worker; each round ends in a leaf
that says how much of what went. Evidence (steps, leaves, openings of personal values) never goes.
"""
