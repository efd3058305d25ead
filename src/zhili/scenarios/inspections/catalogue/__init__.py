"""The catalogue of inspection items: its words, reading it from a table, keeping it with a second person."""
