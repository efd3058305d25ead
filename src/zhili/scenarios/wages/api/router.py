"""The router, in a module of its own so that each subject can add to it."""

from ninja import Router

router = Router(tags=["wages"])
