"""What a test may ask for by name. A handle is made when the test is performed (scene.py), not in pytest's setup."""

from __future__ import annotations

from typing import Final

PEOPLE: Final = {
    "alice": "a user with email 2FA on, logged in",
    "bob": "another user like alice",
    "carol": "a user with an authenticator",
    "dave": "a user with nothing but a password",
    "erin": "a user with email 2FA and an authenticator",
    "frank": "a user whose address is not verified",
    "ida": "another user like carol",
    "judy": "another user like dave",
    "root": "an administrator with email 2FA on",
    "ruth": "an administrator with nothing but a password",
}
THINGS: Final = {
    "protected": "the call that this target challenges",
    "page_call": "the protected call that the page gives as an example",
    "enabling": "the call that switches email 2FA on",
    "disabling": "the call that switches email 2FA off",
    "token_creation": "a protected call whose effect can be counted",
    "token_procedure": "the same as a method that is called over REST",
    "walk": "a way through the protocol that the run's seed chooses",
    "replies": "all replies of the run, held against the OpenAPI document",
}
WALK: Final = "walk"
"""The handle of tests whose failure may be what another test has found: they are concluded after the others of their stage."""
RECORD: Final = "replies"
"""The handle of tests that look at what all others were answered, and so come last."""
HANDLES: Final = PEOPLE | THINGS
