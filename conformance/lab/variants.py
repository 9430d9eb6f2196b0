"""Legal differences: servers that no suite may fault. The numbers b-01 to b-58 are those of the list of conforming variants.

Here too one variant alters one behaviour; some name the editions that allow them, because the product has settled the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from string import ascii_uppercase

from conformance.lab.accounts import Account
from conformance.lab.alterations import DENIED, WRONG, Alteration, both, details, proving, setting, without
from conformance.lab.messages import Headers, Json, Reply, Request, Response
from conformance.lab.rules import DIGITS, Outcome, Rules, Truth, halves, sent_code, spell
from conformance.lab.second_factor import PREFIX

LETTERS = "".join(letter for letter in ascii_uppercase + DIGITS if letter not in "O0I1")


@dataclass(frozen=True, slots=True)
class Variant:
    """A server that differs within what the protocol allows in its edition ("both", "classic" or "current")."""

    id: str
    what: str
    apply: Callable[[Rules], Rules]
    edition: str = "both"


def option(name: str, value: object) -> Alteration:
    """Another value of one of the server's settings from the start."""
    return lambda rules: replace(rules, settings={**rules.settings, name: value})


def dressed(alter: Callable[[Response, Outcome | None], Response]) -> Alteration:
    """Other responses, to whomever."""
    return lambda rules: replace(rules, dress=lambda response, outcome: alter(rules.dress(response, outcome), outcome))


def statuses(challenge: int, refusal: int) -> Alteration:
    """Other statuses for what does not pass the second factor."""

    def alter(response: Response, outcome: Outcome | None) -> Response:
        if outcome is None or outcome == "passed":
            return response
        return replace(response, status=challenge if outcome == "challenged" else refusal)

    return dressed(alter)


def content_type(kind: str, denied_only: bool = False) -> Alteration:
    def alter(response: Response, outcome: Outcome | None) -> Response:
        if denied_only and outcome not in DENIED:
            return response
        others = tuple(pair for pair in response.headers if pair[0] != "content-type")
        return replace(response, headers=(("content-type", kind), *others))

    return dressed(alter)


def headers(*more: tuple[str, str]) -> Alteration:
    added: Headers = more
    return dressed(lambda response, outcome: replace(response, headers=(*response.headers, *added)))


def worded(alter: Callable[[Json, Truth], Json]) -> Alteration:
    """Other bodies of whatever concerns a second factor, the administrator's and the login's too."""

    def apply(rules: Rules) -> Rules:
        def edit(reply: Reply, truth: Truth) -> Reply:
            reply = rules.edit(reply, truth)
            return replace(reply, body=alter(dict(reply.body), truth))

        return replace(rules, edit=edit)

    return apply


def in_fallback(alter: Callable[[Json], Json]) -> Alteration:
    """Other details where the password is asked for."""

    def edit(body: Json, truth: Truth) -> Json:
        return {**body, "details": alter(dict(body["details"]))} if truth.method == "password" else body

    return worded(edit)


def more_members(body: Json, truth: Truth) -> Json:
    body["requestId"] = "6b1f0c52"
    if "details" in body:
        body["details"] = {**body["details"], "hint": "q•••@lab.test", "retry": {"after": None}}
    return body


def longer_text(body: Json, truth: Truth) -> Json:
    if "[" in str(body.get("error", "")):
        body["error"] = str(body["error"]).replace(" [", ": please have a look at your mail [") + " (request 6b1f0c52)"
    return body


