"""Figures rolled up by place and time, counted from the steps of cases.

`overview` reads them; the consumer `Indicators` keeps them; `fold_bulk` and `rebuild` count history.
"""
