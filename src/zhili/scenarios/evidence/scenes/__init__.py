"""Scenes: models and panoramas of a place, looked at in the browser, measured in and noted on (README.md)."""
