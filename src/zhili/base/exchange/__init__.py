"""The protocol between sites as plain values: messages, bodies, signatures, agreements. No database, no network.

Its specification is docs/protocol.md; a change here that another site could notice is a change there.
"""
