"""The product's calls that need a second factor, as its OpenAPI document lists them, and how their effects show.

Calls that reach beyond a test's own account, and those that only some editions of the product have, are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.binding import UPDATE
from conformance.model import Protected
from conformance.setting_names import NAMES, WRITTEN_BY_TESTS

TOKENS: Final = "GET /api/v1/users.getPersonalAccessTokens"

TOKEN_CREATION: Final = Protected(
    route="POST /api/v1/users.generatePersonalAccessToken",
    body={"tokenName": "{nonce}"},
    read_back=TOKENS,
    path="tokens.[name={nonce}].name",
    reader="user",
)

TOKEN_REMOVAL: Final = replace(TOKEN_CREATION, route="POST /api/v1/users.removePersonalAccessToken")

TOKEN_PROCEDURE: Final = replace(
    TOKEN_CREATION,
    procedure="personalAccessTokens:generateToken",
    body={"tokenName": "{nonce}", "bypassTwoFactor": False},
)

DOCUMENTED: Final[dict[str, Protected]] = {
    "users.update": UPDATE,
    "users.2fa.disableEmail": Protected("POST /api/v1/users.2fa.disableEmail"),
    "users.generatePersonalAccessToken": TOKEN_CREATION,
    "users.regeneratePersonalAccessToken": Protected(
        route="POST /api/v1/users.regeneratePersonalAccessToken",
        body={"tokenName": "{nonce}"},
        read_back=TOKENS,
        path="tokens.[name={nonce}].lastTokenPart",
        reader="user",
        first=TOKEN_CREATION,
    ),
    "users.removePersonalAccessToken": replace(TOKEN_REMOVAL, first=TOKEN_CREATION),
    "users.updateOwnBasicInfo: email": Protected(
        route="POST /api/v1/users.updateOwnBasicInfo",
        body={"data": {"email": "{address}"}},
        read_back="GET /api/v1/me",
        path="emails.0.address",
        reader="user",
        reversible=False,
    ),
    "users.updateOwnBasicInfo: password": Protected(
        route="POST /api/v1/users.updateOwnBasicInfo",
        body={"data": {"newPassword": "{password}"}},
        opens_login=True,
        reversible=False,
    ),
    "users.resetTOTP": Protected("POST /api/v1/users.resetTOTP", reversible=False),
    "users.resetE2EKey": Protected("POST /api/v1/users.resetE2EKey", visible=False, reversible=False),
}
"""By name: the route, and what it is used for where it has several uses."""

UNTRUSTING: Final = {
    name: call
    for name, call in DOCUMENTED.items()
    if name.startswith(("users.updateOwnBasicInfo", "users.resetTOTP", "users.resetE2EKey"))
}
"""Those that the product asks a second factor for whatever is trusted; users.2fa.disableEmail, another one, is judged apart."""

SEVERAL: Final = replace(
    UPDATE,
    body={"userId": "{user_id}", "data": {"name": "{nonce}", "bio": "{nonce}"}},
    reversible=False,
)
"""Several changes in one call: what the second one has changed stands beside the first one's."""

SETTING: Final = Protected(
    route=f"POST /api/v1/settings/{NAMES['max_delta']}",
    body={"value": WRITTEN_BY_TESTS["max_delta"]},
    read_back=f"GET /api/v1/settings/{NAMES['max_delta']}",
    path="value",
)
"""What only an administrator may call; the value is put back by the run."""
