"""The one rule for real parts that this machine may lack: a skip for a person, a failure in CI."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """In CI an absent part would turn into silence, so it fails; elsewhere the reason says what to install."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(*names: str, install: str) -> str:
    """The first of these programs that is there; system programs count, though /usr/sbin is not on every PATH."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    missing(f"{' or '.join(names)} is not on this machine: apt-get install {install}")
