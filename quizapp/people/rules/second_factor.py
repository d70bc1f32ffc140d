"""The second factor: codes of an authenticator (TOTP, RFC 6238), recovery codes, codes handed over by a liaison."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quizapp.kernel.errors import ConflictError
from quizapp.kernel.keys import derived
from quizapp.kernel.text import to_half_width

STEP = 30  # seconds
DRIFT = 1  # steps by which a clock may be wrong
# how long after the password the code may follow
SECOND_STEP_LASTS = timedelta(minutes=10)
# Wrong codes of one account from all addresses that the person never signed in from, in WAIT_WINDOW. Only who has
# the password gets as far, and an address that the person uses is not counted: others cannot shut them out there.
MOST_CODES_FROM_AFAR = 20
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
CODE_LASTS = timedelta(minutes=30)
CODE_LENGTH = 8
# More than one address can try in half an hour, slowed as it is: who knows a work number cannot use up the code.
CODE_TRIES = 100
# without 0 O 1 I L, which people mix up
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NONCE = 12
UNREADABLE = "验证器的密钥在这台服务器上读不出来，请用恢复码登录，或者请安全管理员重置你的两步验证"


@dataclass(frozen=True)
class Vault:
    """What the secret of the installation keeps: secrets of authenticators, and the salt of handed-over codes."""

    secret: str

    def seal(self, person_id: int, key: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._box().encrypt(nonce, key.encode(), str(person_id).encode())

    def unseal(self, person_id: int, sealed: bytes) -> str:
        """Raises ConflictError where it was sealed under another secret, or for somebody else."""
        try:
            return self._box().decrypt(sealed[:NONCE], sealed[NONCE:], str(person_id).encode()).decode()
        except InvalidTag:
            raise ConflictError(UNREADABLE) from None

    def salt(self, login: str) -> bytes:
        return hmac.digest(derived(self.secret, "code from the liaison"), login.encode(), "sha256")[:16]

    def _box(self) -> AESGCM:
        return AESGCM(derived(self.secret, "second factor"))


def new_key() -> str:
    return pyotp.random_base32()


def address_of(key: str, login: str, issuer: str) -> str:
    """What the QR code says (`otpauth://…`)."""
    return pyotp.TOTP(key).provisioning_uri(name=login, issuer_name=issuer)


def step_of(key: str, code: str, now: datetime, after: int) -> int | None:
    """The time step whose code this is, one step early or late allowed; None for any other code, and for a step
    up to `after`: a code that was used, or one older than that, opens nothing."""
    present = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(key)
    steps = [step for step in range(present - DRIFT, present + DRIFT + 1)
             if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return next((step for step in steps if step > after), None)


def is_from_authenticator(code: str) -> bool:
    return len(code) == 6 and code.isdecimal()


def typed(text: str) -> str:
    """A code as it was made, however it was typed: half-width, upper case, without spaces and strokes."""
    return "".join(c for c in to_half_width(text).upper() if c.isalnum() and c.isascii())


def shown(code: str) -> str:
    """In two groups, as people read and type it."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def new_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def in_groups(key: str) -> str:
    """The key of an authenticator as people type it."""
    return " ".join(key[start:start + 4] for start in range(0, len(key), 4))
