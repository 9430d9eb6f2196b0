"""The product's settings of two-factor authentication, by short name."""

from __future__ import annotations

from typing import Final

_PREFIX: Final = "Accounts_TwoFactorAuthentication_"

NAMES: Final = {
    "enabled": f"{_PREFIX}Enabled",
    "email": f"{_PREFIX}By_Email_Enabled",
    "totp": f"{_PREFIX}By_TOTP_Enabled",
    "fallback": f"{_PREFIX}Enforce_Password_Fallback",
    "code_expiration": f"{_PREFIX}By_Email_Code_Expiration",
    "remember_for": f"{_PREFIX}RememberFor",
    "max_delta": f"{_PREFIX}MaxDelta",
    "maximum": f"{_PREFIX}Max_Invalid_Email_Code_Attempts",
}
DEFAULTS: Final = {"maximum": 5}
WRITTEN_BY_TESTS: Final = {"max_delta": 2}
"""What tests themselves write, in a phase that sets it to something else: the value that calls.SETTING is about."""
