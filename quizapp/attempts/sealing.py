"""The key for sealed files: made on first use, kept beside the database, readable by its owner alone.

It is no child of the installation's secret: that one may be changed at any time, and files that were sealed before
still have to open.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from flask import current_app

from quizapp.attempts.rules.sealed import SealingKey
from quizapp.kernel.errors import FileError
from quizapp.keyfile import kept_key

NAME = "sealing.key"


def sealing_key() -> SealingKey:
    """The key of the running installation."""
    return _read(Path(current_app.instance_path) / NAME)


@cache
def _read(path: Path) -> SealingKey:
    try:
        private = load_der_private_key(kept_key(path, _made), password=None)
    except ValueError:
        private = None
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        raise FileError("密钥文件 %(file)s 已损坏，请从备份恢复", file=str(path))
    return SealingKey(private)


def _made() -> bytes:
    return generate_private_key(SECP256R1()).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
