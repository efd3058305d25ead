"""Two real sites side by side, a database each, and a line between them that does not hold."""
