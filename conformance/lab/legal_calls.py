"""Legal differences in judging calls, in the endpoints, and in the server as a whole."""

from __future__ import annotations

from conformance.lab.accounts import Account
from conformance.lab.alterations import Alteration, both, option, setting
from conformance.lab.factors import PREFIX
from conformance.lab.messages import Request
from conformance.lab.rules import sent_code
from conformance.lab.variant import Variant


def with_method_only(request: Request, account: Account) -> str | None:
    """A code counts only beside a method."""
    return sent_code(request, account) if request.header("x-2fa-method") else None


def even_empty(request: Request, account: Account) -> str | None:
    """An empty code is a code."""
    return request.header("x-2fa-code") if request.values("x-2fa-code") else None


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


ROWS = (
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
    Variant("b-54", "The login is challenged in the form of the other calls.",
            setting(login_form="bracketed"), "classic"),
    Variant("b-54-open", "The login is not challenged.", setting(login_form="open"), "classic"),
    Variant("auto-opt-in", "New accounts have the method on from the start.",
            option(PREFIX + "By_Email_Auto_Opt_In", True)),
    Variant("admin-challenged", "Making users needs a second factor too.", setting(create_protected=True)),
    Variant("product-defaults", "Trust, grace without a method, and opt-in as the product is delivered.",
            both(option(PREFIX + "RememberFor", 1800), option(PREFIX + "By_Email_Auto_Opt_In", True)), "current"),
    Variant("clock-behind", "The server's clock is eight seconds slow.", setting(clock_offset=-8.0)),
    Variant("clock-ahead", "The server's clock is eight seconds fast.", setting(clock_offset=8.0)),
    Variant("limiter", "A hundred and twenty calls a minute for each route.", limiter(120, 60)),
    Variant("limiter-short", "Ten calls a second for each route.", limiter(10, 1)),
)  # fmt: skip
