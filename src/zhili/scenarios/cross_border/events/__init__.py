"""活动安保: plans of posts, shifts, contacts and drills, checked for gaps, approved by a second person."""
