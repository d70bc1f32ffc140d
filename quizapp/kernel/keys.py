"""Keys for one purpose each, derived from the secret of the installation."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret: str, purpose: str) -> bytes:
    """A key of 256 bits for one purpose (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"quizapp {purpose}".encode()).derive(secret.encode())
