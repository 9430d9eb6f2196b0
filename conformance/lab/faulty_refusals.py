"""Faults in the wording of refusals (iv)."""

from __future__ import annotations

from conformance.lab.alterations import WRONG, both, bytes_of, details, members, status, without
from conformance.lab.fault import Fault
from conformance.lab.faulty_replies import PAGE

ROWS = (
    Fault("iv-errortype", ("refusal.error-type", "attempts.maximum"), "errorType of a refusal is invalid-totp.",
          members(WRONG, errorType="invalid-totp")),
    Fault("iv-errortype-missing", ("refusal.error-type", "attempts.maximum"), "A refusal has no errorType.", without(WRONG, "errorType")),
    Fault("iv-max-attempts-early", ("refusal.error-type", "attempts.maximum"),
          "The first wrong code is answered with totp-max-attempts.",
          members(WRONG, errorType="totp-max-attempts",
                  error="TOTP Maximun Failed Attempts Reached [totp-max-attempts]")),
    Fault("iv-challenge-again", ("refusal.error-type", "attempts.maximum"),
          "A wrong code is answered with the challenge again.",
          members(WRONG, errorType="totp-required", error="TOTP Required [totp-required]")),
    Fault("iv-success-true", ("refusal.success",), "A refusal says success true.", members(WRONG, success=True)),
    Fault("iv-success-absent", ("refusal.success",), "A refusal has no success.", without(WRONG, "success")),
    Fault("iv-swapped-text", ("refusal.error-text",), "The error text of a refusal is that of a challenge.",
          members(WRONG, error="TOTP Required [totp-required]")),
    Fault("iv-no-bracket", ("refusal.error-text",), "The error text of a refusal lacks the type in brackets.",
          members(WRONG, error="TOTP Invalid")),
    Fault("iv-details-missing", ("refusal.method", "refusal.available-methods"), "A refusal has no details.", without(WRONG, "details")),
    Fault("iv-method-missing", ("refusal.method",), "A refusal names no method.", without(WRONG, "details", "method")),
    Fault("ms-invalid-other-method", ("refusal.method",), "A refusal names another method than the one tried.",
          details(WRONG, lambda d, truth: {"method": "totp"})),
    Fault("iv-available-string", ("refusal.available-methods",), "availableMethods of a refusal is a string.",
          details(WRONG, lambda d, truth: {"availableMethods": "email"}), "current"),
    Fault("iv-available-missing", ("refusal.available-methods",), "A refusal has no availableMethods.",
          without(WRONG, "details", "availableMethods"), "current"),
    Fault("iv-generic-401", ("refusal.json",), "A refusal is a plain text with status 401.",
          both(status(WRONG, 401), bytes_of(WRONG, "text/plain", lambda b: "Unauthorized"))),
    Fault("iv-html-body", ("refusal.json",), "A refusal is an HTML page.",
          bytes_of(WRONG, "text/html; charset=utf-8", lambda b: PAGE)),
    Fault("iv-empty-body", ("refusal.json",), "A refusal has no body.",
          bytes_of(WRONG, "application/json", lambda b: "")),
)  # fmt: skip
