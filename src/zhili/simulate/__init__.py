"""A city that lives: residents, grid workers and offices played through the API, at the seed's own proportions.

A client like any outsider's: it imports ``base`` and an HTTP library, and knows of the site only what the API
answers and what ``zhili simulate prepare`` wrote down for it. Read in this order: ``proportions`` (every share, the
seed's and our own), ``lives`` (what becomes of one matter), ``plan`` (all of them, by seed), ``playing`` (each through
the API), ``closing`` (what was played beside what was to be, and beside the site's own figures).
"""
