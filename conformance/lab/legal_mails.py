"""Legal differences in the mails that show a code: encodings, parts, words around it, and what comes beside it."""

from __future__ import annotations

import base64
import quopri
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace

from conformance.lab.accounts import State, digest
from conformance.lab.alterations import Alteration, both, setting
from conformance.lab.letters import code_texts, letter
from conformance.lab.messages import Headers, Mail

Sentences = tuple[str, str, str]
ARABIC = ("رمز التحقق الخاص بك:", "لا تشاركه مع أي شخص.", "لم تحاول تسجيل الدخول؟ تجاهل هذه الرسالة.")
HEBREW = ("קוד האימות שלך:", "אין למסור אותו לאיש.", "לא ניסית להתחבר? אין צורך לעשות דבר.")
JAPANESE = ("認証コード：", "誰にも教えないでください。", "心当たりがない場合は、このメールを無視してください。")
RUSSIAN = ("Ваш код подтверждения:", "Никому его не сообщайте.", "Это были не вы? Ничего делать не нужно.")
FINNISH = (
    "Vahvistustunnuksesi:",
    "Älä anna sitä kenellekään.",
    "Etkö kirjautunut sisään? Sinun ei tarvitse tehdä mitään.",
)
LOGO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
CLAUSE = (
    "{0}. This message of 31 January 2026 is for its recipient; see sections {0}.1 to {0}.9 of the terms of 2019.\n"
)


_LINE = 900
"""Characters of a line that every mail server takes as it is."""


def encoded(wanted: str, transfer: str) -> Alteration:
    """Text parts in another character set and another transfer encoding; in UTF-8 what cannot be written in that set."""

    def part(kind: str, text: str) -> str:
        charset = wanted if is_written_in(wanted, text) else "utf-8"
        raw = text.encode(charset, "replace")
        body = {
            "base64": lambda: base64.encodebytes(raw).decode(),
            "quoted-printable": lambda: quopri.encodestring(raw).decode(),
            "8bit": lambda: "\n".join(textwrap.fill(line, _LINE) for line in text.split("\n")),
        }[transfer]()
        head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
        return head + body.replace("\n", "\r\n")

    return setting(mail_part=part)


