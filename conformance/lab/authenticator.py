"""One-time passwords of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds) and its backup codes.

Written without a look at the engine's. Everything here is about one account that has an authenticator, or is about to.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from dataclasses import replace
from struct import pack, unpack_from
from urllib.parse import quote

from conformance.lab.accounts import Account, Authenticator, State, digest, draw, put
from conformance.lab.messages import Request
from conformance.lab.rules import Attempt, spell

STEP = 30
BACKUP_CODES, BACKUP_LENGTH = 12, 8
LETTERS = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"  # none that is mistaken for another
MAX_DELTA = "Accounts_TwoFactorAuthentication_MaxDelta"


def code_of(secret: str, step: int) -> str:
    """The code of a Base32 secret in one step of thirty seconds."""
    mac = hmac.digest(b32decode(secret + "=" * (-len(secret) % 8)), pack(">Q", step), "sha1")
    (word,) = unpack_from(">I", mac, mac[19] & 0x0F)
    return f"{(word & 0x7FFFFFFF) % 1_000_000:06d}"


def new_secret(state: State, account: Account) -> tuple[State, str]:
    """A secret of 32 bytes: 52 letters of Base32."""
    state, value = draw(state, f"authenticator {account.id}")
    return state, b32encode(value).decode().rstrip("=")


def address_of(account: Account, secret: str) -> str:
    """What an app reads from the picture that is shown at enrolment."""
    return f"otpauth://totp/Rocket.Chat:{quote(account.username)}?secret={secret}"


def new_backup_codes(state: State, account: Account) -> tuple[State, list[str]]:
    """Twelve codes of eight letters and digits."""
    made = []
    for _ in range(BACKUP_CODES):
        state, value = draw(state, f"backup code {account.id}")
        made.append(spell(value, LETTERS, BACKUP_LENGTH))
    return state, made


def fitting_steps(state: State, secret: str, sent: str, now: float) -> list[int]:
    """The steps around now, as many as the server's setting allows, in which this code is the secret's."""
    delta, present = int(state.settings[MAX_DELTA]), int(now // STEP)
    return [step for step in range(max(0, present - delta), present + delta + 1) if code_of(secret, step) == sent]


def verify(state: State, account: Account, sent: str, request: Request, now: float) -> tuple[State, bool]:
    """Judges a code of the app, or a backup code, which is one by its length; what was right is spent."""
    device = account.authenticator
    backup = len(sent) == BACKUP_LENGTH
    steps = [] if backup else fitting_steps(state, device.secret, sent, now)
    if state.rules.totp_once:
        steps = [step for step in steps if step > device.last_step]
    right = digest(sent) in device.backup_codes if backup else bool(steps)
    rules = state.rules
    if not rules.proves(Attempt(sent, "totp", right, (), account, state, request, now)):
        return state, False
    return put(
        state,
        replace(state.accounts[account.id], authenticator=spent(device, sent if rules.backup_once else "", steps)),
    ), True


def spent(device: Authenticator, sent: str, steps: list[int]) -> Authenticator:
    """The authenticator after a right code: codes of this step and of those before it are over, so is a backup code."""
    left = tuple(code for code in device.backup_codes if code != digest(sent))
    return replace(device, backup_codes=left, last_step=max([device.last_step, *steps[:1]]))
