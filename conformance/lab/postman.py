"""The way of the server's mails to SMTP: one after another, beside the answers, over a connection that stays open."""

from __future__ import annotations

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor

from conformance.lab.messages import Mail

log = logging.getLogger(__name__)

PATIENCE = 10
"""Seconds for one answer of the mail server."""


class Postman:
    """For one server, from construction until stop(); `smtp` is host and port."""

    def __init__(self, smtp: tuple[str, int]) -> None:
        self.smtp = smtp
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="lab-postman")
        self.client: smtplib.SMTP | None = None

    def take(self, mail: Mail) -> None:
        """A mail to hand over; returns at once."""
        self.worker.submit(self.deliver, mail)

    def deliver(self, mail: Mail) -> None:
        """Hands one mail over; a failure is logged and changes nothing."""
        try:
            self.connected().sendmail(mail.sender, [mail.recipient], mail.content)
        except (OSError, smtplib.SMTPException) as failure:
            log.warning("mail to %s was not sent: %s", mail.recipient, failure)
            self.hang_up()

    def connected(self) -> smtplib.SMTP:
        """The connection that is open, if the mail server still listens, else a new one."""
        if self.client is None or not listens(self.client):
            self.hang_up()
            self.client = smtplib.SMTP(*self.smtp, local_hostname="lab.test", timeout=PATIENCE)
        return self.client

    def hang_up(self) -> None:
        if self.client is not None:
            self.client.close()
        self.client = None

    def stop(self) -> None:
        """Ends it; mails that were not handed over yet are dropped."""
        self.worker.shutdown(cancel_futures=True)
        self.hang_up()


def listens(client: smtplib.SMTP) -> bool:
    try:
        return client.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False
