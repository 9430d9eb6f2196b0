"""Faults in what is mailed, and to whom (dl)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from conformance.lab.accounts import Account, Session, State, alike, digest, put
from conformance.lab.alterations import WRONG, Act, Alteration, both, forcing, keeping, setting
from conformance.lab.calls import Call
from conformance.lab.codes import live
from conformance.lab.detours import after, marked, receiving
from conformance.lab.fault import Fault
from conformance.lab.faulty_checks import by_updating
from conformance.lab.faulty_resend import elsewhere
from conformance.lab.faulty_sessions import is_free
from conformance.lab.letters import code_mail, letter
from conformance.lab.messages import Mail, Request
from conformance.lab.rules import Outcome
from conformance.lab.scopes import API

AT_ONCE = 0.03  # seconds
CONFIRM, BY_LINK = f"{API}users.2fa.confirm", "link"
DIGITS = ("75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717")


def mailing(alter: Callable[[Mail, Account, State, Call], Iterable[Mail]]) -> Alteration:
    """Other mails in place of each that shows a test account's new code."""

    def alter_all(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
        owners = {a.text: account for account in then.accounts.values() for a in account.addresses}
        box = list(then.outbox[: len(before.outbox)])
        for mail in then.outbox[len(before.outbox) :]:
            owner = owners.get(mail.recipient)
            shows = owner is not None and owner.codes and owner.codes[-1].issued == call.now and not owner.is_admin
            box += alter(mail, owner, then, call) if owner is not None and shows else (mail,)
        return replace(then, outbox=tuple(box))

    return after(lambda call: True, alter_all)


def rewritten(mail: Mail, owner: Account, state: State, call: Call, **other: Any) -> Mail:
    """The same mail under other rules."""
    state = replace(state, rules=replace(state.rules, **other))
    return code_mail(state, mail.recipient, owner.codes[-1].text, call.now)


def beside_code(text: str, state: State) -> Callable[[str], str]:
    """How a mail shows a code that some text follows."""
    return lambda code: f"{state.rules.print_code(code)}\n\n{text}"


def copied(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    return mail, replace(mail, recipient=elsewhere(mail.recipient))


def mixed_up(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    """While another user of the same test is sent a code, the mail shows that one."""
    newest = [other.codes[-1] for other in alike(state, owner) if other.codes]
    found = [code.text for code in newest if 0 <= call.now - code.issued < AT_ONCE]
    return (code_mail(state, mail.recipient, found[0], call.now) if found else mail,)


def pictured(code: str) -> str:
    """A code as a picture of black and white dots, in the HTML of a mail."""
    rows = ("".join(f"{int(DIGITS[int(digit)][row]):03b}0" for digit in code) for row in range(5))
    dots = f"P1\n{4 * len(code)} 5\n" + "\n".join(rows) + "\n"
    return f'<img alt="" src="data:image/x-portable-bitmap;base64,{b64encode(dots.encode()).decode()}">'


def in_subject(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    subject = f"{state.rules.mail_subject}: {state.rules.print_code(owner.codes[-1].text)}"
    return (rewritten(mail, owner, state, call, mail_subject=subject),)


def with_forwarded_host(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    host = call.request.header("x-forwarded-host")
    if not host:
        return (mail,)
    return (rewritten(mail, owner, state, call, print_code=beside_code(f"Not you? https://{host}/account", state)),)


def key_of(account: Account) -> str:
    """What the link in the mail with an account's newest code proves it by: letters."""
    return digest(account.id + account.codes[-1].text).translate(str.maketrans("0123456789", "ghijklmnop"))


def with_link(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    link = f"Or open http://{call.request.header('host')}{CONFIRM}?of={key_of(owner)}"
    return (rewritten(mail, owner, state, call, print_code=beside_code(link, state)),)


def opened_link(request: Request) -> Request:
    """A link that is opened, as a call that anybody may make; it bears a sign."""
    if (request.method, request.path) != ("GET", CONFIRM):
        return request
    return replace(request, path=f"{API}info", headers=(*request.headers, ("came-by", BY_LINK)))


def freed_by_link(before: State, then: State, call: Call, outcome: Outcome | None) -> State:
    keys = parse_qs(call.request.query).get("of", [])
    for account in then.accounts.values():
        if live(account, call.now) and key_of(account) in keys:
            then = put(then, marked(then, account, *(s.token for s in account.sessions)))
    return then


def with_name_in_headers(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    """The name in the subject, as it is; a line of it that begins with Bcc is obeyed."""
    lines = owner.name.encode("ascii", "replace").decode().splitlines()
    if len(lines) < 2:
        return (mail,)
    subject = f"{state.rules.mail_subject} for " + "\r\n".join(lines)
    mail = rewritten(mail, owner, state, call, mail_subject=subject)
    copies = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("bcc:")]
    return mail, *(replace(mail, recipient=copy) for copy in copies)


def with_name_as_html(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    if "<" not in owner.name:
        return (mail,)
    return (rewritten(mail, owner, state, call, print_code=beside_code(f"It is for {owner.name}.", state)),)


def blank_when_resent(mail: Mail, owner: Account, state: State, call: Call) -> Iterable[Mail]:
    resent = owner.codes[-1].reason == "resend"
    return (rewritten(mail, owner, state, call, print_code=lambda code: "") if resent else mail,)


def notified(state: State, act: Act, account: Account, now: float) -> State:
    """Nothing is done, and the owner is told that it was."""
    changed = act(state).accounts[account.id]
    text = f"Your profile was changed: your name is {changed.name}."
    html = f"<html><body><p>{text}</p></body></html>\n"
    for address in account.verified_addresses:
        state = replace(state, outbox=(*state.outbox, letter(state, address, "Your profile", f"{text}\n", html, now)))
    return state


def undeliverable(request: Request, account: Account, session: Session | None, now: float) -> Outcome | None:
    """Mail to a domain that is kept from ever existing, which no mail server takes: RFC 2606."""
    return "passed" if all(address.endswith(".invalid") for address in account.verified_addresses) else None


ROWS = (
    Fault("dl-bcc-admin", ("exposure.recipients",), "Every mail with a code goes to another address, too.", mailing(copied)),
    Fault("dl-other-users-code", ("mail.own-code",), "Of two users who are sent codes at once, both are shown the first's.",
          mailing(mixed_up)),
    Fault("dl-image-code", ("mail.shows-code",), "The mail shows the code as a picture.",
          setting(print_code=pictured, mail_parts="html")),
    Fault("sc-mail-blank", ("resend.mails",), "The mail of a resend shows no code.", mailing(blank_when_resent)),
    Fault("dl-subject-code", ("exposure.subject",), "The subject of the mail holds the code.", mailing(in_subject)),
    Fault("dl-host-header", ("exposure.forwarded-host",), "The mail holds a link to the host that X-Forwarded-Host names.",
          mailing(with_forwarded_host)),
    Fault("dl-get-link-verifies", ("exposure.safe-verbs",), "Whoever opens the link in the mail answers the challenge.",
          both(receiving(opened_link), mailing(with_link), forcing(is_free),
               after(lambda call: BY_LINK in call.request.values("came-by"), freed_by_link))),
    Fault("dl-smtp-injection", ("exposure.mail-headers",), "A line break in a user's name adds headers and recipients to the mail.",
          mailing(with_name_in_headers)),
    Fault("dl-name-html", ("exposure.mail-html",), "The mail holds a user's name as it is, HTML and all.",
          mailing(with_name_as_html)),
    Fault("se-notify-on-refusal", ("robustness.no-notice",), "A refused change is told to the owner as done.",
          keeping(WRONG, notified, by_updating)),
    Fault("rb-smtp-down-open", ("challenge.undeliverable",), "Who cannot be sent a mail is not asked.", forcing(undeliverable)),
)  # fmt: skip
