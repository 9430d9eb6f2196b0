"""Every mail with a code can be read by whoever has a mail program."""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.policy import default

import pytest

from conformance.lab.editions import ruled
from conformance.lab.legal_codes import MAILS
from conformance.lab.legal_mail_forms import ROWS
from conformance.lab.legal_spellings import PRINTED
from conformance.lab.messages import Mail
from conformance.lab.variants import Variant

from .steps import newest
from .talk import Talk

UNSEEN = re.compile("[\u200b-\u200f\u034f\u2066-\u2069]|<[^>]*>")
VARIANTS = [*MAILS, *PRINTED, *ROWS]


def seen(mail: Mail) -> list[str]:
    """What a reader sees: the subject, and each text part on its own."""
    message = message_from_bytes(mail.content, policy=default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    assert not [part.defects for part in message.walk() if part.defects]
    return [UNSEEN.sub("", html.unescape(text)) for text in (str(message["subject"]), *parts)]


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant.id for variant in VARIANTS])
def test_a_mail_shows_its_code(variant: Variant) -> None:
    talk = Talk(ruled("classic", variants=(variant.id,)))
    talk.rename(talk.user("alice"), "Asked")

    shown = newest(talk, "alice")

    assert any(shown in text for mail in talk.mails for text in seen(mail))
    assert len({mail.recipient for mail in talk.mails}) == 1


def test_mails_that_come_together_have_ids_of_their_own() -> None:
    for name, number in (("mail-twice", 2), ("mail-notices", 3)):
        talk = Talk(ruled("classic", variants=(name,)))
        talk.rename(talk.user("alice"), "Asked")
        ids = {message_from_bytes(mail.content)["Message-ID"] for mail in talk.mails}

        assert len(talk.mails) == len(ids) == number
