"""The real parts, started once for all tests that use them."""

import os
from collections.abc import Iterator

import pytest

from . import mailstack
from .parts import program


@pytest.fixture(scope="session")
def mail() -> Iterator[mailstack.MailStack]:
    dovecot = program("dovecot", install="dovecot-imapd dovecot-lmtpd")
    mta = program("exim4", *([] if os.getuid() else ["postfix"]), install="exim4-daemon-light")  # Postfix wants root
    with mailstack.mail_stack(dovecot, mta) as stack:
        yield stack
