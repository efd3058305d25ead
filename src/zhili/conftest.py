"""Fixtures for every test live in `zhili.conf.testing`, loaded by `-p` in pyproject.toml.

It has to be a plugin: pytest-django reads the settings before any conftest is loaded, and the address of the
session's private PostgreSQL must be known by then.
"""
