"""Whether every stored row is still what its leaf says, and the tree still what its heads say.

Each app tells in its ``covered`` module which of its tables the trail covers and how a row is tied to its leaf
(covering.py); docs/verify.md lists them. An audit goes through all of it in small batches, each in one snapshot, while
the site goes on (running.py); the worker does some of it every night (conf/auditing.py).
"""
