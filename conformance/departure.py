"""Where a walk leaves the protocol: its steps, and the requirement that the last one breaks."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.protocol_model import Outcome


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a walk left what the protocol allows: the requirement that its last step breaks."""

    requirement: str
    came: Outcome
    allowed: tuple[Outcome, ...]
    steps: tuple[str, ...]

    def __str__(self) -> str:
        told = "\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, start=1))
        either = {"challenged", "challenged by email"}.issubset(self.allowed)
        allowed = [outcome for outcome in self.allowed if not (either and outcome == "challenged by email")]
        last = f"step {len(self.steps)} was {self.came}, where the protocol allows: {' or '.join(allowed)}"
        return f"{last}. That breaks {self.requirement}, in this order of steps:\n{told}"


class Departed(Exception):
    """The walk is over: what has come is not allowed, and no model knows what comes after it."""
