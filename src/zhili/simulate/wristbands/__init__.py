"""A village of wristbands that speak: heart beats, positions, batteries, now and then a call for help.

An outsider like the rest of ``simulate``: it knows the two protocols and what ``prepare`` wrote down, and nothing of
the site. Read ``bands`` (what one wristband says) and ``village`` (all of them, at a pace, with what they were told).
"""
