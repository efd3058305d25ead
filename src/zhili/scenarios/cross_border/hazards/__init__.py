"""重点管控: a watch list of places and hazards. No person stands in it."""
