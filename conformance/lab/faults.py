"""The seeded faults by id, and two servers that are wrong all through.

A fault alters one behaviour, and only for accounts with e-mail 2FA. Nothing in a reply tells which fault a server has.
"""

from dataclasses import replace

from conformance.lab import faulty_checks, faulty_codes, faulty_replies
from conformance.lab.alterations import forcing
from conformance.lab.fault import Fault
from conformance.lab.rules import Rules

__all__ = ["FAULTS", "SABOTAGE", "Fault"]


def ungated(rules: Rules) -> Rules:
    return replace(rules, forced=lambda *_: "passed")


FAULTS: dict[str, Fault] = {
    fault.id: fault for fault in (*faulty_replies.ROWS, *faulty_codes.ROWS, *faulty_checks.ROWS)
}

SABOTAGE: dict[str, Fault] = {
    "all-refuse": Fault(
        "all-refuse",
        ("challenge.required", "acceptance.right-code"),
        "Every protected call is refused, with or without a code.",
        forcing(lambda *_: "refused"),
    ),
    "all-granted": Fault(
        "all-granted", ("challenge.required", "code.random"), "Every protected call is done unasked.", ungated
    ),
}
