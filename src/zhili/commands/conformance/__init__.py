"""The conformance kit of the protocol between sites: plays a site against the one at an address (docs/protocol.md §19).

A client of the protocol only: httpx and base/exchange, no database, no settings. So a stranger's site is tried by the
same words as ours.
"""
