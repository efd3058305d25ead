"""The design system shown: each component drawn from its real partial, with the template that draws it.

`parts.py` and `more.py` declare what is shown; `data.py` gives the samples something to show; `page.py` draws /design.
"""
