"""From a target file to what a run acts with: a world that holds its secrets by name, and whoever provides accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr

from conformance import resources
from conformance.accounts import Admin
from conformance.canaries import Canaries
from conformance.correlation import Correlation
from conformance.given import Given
from conformance.journal import Journal
from conformance.mailbox import Postbox
from conformance.tape import Tape
from conformance.target import AccountTable, ProvisioningTable, Target
from conformance.transport import Transport
from conformance.world import Live

_REPLIES: Final = 2
"""So many times as long as for one reply a target is waited for that has stopped answering."""

NO_MAIL: Final = "{tag}@example.invalid"


def live_world(target: Target, run: str = "", *, watched: bool = True) -> Live:
    """The world of a target file for a run, its secrets known by name. ``watched``: and looked for in all that is written."""
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
        correlation=Correlation(table.correlation_header, run),
        patience=_REPLIES * table.timeout,
        canaries=_canaries(target) if watched else None,
    )
    for name, value in table.headers.items():
        live.secrets.add(value, f"header.{name}")
    for owner, given in (("admin", target.provisioning), ("mailbox", mailbox)):
        for kind in ("password", "token", "totp_secret"):
            if secret := getattr(given, kind, None):
                live.secrets.add(secret.get_secret_value(), f"{owner}.{kind}")
    return live


def _canaries(target: Target) -> Canaries:
    """Every secret of a target file, read from the file itself: what is to find an oversight must not share it."""
    canaries = Canaries()
    canaries.exempt(_public(target))
    for name, value in target.target.headers.items():
        canaries.add(value, f"header.{name}")
    for owner, table in (("admin", target.provisioning), ("mailbox", target.mailbox), *_numbered(target)):
        for kind, secret in table or ():
            if isinstance(secret, SecretStr):
                canaries.add(secret.get_secret_value(), f"{owner}.{kind}")
    return canaries


def _numbered(target: Target) -> Iterator[tuple[str, AccountTable]]:
    return ((f"account-{number}", table) for number, table in enumerate(target.account, start=1))


def _public(target: Target) -> Iterator[str]:
    """What anybody may see: the texts of this suite, and what a report shows of a target file."""
    yield from resources.own_texts()
    yield from (target.target.name, target.target.base_url, target.binding.model_dump_json())
    for table in (target.provisioning, target.mailbox, *target.account):
        for kind, value in table or ():
            if isinstance(value, str):
                yield f"{kind}: {value}"


def provider_of(target: Target, live: Live, run: str, journal: Journal | None = None) -> Admin | Given:
    """Whoever provides accounts: the admin of a target file, or its accounts."""
    if target.provisioning:
        if target.provisioning.email:
            live.expect_mail(target.provisioning.email.lower())
        return Admin(target.provisioning, target.mailbox.address if target.mailbox else NO_MAIL, run, journal)
    return Given.of(target.account, live, journal)


def recorded_provider(tape: Tape) -> Admin | Given:
    """Whoever provided the accounts of a recorded run."""
    if tape.surveyed.accounts:
        return Given.recorded(tape)
    stand_ins = {"totp": {"totp_secret": "A" * 16}, "email": {"email": "admin@example.invalid"}}
    access = {"kind": "rocketchat-admin", "username": "admin", "password": tape.password("admin.password")}
    for factor in tape.surveyed.facts.admin_factors:
        access |= stand_ins[factor]
    settings = ProvisioningTable.model_validate(access, strict=False)
    admin = Admin(settings, tape.started.address or NO_MAIL, tape.started.run)
    admin.resume(tape.surveyed.facts.admin_id)
    return admin
