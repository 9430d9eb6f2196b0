"""From a target file to what a run acts with: a world that holds its secrets by name, and whoever provides accounts."""

from __future__ import annotations

from typing import Final

from conformance.accounts import Admin
from conformance.given import Given
from conformance.mailbox import Postbox
from conformance.tape import Tape
from conformance.target import ProvisioningTable, Target
from conformance.transport import Transport
from conformance.world import Live

_REPLIES: Final = 2
"""So many times as long as for one reply a target is waited for that has stopped answering."""

NO_MAIL: Final = "{tag}@example.invalid"


def live_world(target: Target) -> Live:
    """The world of a target file, its secrets known by name."""
    table, mailbox = target.target, target.mailbox
    live = Live(
        Transport(
            table.base_url,
            ca_file=table.ca_file,
            timeout=table.timeout,
            headers=tuple(table.headers.items()),
        ),
        Postbox(mailbox) if mailbox else None,
        per_second=target.limits.requests_per_second,
        mail_deadline=mailbox.deadline if mailbox else 0,
        patience=_REPLIES * table.timeout,
    )
    for name, value in table.headers.items():
        live.secrets.add(value, f"header.{name}")
    for owner, given in (("admin", target.provisioning), ("mailbox", mailbox)):
        for kind in ("password", "token", "totp_secret"):
            if secret := getattr(given, kind, None):
                live.secrets.add(secret.get_secret_value(), f"{owner}.{kind}")
    return live


def provider_of(target: Target, live: Live, run: str) -> Admin | Given:
    """Whoever provides accounts: the admin of a target file, or its accounts."""
    if target.provisioning:
        return Admin(target.provisioning, target.mailbox.address if target.mailbox else NO_MAIL, run)
    return Given.of(target.account, live)


def recorded_provider(tape: Tape) -> Admin | Given:
    """Whoever provided the accounts of a recorded run."""
    if tape.surveyed.accounts:
        return Given.recorded(tape)
    settings = ProvisioningTable.model_validate(
        {"kind": "rocketchat-admin", "username": "admin", "password": tape.password("admin.password")}, strict=False
    )
    admin = Admin(settings, tape.started.address or NO_MAIL, tape.started.run)
    admin.resume(tape.surveyed.facts.admin_id)
    return admin
