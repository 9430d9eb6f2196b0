"""Faults in the wording of challenges and accepted calls (ch: challenge, en: envelope)."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance.lab.alterations import (
    ASKED,
    DONE,
    WRONG,
    Alteration,
    answering,
    body,
    both,
    bytes_of,
    details,
    forcing,
    keeping,
    members,
    status,
    without,
)
from conformance.lab.fault import Fault
from conformance.lab.messages import Json
from conformance.lab.rules import Truth

PAGE = "<html><head><title>Error</title></head><body><h1>Two-factor authentication required</h1></body></html>"


def methods(*names: object) -> Alteration:
    return details(ASKED, lambda d, truth: {"availableMethods": list(names)})


def redirected() -> Alteration:
    def alter(b: Json) -> str:
        return PAGE

    home = answering(ASKED, lambda reply, truth: replace(reply, status=302, headers=(("location", "/login"),)))
    return both(home, bytes_of(ASKED, "text/html; charset=utf-8", alter))


def not_enrolled_yet(d: Json, truth: Truth) -> Json:
    used = any(code.fate == "used" for code in truth.account.codes)
    return {} if used else {"availableMethods": []}


def translated(b: Json, truth: Truth) -> Json:
    language = truth.request.header("accept-language")[:2].lower()
    word = {"de": "totp-erforderlich", "fr": "totp-requis", "pt": "totp-requerido"}.get(language)
    return {**b, "errorType": word} if word else b


def elsewhere(b: Json, truth: Truth) -> Json:
    if "PersonalAccessToken" in truth.request.path:
        b["errorType"] = "error-totp-required"
    return b


def every_fifth(b: Json, truth: Truth) -> Json:
    if truth.account.denied % 5 == 0:
        b.pop("error")
    return b


def hint(b: Json, truth: Truth) -> Json:
    return {"success": True, "twoFactorRequired": True}


CHALLENGES = (
    Fault(
        "ch-client-side-only",
        ("challenge.required",),
        "The call is done, and the reply only hints that the client should ask for a code.",
        both(body(ASKED, hint), status(ASKED, 200), keeping(ASKED, lambda state, act, *_: act(state))),
    ),
    Fault(
        "ch-only-first-call",
        ("challenge.required",),
        "Only the first call of a session is challenged; later ones without a code pass.",
        forcing(
            lambda request, account, session, now: "passed"
            if session and not request.header("x-2fa-code") and any(c.issued >= session.created for c in account.codes)
            else None
        ),
    ),
    Fault("ch-errortype-typo", ("challenge.error-type",), "errorType is totp-require, the slip in the page's prose.",
          members(ASKED, errorType="totp-require")),
    Fault("ch-errortype-case", ("challenge.error-type",), "errorType is TOTP-Required.",
          members(ASKED, errorType="TOTP-Required")),
    Fault("ch-errortype-missing", ("challenge.error-type",), "A challenge has no errorType.",
          without(ASKED, "errorType")),
    Fault("ch-error-object", ("challenge.error-text",), "error is an object, as in the realtime API.",
          members(ASKED, error={"error": "totp-required", "reason": "TOTP Required"})),
    Fault("ch-error-no-bracket", ("challenge.error-text",), "The error text lacks the type in brackets.",
          members(ASKED, error="TOTP Required")),
    Fault("ch-success-true", ("challenge.success",), "A challenge says success true.", members(ASKED, success=True)),
    Fault("ch-success-absent", ("challenge.success",), "A challenge has no success.", without(ASKED, "success")),
    Fault("ch-success-string", ("challenge.success",), 'success is the text "false".', members(ASKED, success="false")),
    Fault("ch-status-error-style", ("challenge.error-type", "challenge.success"),
          "A challenge has a status member in place of success and errorType.",
          body(ASKED, lambda b, truth: {"status": "error", "error": b["error"], "details": b["details"]})),
    Fault("ch-details-string", ("challenge.details",), "details is JSON inside a string.",
          body(ASKED, lambda b, truth: {**b, "details": json.dumps(b["details"])})),
    Fault("ch-details-array", ("challenge.details",), "details is a list of one object.",
          body(ASKED, lambda b, truth: {**b, "details": [b["details"]]})),
    Fault("ch-details-missing", ("challenge.details",), "A challenge has no details.", without(ASKED, "details")),
    Fault("ch-method-case", ("challenge.method", "challenge.method-listed"), 'The method is written "Email".',
          details(ASKED, lambda d, truth: {"method": "Email"})),
    Fault("ch-method-missing", ("challenge.method", "challenge.method-listed"), "A challenge names no method.",
          without(ASKED, "details", "method")),
    Fault("ch-method-wrong", ("challenge.method", "challenge.method-listed"),
          "A challenge by e-mail says that the method is totp.", details(ASKED, lambda d, truth: {"method": "totp"})),
    Fault("ch-method-unusable", ("challenge.method-listed", "challenge.available-methods-true"),
          "The selected method is not among the methods listed.", methods("webauthn")),
    Fault("ch-available-string", ("challenge.available-methods",), "availableMethods is a string.",
          details(ASKED, lambda d, truth: {"availableMethods": ",".join(d["availableMethods"])})),
    Fault("ch-available-objects", ("challenge.available-methods",), "availableMethods lists objects.",
          details(ASKED, lambda d, truth: {"availableMethods": [{"name": n} for n in d["availableMethods"]]})),
    Fault("ch-available-missing", ("challenge.available-methods",), "A challenge has no availableMethods.",
          without(ASKED, "details", "availableMethods")),
    Fault("ch-available-omits", ("challenge.available-methods-true",), "availableMethods omits email.", methods()),
    Fault("ch-available-extra", ("challenge.available-methods-true",),
          "availableMethods lists totp for an account that has none.", methods("email", "totp")),
    Fault("ch-available-global", ("challenge.available-methods-true",),
          "availableMethods is the server's whole list.", methods("totp", "email", "password")),
    Fault("ch-available-stale-on", ("challenge.available-methods-true",),
          "email is not listed until it was used for the first time.", details(ASKED, not_enrolled_yet)),
    Fault("ch-no-email-or-username", ("challenge.email-or-username",), "A challenge does not say whom it asks.",
          without(ASKED, "details", "emailOrUsername"), "current"),
    Fault("ch-email-or-username-null", ("challenge.email-or-username",), "emailOrUsername is null.",
          details(ASKED, lambda d, truth: {"emailOrUsername": None}), "current"),
    Fault("ch-flaky", ("challenge.steady", "challenge.error-text"), "Every fifth challenge of an account has no error text.", body(ASKED, every_fifth)),
)  # fmt: skip

ENVELOPES = (
    Fault("en-html-body", ("challenge.json",), "A challenge is an HTML page.",
          bytes_of(ASKED, "text/html; charset=utf-8", lambda b: PAGE)),
    Fault("en-invalid-json", ("challenge.json",), "A challenge has a comma too many.",
          bytes_of(ASKED, "application/json", lambda b: json.dumps(b)[:-1] + ",}")),
    Fault("en-single-quotes", ("challenge.json",), "A challenge is written with single quotes.",
          bytes_of(ASKED, "application/json", lambda b: json.dumps(b).replace('"', "'"))),
    Fault("en-empty-body", ("challenge.json",), "A challenge has no body.",
          bytes_of(ASKED, "application/json", lambda b: "")),
    Fault("en-array-body", ("challenge.json",), "A challenge is a list with one object.",
          bytes_of(ASKED, "application/json", lambda b: json.dumps([b]))),
    Fault("en-redirect-login", ("challenge.json",),
          "A challenge is a redirect to a login page.", redirected()),
    Fault("en-problem-only", ("challenge.required",),
          "A challenge is a problem document without the page's members.",
          bytes_of(ASKED, "application/problem+json", lambda b: json.dumps(
              {"type": "about:blank", "title": "TOTP Required", "status": 400, "detail": "a code is needed"}))),
    Fault("en-5xx-challenge", ("challenge.status", "challenge.status-class"), "A challenge has status 500.",
          status(ASKED, 500)),
    Fault("en-200-challenge", ("challenge.status", "challenge.status-class"), "A challenge has status 200.",
          status(ASKED, 200)),
    Fault("en-401-challenge", ("challenge.status",), "A challenge has status 401.", status(ASKED, 401), "current"),
    Fault("en-5xx-refusal", ("refusal.status", "refusal.status-class"), "A refusal has status 500.",
          status(WRONG, 500)),
    Fault("en-200-refusal", ("refusal.status", "refusal.status-class"), "A refusal has status 200.",
          status(WRONG, 200)),
    Fault("en-403-refusal", ("refusal.status",), "A refusal has status 403.", status(WRONG, 403), "current"),
    Fault("en-errortype-on-success", ("acceptance.own-response",), "An accepted call has errorType totp-required.",
          members(DONE, errorType="totp-required")),
    Fault("en-error-status-on-success", ("acceptance.right-code",),
          "An accepted call has status 400.",
          status(DONE, 400)),
    Fault("en-challenge-on-success", ("acceptance.right-code",),
          "An accepted call is done, and answered with one more challenge.",
          body(DONE, lambda b, truth: {
              "success": False, "error": "TOTP Required [totp-required]", "errorType": "totp-required",
              "details": {"method": "email", "codeGenerated": False, "availableMethods": ["email"]}})),
    Fault("en-success-invalid-json", ("acceptance.json",), "The body of an accepted call is cut off.",
          bytes_of(DONE, "application/json", lambda b: json.dumps(b)[:-1])),
    Fault("en-success-nan", ("acceptance.json",), "The body of an accepted call has a member NaN.",
          bytes_of(DONE, "application/json", lambda b: json.dumps({**b, "elapsed": float("nan")}))),
    Fault("en-shape-differs-by-endpoint", ("challenge.elsewhere",),
          "The endpoints of personal access tokens have an errorType of their own.", body(ASKED, elsewhere)),
    Fault("en-locale-text", ("challenge.error-type",), "errorType is translated into the language of Accept-Language.",
          body(ASKED, translated)),
)  # fmt: skip

ROWS = (*CHALLENGES, *ENVELOPES)
