"""The product's settings of two-factor authentication, by short name, and those that a run wants to have a certain value."""

from __future__ import annotations

from typing import Final

_PREFIX: Final = "Accounts_TwoFactorAuthentication_"

NAMES: Final = {
    "enabled": f"{_PREFIX}Enabled",
    "email": f"{_PREFIX}By_Email_Enabled",
    "totp": f"{_PREFIX}By_TOTP_Enabled",
    "fallback": f"{_PREFIX}Enforce_Password_Fallback",
    "auto_opt_in": f"{_PREFIX}By_Email_Auto_Opt_In",
    "code_expiration": f"{_PREFIX}By_Email_Code_Expiration",
    "remember_for": f"{_PREFIX}RememberFor",
    "max_delta": f"{_PREFIX}MaxDelta",
    "maximum": f"{_PREFIX}Max_Invalid_Email_Code_Attempts",
    "rate_limiter": "API_Enable_Rate_Limiter",
}
DEFAULTS: Final = {"maximum": 5}
WRITTEN_BY_TESTS: Final = {"max_delta": 2}
"""What tests themselves write, in a phase that sets it to something else: the value that calls.SETTING is about."""

FOR_A_RUN: Final[dict[str, bool | int]] = {"auto_opt_in": False, "rate_limiter": False, "remember_for": 0}
"""What --configure-target sets. The memory of a success comes last: as long as it lasts, it spares the admin further codes."""
