"""Open311 GeoReport v2: what server and client share, and the client.

``catalogue`` derives services from declarations, ``filling`` turns arguments into a form, ``accepting`` opens cases and
``updating`` takes steps from words that come from outside, ``wire`` reads and writes XML and JSON. The client:
``peers`` are the other servers, ``pulling`` takes their requests in, ``choosing`` and ``delivering`` send ours out,
``polling`` brings their status back, ``client`` is the only module that touches the network.
"""
