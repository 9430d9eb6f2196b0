"""Reads the mailbox of a target file, with nothing of the suite's own."""

import ssl
import time
from typing import Any

from imap_tools import AND, H, MailBox, MailMessage


def mail_to(address: str, mailbox: dict[str, Any]) -> MailMessage:
    """The newest mail that was delivered to exactly this address, waited for as long as the mailbox's deadline."""
    context = ssl.create_default_context(cafile=mailbox["ca_file"])
    deadline = time.monotonic() + mailbox["deadline"]
    with MailBox(mailbox["host"], mailbox["port"], ssl_context=context).login(
        mailbox["username"], mailbox["password"], mailbox["folder"]
    ) as box:
        while time.monotonic() < deadline:
            for mail in box.fetch(AND(header=H("Delivered-To", address)), mark_seen=False, reverse=True, limit=1):
                return mail
            box.idle.wait(timeout=1)
    raise TimeoutError(f"no mail to {address} in {mailbox['deadline']} s")
