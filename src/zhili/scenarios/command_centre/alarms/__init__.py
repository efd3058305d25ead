"""Alarms: what a commander should look at now. `kinds` declares them; read that first, then `showing`."""