def letters_only(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def with_method_only(request: Request, account: Account) -> str | None:
    """A code counts only beside a method."""
    return sent_code(request, account) if request.header("x-2fa-method") else None


def even_empty(request: Request, account: Account) -> str | None:
    """An empty code is a code."""
    return request.header("x-2fa-code") if request.values("x-2fa-code") else None


def spread(body: Json) -> str:
    """JSON over many lines, its members in another order, nothing but ASCII."""
    return json.dumps(dict(reversed(list(body.items()))), indent=4, ensure_ascii=True) + "\n"


def delayed(seconds: float) -> Alteration:
    """Mails leave so many seconds late."""
    return setting(mail_delay=seconds)


def limiter(calls: int, seconds: float) -> Alteration:
    """At most so many calls of one route from one address in a time; the administrator is exempt."""
    prefix = "API_Enable_Rate_Limiter"
    return both(
        option(prefix, True),
        option(f"{prefix}_Limit_Calls_Default", calls),
        option(f"{prefix}_Limit_Time_Default", round(seconds * 1000)),
    )


def window(seconds: int) -> Alteration:
    """A trust window after a success; new accounts are asked all the same."""
    return both(option(PREFIX + "RememberFor", seconds), setting(grace_for=0))


REPLIES = (
    Variant("b-01", "No codeCount.", setting(announces_count=False), "classic"),
    Variant("b-02", "No codeExpires.", without(DENIED, "details", "codeExpires")),
    Variant("b-03", "Neither codeCount nor codeExpires.",
            both(setting(announces_count=False), without(DENIED, "details", "codeExpires")), "classic"),
    Variant("b-04", "More members than the page lists, everywhere.", worded(more_members)),
    Variant("b-05", "No codeGenerated where the password is asked for.",
            in_fallback(lambda d: {k: v for k, v in d.items() if k != "codeGenerated"})),
    Variant("b-06", "availableMethods lists password where it is asked for.",
            in_fallback(lambda d: {**d, "availableMethods": ["password"]})),
    Variant("b-07", "Challenges and refusals have status 401.", statuses(401, 401), "classic"),
    Variant("b-07-403", "Challenges and refusals have status 403.", statuses(403, 403), "classic"),
    Variant("b-07-200", "Challenges and refusals have status 200.", statuses(200, 200), "classic"),
    Variant("b-08", "Challenges have status 401, refusals 403.", statuses(401, 403), "classic"),
    Variant("b-09", "The selected method is listed last, behind one that the server offers too.",
            details(("challenged",), lambda d, truth: {"availableMethods": ["sms", *d["availableMethods"]]})),
    Variant("b-24", "Dates with an offset and without a fraction.",
            setting(write_date=lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}+00:00")),
    Variant("b-24-basic", "Dates in the basic form.", setting(write_date=lambda moment: f"{moment:%Y%m%dT%H%M%SZ}")),
    Variant("b-25", "The newest date stands first.",
            details(DENIED, lambda d, truth: {"codeExpires": d["codeExpires"][::-1]} if "codeExpires" in d else {}),
            "classic"),
    Variant("b-30", "Refusals tell more: availableMethods too.", setting(refusal_lists_methods=True), "classic"),
    Variant("b-30-bare", "Refusals tell the method and nothing else.",
            worded(lambda b, truth: {**b, "details": {"method": truth.method}} if truth.outcome in WRONG else b),
            "classic"),
    Variant("b-51", "Every connection ends after one answer.", headers(("connection", "close"))),
    Variant("b-52", "JSON over many lines, in another order.", setting(write=spread)),
    Variant("b-53", "The content type names the charset.", content_type("application/json; charset=utf-8")),
    Variant("b-53-problem", "Challenges and refusals are problem documents with the page's members.",
            content_type("application/problem+json", denied_only=True)),
    Variant("b-55", "A method that the page does not know is listed.",
            details(("challenged",), lambda d, truth: {"availableMethods": [*d["availableMethods"], "webauthn"]})),
    Variant("b-57", "The error text has more words around the bracket.", worded(longer_text)),
    Variant("b-58", "Headers about limits and origins, and a cookie.", headers(
        ("access-control-allow-origin", "*"), ("x-ratelimit-remaining", "9"), ("set-cookie", "lab=1; Path=/"))),
)  # fmt: skip

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
    Variant("b-56", "Another sender, an address for replies, more headers.",
            setting(mail_sender="security@lab.test", mail_headers=(
                ("Reply-To", "help@lab.test"), ("X-Mailer", "lab"), ("Received", "from a.test by b.test"),
                ("Received", "from b.test by lab.test")))),
)  # fmt: skip

CALLS = (
    Variant("b-22", "A resend lists the addresses under another key.",
            setting(lists_addresses=lambda addresses: {"sentTo": list(addresses)}), "classic"),
    Variant("b-23", "A resend lists objects with an address.",
            setting(lists_addresses=lambda addresses: {"emails": [{"address": a} for a in addresses]}), "classic"),
    Variant("b-26", "A code without a method counts as none.", setting(sent_code=with_method_only), "classic"),
    Variant("b-27", "An empty code is refused.", setting(sent_code=even_empty)),
    Variant("b-28", "An unknown method is refused.", setting(unknown_method="refused")),
    Variant("b-28-challenged", "An unknown method is challenged.", setting(unknown_method="challenged")),
    Variant("b-29", "A method that is not enabled is challenged, whatever the code.",
            setting(unenrolled_method="challenged")),
    Variant("b-33", "A trust window of half an hour after a success.", window(1800)),
    Variant("b-34", "New accounts are not asked for three seconds.",
            setting(grace="everyone", grace_for=3), "classic"),
    Variant("b-34-long", "New accounts are not asked, and trust holds, for half an hour (a setting).",
            both(setting(grace="everyone"), option(PREFIX + "RememberFor", 1800)), "classic"),
    Variant("b-36", "Enabling twice succeeds and says that nothing changed.", setting(tells_enrolled=True)),
    Variant("b-37", "Enabling is refused while an address is unverified.", setting(refuses_unverified=True), "classic"),
    Variant("b-41", "The body is checked after the second factor.", setting(body_first=False)),
    Variant("b-42", "The password's digest is refused in capitals.", setting(digest_any_case=False)),
    Variant("b-43", "No password fallback.", option(PREFIX + "Enforce_Password_Fallback", False)),
    Variant("b-45", "A resend goes to the caller, if logged in.", setting(resend_uses_caller=True), "classic"),
    Variant("b-48", "At most three resends a minute for an account.", setting(resends=(3, 60.0))),
    Variant("b-54", "The login is challenged in the form of the other calls.", setting(login_form="bracketed"), "classic"),
    Variant("b-54-open", "The login is not challenged.", setting(login_form="open"), "classic"),
    Variant("auto-opt-in", "New accounts have the method on from the start.",
            option(PREFIX + "By_Email_Auto_Opt_In", True)),
    Variant("admin-challenged", "Making users needs a second factor too.", setting(create_protected=True)),
    Variant("product-defaults", "Trust, grace without a method, and opt-in as the product is delivered.",
            both(option(PREFIX + "RememberFor", 1800), option(PREFIX + "By_Email_Auto_Opt_In", True)), "current"),
    Variant("clock-behind", "The server's clock is eight seconds slow.", setting(clock_offset=-8.0)),
    Variant("clock-ahead", "The server's clock is eight seconds fast.", setting(clock_offset=8.0)),
    Variant("limiter", "Ten calls a minute for each route.", limiter(10, 60)),
    Variant("limiter-short", "Ten calls a second for each route.", limiter(10, 1)),
)  # fmt: skip

VARIANTS: dict[str, Variant] = {variant.id: variant for variant in (*REPLIES, *CODES, *MAILS, *CALLS)}
