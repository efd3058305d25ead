"""The inbox of an office: what is asked for, how much of it there is, in what order, and how a line of it looks."""
