"""The mails as bytes: a code on its way to its owner, and a welcome. Pure text, no transport."""

import quopri
from datetime import UTC, datetime
from email.utils import format_datetime

from conformance.lab.accounts import State, digest
from conformance.lab.messages import Mail

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
    first, second, third = SENTENCES[rules.mail_language]
    text = f"{first}\n\n{shown}\n\n{second}\n\n{third}\n"
    html = (
        "<html><head><style>p { color: #2f343d; } .foot { color: #9ea2a8; font-size: 12px; }</style></head><body>"
        f'<p>{first}</p><p style="font-size: 30px;"><b>{shown}</b></p><p>{second}</p><p class="foot">{third}</p>'
        "</body></html>\n"
    )
    return letter(state, recipient, rules.mail_subject, text, html, now)


def welcome_mail(state: State, recipient: str, name: str, now: float) -> Mail:
    """The mail that greets a new user."""
    text = f"Hello {name},\n\nan account was made for you.\n"
    return letter(state, recipient, "Welcome", text, f"<html><body><p>{text}</p></body></html>\n", now)


def letter(state: State, recipient: str, subject: str, text: str, html: str, now: float) -> Mail:
    """A whole mail; the parts that it has are the rules' choice."""
    rules = state.rules
    mark = digest(f"{state.seed.hex()} {state.drawn} {len(state.outbox)} {recipient} {now}")[:24]
    plain, rich = part("plain", text), part("html", html)
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
    headers = (
        ("From", rules.mail_sender),
        ("To", recipient),
        ("Subject", subject),
        ("Date", format_datetime(datetime.fromtimestamp(int(now), UTC))),
        ("Message-ID", f"<{mark}@lab.test>"),
        *rules.mail_headers,
        ("MIME-Version", "1.0"),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return Mail(recipient, (head + content).encode("ascii"), due=now + rules.mail_delay, sender=rules.mail_sender)


def part(kind: str, text: str) -> str:
    """One text part with its headers."""
    body = quopri.encodestring(text.encode("utf-8", "replace")).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
