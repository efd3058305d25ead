"""Pages of visits: plans with their reasons, the day's way, one visit's checklist."""
