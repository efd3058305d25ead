"""联合巡防: routes proven by checkpoints, tapped by teams of both sides."""
