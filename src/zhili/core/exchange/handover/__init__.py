"""A matter whose child lives elsewhere: handed over to another city's site, or taken in from one.

``procedure`` is the child's life here; ``forms`` what is asked; ``offering`` what is sent and what may be;
``standing`` the steps every case has for it. Messages become steps in ``sites/applying``, steps messages in
``sites/telling``.
"""
