"""The site-to-site protocol, zhili-exchange/1: two sites that share no database pass matters to one another.

What travels is specified in docs/protocol.md and read and written by base/exchange. Here: our keys (keys), the sites
we know (peers), what comes in (receiving → applying), what goes out (queueing → delivering, gate, files), whose trail
we vouch for (witnessing), what is shared whole (topics).
"""