def is_written_in(charset: str, text: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def broken(kind: str, text: str) -> str:
    """A quoted-printable part whose lines are broken after a few signs each, in the middle of the code too."""
    lines = []
    for line in text.split("\n"):
        whole = quopri.encodestring(line.encode()).decode().replace("=\n", "")
        signs = re.findall(r"=[0-9A-F]{2}|.", whole)
        lines.append("=\r\n".join("".join(signs[start : start + 4]) for start in range(0, len(signs), 4)))
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + "\r\n".join(lines)


def texts(plain: Callable[[str, Sentences], str], rich: Callable[[str, Sentences], str] | None = None) -> Alteration:
    """Other words around the code. Without HTML of their own they are a paragraph of it."""

    def both_of(shown: str, sentences: Sentences) -> tuple[str, str]:
        text = plain(shown, sentences)
        html = rich(shown, sentences) if rich else f"<p>{text.strip().replace(chr(10), '<br>')}</p>"
        return text, f"<html><body>{html}</body></html>\n"

    return setting(mail_texts=both_of)


def page(rich: Callable[[str, Sentences], str]) -> Alteration:
    """Mails of HTML alone."""
    return both(texts(lambda shown, sentences: "", rich), setting(mail_parts="html"))


def language(sentences: Sentences, before: str = "", behind: str = "") -> Alteration:
    """Another language, and marks around the code that nobody sees."""
    return setting(mail_texts=lambda shown, _: code_texts(f"{before}{shown}{behind}", sentences))


def among_numbers(shown: str, sentences: Sentences) -> str:
    return (
        f"Ticket 583920 of 31.01.2026, 14:05\n\n{sentences[0]} {shown}\n\n{sentences[1]} It ends at 14:15.\n"
        f"{sentences[2]} Else call +49 30 1234567 or 030 123456-78.\n\n"
        "Example Ltd, 221B Baker Street, London NW1 6XE, company number 12345678, © 2019-2026, colour #123456\n"
    )


def in_a_sentence(shown: str, sentences: Sentences) -> str:
    return f"Somebody, probably you, wants to sign in on 2026-01-31. Enter {shown} within 10 minutes. {sentences[1]}\n"


def with_footer(shown: str, sentences: Sentences) -> str:
    return code_texts(shown, sentences)[0] + "\n" + "".join(CLAUSE.format(number) for number in range(1, 201))


def table(shown: str, sentences: Sentences) -> str:
    cells = "".join(f'<td style="color:#{index}{index}4455">{sign}</td>' for index, sign in enumerate(shown))
    return (
        '<table width="600" bgcolor="#102030"><tr><td colspan="9">' + sentences[0] + f"</td></tr><tr>{cells}</tr>"
        f"<tr><td>Valid until</td><td>14:15</td></tr></table><p>{sentences[1]}</p>"
    )


def row(shown: str, sentences: Sentences) -> str:
    return (
        f"<table><tr><th>{sentences[0]}</th><td><b>{shown}</b></td></tr>"
        f"<tr><th>Time</th><td>2026-01-31 14:05</td></tr><tr><th>Port</th><td>54321</td></tr></table>"
    )


def spans(shown: str, sentences: Sentences) -> str:
    return f"<p>{sentences[0]}</p><p>" + "&#8203;".join(f"<span>{sign}</span>" for sign in shown) + "</p>"


def entities(shown: str, sentences: Sentences) -> str:
    return f"<p>{sentences[0]}</p><p>" + "".join(f"&#x{ord(sign):x};" for sign in shown) + "</p>"


def preheader(shown: str, sentences: Sentences) -> str:
    filler = "&#847;&zwnj;&nbsp;" * 40
    return (
        f'<div style="display:none">{sentences[0]} {shown} {filler}</div>'
        f"<h1>{sentences[0]}</h1><h2>{shown}</h2><p>{sentences[2]}</p>"
    )


def with_attachments(content: str, mark: str) -> str:
    """A logo and a document beside the text."""
    terms = "Terms of use 2019, number 482913\r\n"
    return (
        f'Content-Type: multipart/mixed; boundary="mixed-{mark}"\r\n\r\n--mixed-{mark}\r\n'
        f'Content-Type: multipart/related; boundary="related-{mark}"\r\n\r\n--related-{mark}\r\n{content}\r\n'
        f"--related-{mark}\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n"
        f"\r\n{LOGO}\r\n--related-{mark}--\r\n--mixed-{mark}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f'Content-Disposition: attachment; filename="terms.txt"\r\n\r\n{terms}--mixed-{mark}--\r\n'
    )


def among_notices(state: State, mail: Mail) -> tuple[Mail, ...]:
    """A notice before the code, and one behind it, to the same address."""
    now = mail.due - state.rules.mail_delay
    notices = []
    for number, (subject, text) in enumerate(
        (("New sign-in", "Somebody asked for a code on 2026-01-31 at 14:05 (case 2026-0417).\n"),
         ("Tips for your safety", "Never tell anybody a code. Call 030 123456 if somebody asks for one.\n"))
    ):  # fmt: skip
        later = replace(state, outbox=(*state.outbox, *[mail] * (number + 1)))  # each has an id of its own
        notices.append(letter(later, mail.recipient, subject, text, f"<html><body><p>{text}</p></body></html>\n", now))
    return notices[0], mail, notices[1]


def twice(state: State, mail: Mail) -> tuple[Mail, ...]:
    """The same words in two mails."""
    return mail, replace(mail, content=mail.content.replace(b"Message-ID: <", b"Message-ID: <again-"))


def late_by_chance(state: State, mail: Mail) -> tuple[Mail, ...]:
    """Up to two and a half seconds late, each mail by itself, so that a later one may come first."""
    return (replace(mail, due=mail.due + int(digest(mail.content.decode())[:4], 16) / 0xFFFF * 2.5),)


def head(**others: str) -> Alteration:
    """Other values of headers of the mail, "" for none; a low line in a name is a dash."""
    values = {name.replace("_", "-").lower(): value for name, value in others.items()}

    def alter(headers: Headers) -> Headers:
        changed = ((name, values.get(name.lower(), value), dict(headers)["To"]) for name, value in headers)
        return tuple((name, value.replace("{to}", to)) for name, value, to in changed if value)

    return setting(mail_head=alter)
