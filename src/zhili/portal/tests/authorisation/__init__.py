"""Who may use what. ``table`` is the one declaration; the tests beside it hold every address and action to it."""
