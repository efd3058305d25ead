"""English is British English."""
