"""The mail servers themselves: if this fails, the tests that use them say nothing about the suite."""

import smtplib
from email.message import EmailMessage

from .inbox import mail_to
from .mailstack import MailStack


def test_mail_to_a_tagged_address_arrives_with_its_tag_over_verified_tls(mail: MailStack) -> None:
    """All accounts of a run share one mailbox: the tag alone tells their mails apart."""
    first, second = (mail.mailbox["address"].format(tag=tag) for tag in ("first", "second"))
    with smtplib.SMTP(*mail.smtp) as server:
        for address, code in ((first, "012-345"), (second, "678-901")):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "chat@example.org", address, "Authentication code"
            message.set_content(f"Your code: {code}")
            server.send_message(message)

    found = mail_to(first, mail.mailbox)

    assert found.headers["delivered-to"] == (first,)
    assert "012-345" in found.text
