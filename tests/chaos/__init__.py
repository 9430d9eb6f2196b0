"""A mail system that misbehaves, between the lab and the suite: whatever it does, no server may be accused of it."""
