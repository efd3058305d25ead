"""`make tour`: walks a living demo city with a browser and writes docs/tour.md, so that its pictures never go stale."""
