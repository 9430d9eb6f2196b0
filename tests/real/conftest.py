"""The real parts, started once for all tests that use them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import mailstack
from .chromium import Browser, launched
from .parts import missing, program


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    chromium = program("chromium", "google-chrome", install="chromium")
    chromedriver = program("chromedriver", install="chromium-driver")
    if Path(chromium).resolve().name == "snap":
        missing("chromium is a snap here, which sees no temporary files: install Chrome, or chromium from a deb")
    with launched(chromium, chromedriver, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="session")
def mail() -> Iterator[mailstack.MailStack]:
    dovecot = program("dovecot", install="dovecot-imapd dovecot-lmtpd")
    mta = program("exim4", *([] if os.getuid() else ["postfix"]), install="exim4-daemon-light")  # Postfix wants root
    with mailstack.mail_stack(dovecot, mta) as stack:
        yield stack
