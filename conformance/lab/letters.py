"""The mails as bytes: a code on its way to its owner, and a welcome. Pure text, no transport."""

from __future__ import annotations

import quopri
from datetime import UTC, datetime
from email.utils import format_datetime

from conformance.lab.accounts import State, digest
from conformance.lab.messages import Headers, Mail

SENTENCES = {
    "en": (
        "Your authentication code:",
        "Keep it to yourself.",
        "Was it not you who signed in? Then nothing needs to be done.",
    ),
    "de": ("Dein Bestätigungscode:", "Gib ihn nicht weiter.", "Du hast dich nicht angemeldet? Dann ist nichts zu tun."),
    "fr": (
        "Votre code de vérification :",
        "Ne le communiquez à personne.",
        "Ce n’était pas vous ? Il n’y a rien à faire.",
    ),
}


def code_mail(state: State, recipient: str, code: str, now: float) -> Mail:
    """The mail that shows a code, in the form that the rules give it."""
    rules = state.rules
    shown = rules.print_code(code)
    text, html = rules.mail_texts(shown, SENTENCES[rules.mail_language])
    return letter(state, recipient, rules.mail_subject.replace("{code}", shown), text, html, now)


def code_texts(shown: str, sentences: tuple[str, str, str]) -> tuple[str, str]:
    """The plain text and the HTML around a code, as printed."""
    first, second, third = sentences
    text = f"{first}\n\n{shown}\n\n{second}\n\n{third}\n"
    html = (
        "<html><head><style>p { color: #2f343d; } .foot { color: #9ea2a8; font-size: 12px; }</style></head><body>"
        f'<p>{first}</p><p style="font-size: 30px;"><b>{shown}</b></p><p>{second}</p><p class="foot">{third}</p>'
        "</body></html>\n"
    )
    return text, html


def welcome_mail(state: State, recipient: str, name: str, now: float) -> Mail:
    """The mail that greets a new user."""
    text = f"Hello {name},\n\nan account was made for you.\n"
    return letter(state, recipient, "Welcome", text, f"<html><body><p>{text}</p></body></html>\n", now)


def letter(state: State, recipient: str, subject: str, text: str, html: str, now: float) -> Mail:
    """A whole mail; the parts that it has are the rules' choice."""
    rules = state.rules
    mark = digest(f"{state.seed.hex()} {state.drawn} {len(state.outbox)} {recipient} {now}")[:24]
    plain, rich = rules.mail_part("plain", text), rules.mail_part("html", html)
    match rules.mail_parts:
        case "text":
            content = plain
        case "html":
            content = rich
        case "both":
            content = (
                f'Content-Type: multipart/alternative; boundary="part-{mark}"\r\n\r\n'
                f"--part-{mark}\r\n{plain}\r\n--part-{mark}\r\n{rich}\r\n--part-{mark}--\r\n"
            )
    headers: Headers = (
        ("From", rules.mail_sender),
        ("To", recipient),
        ("Subject", subject),
        ("Date", format_datetime(datetime.fromtimestamp(int(now), UTC))),
        ("Message-ID", f"<{mark}@lab.test>"),
        *rules.mail_headers,
        ("MIME-Version", "1.0"),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in rules.mail_head(headers))
    whole = head + rules.wrap_mail(content, mark)
    return Mail(recipient, whole.encode(), due=now + rules.mail_delay, sender=rules.mail_sender)


def part(kind: str, text: str) -> str:
    """One text part with its headers."""
    body = quopri.encodestring(text.encode("utf-8", "replace")).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
