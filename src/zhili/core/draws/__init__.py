"""Draws that anyone can run again: a frozen list, a seed nobody knew when it was frozen, and arithmetic.

announcing.announce(...)    the list and where the seed will come from, in the trail before anybody can know it
seeds.give(...)             a public number typed in, with where it can be looked up
running.run(...)            the result, as soon as every source has its value; or void, and why
checking.faults(...)        everything again from the published file alone

What is drawn, and what a result sets going, is said by whoever registers a `Kind`; nothing of it is known here.
"""
