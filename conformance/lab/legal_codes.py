"""Legal differences in codes and in the mails that show them."""

from __future__ import annotations

from string import ascii_uppercase

from conformance.lab.alterations import Alteration, both, proving, setting
from conformance.lab.rules import DIGITS, halves, spell
from conformance.lab.variant import Variant

LETTERS = "".join(letter for letter in ascii_uppercase + DIGITS if letter not in "O0I1")


def letters_only(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def delayed(seconds: float) -> Alteration:
    """Mails leave so many seconds late."""
    return setting(mail_delay=seconds)


CODES = (
    Variant("b-11", "Codes of eight digits.", setting(make_code=lambda value: spell(value, DIGITS, 8))),
    Variant("b-11-letters", "Codes of eight letters and digits, in any letter case.",
            setting(make_code=lambda value: spell(value, LETTERS, 8),
                    bare_code=lambda text: letters_only(text).upper())),
    Variant("b-19", "Codes of eight letters and digits, in the letter case of the mail.",
            setting(make_code=lambda value: spell(value, LETTERS, 8), bare_code=letters_only)),
    Variant("b-12", "A new code replaces the old one; the count stays 1.", setting(codes_at_once=1), "classic"),
    Variant("b-12-two", "Two codes live side by side.", setting(codes_at_once=2), "classic"),
    Variant("b-12-list", "One code at a time, with a count and a list of one date.",
            setting(announces_count=True, dates_as_list=True), "current"),
    Variant("b-13", "Every challenge makes a new code and mails it.",
            setting(needs_code=lambda account, out, answered: not out or not answered)),
    Variant("b-31", "After a wrong code a new one is made and mailed.", setting(fresh_after_wrong=True)),
    Variant("b-40", "A code is not spent when the call fails for another reason.", setting(refunds_code=True)),
)  # fmt: skip

MAILS = (
    Variant("b-14", "Mail as plain text.", setting(mail_parts="text")),
    Variant("b-15", "Mail as HTML.", setting(mail_parts="html")),
    Variant("b-16", "The code is printed in two groups.",
            setting(print_code=lambda code: halves(code).replace("-", " "))),
    Variant("b-16-plain", "The code is printed in one piece.", setting(print_code=lambda code: code)),
    Variant("b-16-german", "Mail in German.",
            setting(mail_language="de", mail_subject="=?utf-8?q?Dein_Best=C3=A4tigungscode?=")),
    Variant("b-16-french", "Mail in French.",
            setting(mail_language="fr", mail_subject="=?utf-8?q?Code_de_v=C3=A9rification?=")),
    Variant("b-18", "The code is printed in one piece, and refused with a blank or a dash in it.",
            both(setting(print_code=lambda code: code),
                 proving(lambda a: a.right and a.sent in {code.text for code in a.live}))),
    Variant("b-20", "Mail takes a second and a half.", delayed(1.5)),
    Variant("b-20-5s", "Mail takes five seconds.", delayed(5)),
    Variant("b-20-25s", "Mail takes twenty-five seconds.", delayed(25)),
    Variant("b-20-queue", "Mails leave one after another, each an eighth of a second after the one before.",
            setting(mail_pace=0.125)),
    Variant("b-56", "Another sender, an address for replies, more headers.",
            setting(mail_sender="security@lab.test", mail_headers=(
                ("Reply-To", "help@lab.test"), ("X-Mailer", "lab"), ("Received", "from a.test by b.test"),
                ("Received", "from b.test by lab.test")))),
)  # fmt: skip

ROWS = (*CODES, *MAILS)
