"""Tables people send as files: read in whatever form they come, written so that nothing in them reckons."""
