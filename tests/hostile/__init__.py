"""Targets that misbehave below and above the protocol: whatever they do, a run ends, and its report is true."""
