"""Open311 GeoReport v2, server side: ``/open311/v2`` and ``/open311/discovery``.

``asking`` reads a request and its key, ``answering`` writes XML or JSON and words every refusal; ``services``,
``requests`` (their rows in ``rows``), ``posting``, ``updates`` and ``discovery`` hold one resource each.
Session cookies mean nothing here: who has no key is a stranger.
"""
