"""The installation's seal: Ed25519 signatures with a key that lies outside the database.

It proves that something left this installation as it is. It is an integrity seal, not an electronic signature
under the law: that takes an accredited service (behind the same two functions, one day).
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import current_app

from quizapp.keyfile import kept_key

NAME = "seal.key"


class Seal:
    """Signs and verifies text. Signatures are base64, the public key hexadecimal."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, text: str) -> str:
        return base64.b64encode(self._private.sign(text.encode())).decode()

    def verifies(self, text: str, signature: str) -> bool:
        return verifies(self.public_key, text, signature)


def verifies(public_key: str, text: str, signature: str) -> bool:
    """Whether this key (hexadecimal) signed this text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(base64.b64decode(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def seal() -> Seal:
    """The seal of the running installation."""
    return _read(Path(current_app.instance_path) / NAME)


@cache
def _read(path: Path) -> Seal:
    return Seal(Ed25519PrivateKey.from_private_bytes(kept_key(path, _made)))


def _made() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
