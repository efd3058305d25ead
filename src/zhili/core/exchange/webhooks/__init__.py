"""Webhooks: other programs are told of what happens here, as CloudEvents 1.0 over HTTP, signed (RFC 9421).

``catalogue`` is what may be told, ``telling`` puts an event of the outbox so, ``matching`` says whom it concerns and
``choosing`` writes one row for each. ``permission`` asks a receiver whether it wants them (the handshake), ``taking``
claims what is due, ``posting`` is the only module that touches the network, ``sending`` runs both, ``recording`` writes
what came of it, ``patience`` says how long to wait. ``subscribing`` keeps subscriptions, ``replaying`` sends dead
letters again, ``standing`` and ``warning`` say how it goes.
"""
