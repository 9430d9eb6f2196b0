"""The documents of a run. Each is a pure function of the report, so all hold the same verdicts."""
