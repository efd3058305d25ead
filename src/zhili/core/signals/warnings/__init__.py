"""What follows when a rule fires: merged, told, escalated, answered, shown. Read `raising`, then `handling`."""
