"""Signals: what devices measure, the rules over it, and the warnings that follow."""
