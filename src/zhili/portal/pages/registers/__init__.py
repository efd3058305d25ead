"""/desk/registers: firms and premises, found, read, taken out and brought in by the file."""
