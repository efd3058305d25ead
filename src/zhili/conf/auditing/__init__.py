"""The audit of every night: what is new, and a part of what is old, so that in a month everything was looked at."""
