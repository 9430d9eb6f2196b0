"""The seeded faults by id, and two servers that are wrong all through.

A fault alters one behaviour, and leaves the administrator's own calls alone. Nothing in a reply tells which fault a server
has. What is not seeded yet stands in unseeded.py.
"""

from dataclasses import replace

from conformance.lab import (
    faulty_bodies,
    faulty_breakdowns,
    faulty_bytes,
    faulty_checks,
    faulty_choice,
    faulty_codes,
    faulty_delays,
    faulty_disabling,
    faulty_effects,
    faulty_enabling,
    faulty_forms,
    faulty_guessing,
    faulty_limits,
    faulty_login,
    faulty_mails,
    faulty_making,
    faulty_manners,
    faulty_names,
    faulty_pairs,
    faulty_password,
    faulty_races,
    faulty_readings,
    faulty_refusals,
    faulty_replies,
    faulty_resend,
    faulty_resending,
    faulty_routes,
    faulty_sequences,
    faulty_sessions,
    faulty_switching,
    faulty_time,
    faulty_totp,
    faulty_trust,
)
from conformance.lab.fault import Fault
from conformance.lab.rules import Rules

__all__ = ["FAULTS", "SABOTAGE", "Fault"]


def refusing(rules: Rules) -> Rules:
    return replace(rules, forced=lambda request, account, *_: None if account.is_admin else "refused")


def ungated(rules: Rules) -> Rules:
    return replace(rules, forced=lambda *_: "passed")


HOMES = (
    faulty_replies,
    faulty_refusals,
    faulty_codes,
    faulty_checks,
    faulty_resend,
    faulty_names,
    faulty_enabling,
    faulty_disabling,
    faulty_password,
    faulty_totp,
    faulty_choice,
    faulty_pairs,
    faulty_login,
    faulty_sessions,
    faulty_routes,
    faulty_time,
    faulty_limits,
    faulty_manners,
    faulty_bodies,
    faulty_bytes,
    faulty_sequences,
    faulty_forms,
    faulty_readings,
    faulty_delays,
    faulty_making,
    faulty_mails,
    faulty_races,
    faulty_effects,
    faulty_resending,
    faulty_switching,
    faulty_trust,
    faulty_guessing,
    faulty_breakdowns,
)
FAULTS: dict[str, Fault] = {fault.id: fault for home in HOMES for fault in home.ROWS}

SABOTAGE: dict[str, Fault] = {
    "all-refuse": Fault(
        "all-refuse",
        ("challenge.required", "acceptance.right-code"),
        "Every protected call is refused, with or without a code.",
        refusing,
    ),
    "all-granted": Fault(
        "all-granted", ("challenge.required", "code.random"), "Every protected call is done unasked.", ungated
    ),
}
