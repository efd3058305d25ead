"""Texts and formats of the languages of the interface."""
