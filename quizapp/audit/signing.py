"""The installation's seal: Ed25519 signatures with a key that lies outside the database.

It proves that something left this installation as it is. It is an integrity seal, not an electronic signature
under the law: that takes an accredited service (behind the same two functions, one day).
"""

from __future__ import annotations

import base64
import os
import secrets
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import current_app

from quizapp.kernel.errors import FileError

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
    """The key of this installation, made on first use and readable by its owner alone."""
    if not path.exists():
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        _write_whole(path, raw)
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise FileError("密钥文件 %(file)s 的权限太宽，请改为仅属主可读写（chmod 600）", file=str(path))
    return Seal(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


def _write_whole(path: Path, raw: bytes) -> None:
    """Of two that start at once one makes the key; nobody ever reads half of it."""
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # the other one was quicker
        path.hardlink_to(draft)
    draft.unlink()
