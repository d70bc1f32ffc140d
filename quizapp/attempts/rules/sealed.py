"""Answers in a file that only the server can open: what the exam page offers when the network is gone for good.

Format `quizapp-sealed-1`, a JSON object. The browser makes an ephemeral P-256 key and agrees with the server's
public key (ECDH); HKDF-SHA256 without salt and with the format's name as info makes the key of AES-256-GCM; the
attempt's id in ASCII is bound in as additional data. All bytes are base64:

    {"format": "quizapp-sealed-1", "key": id of the server's key, "epk": raw point, "iv": 12 bytes, "data": ciphertext}

In it: {"attempt", "candidate", "client_id", "epoch", "saved_at", "saves": [{"q", "seq", "response", "flagged",
"seen"}, …]}, every answer of the page as it stood.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quizapp.kernel.errors import InputError

FORMAT = "quizapp-sealed-1"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve's group
FOREIGN = "这个文件不是本平台的封存作答文件，请核对后重新选择"
OTHER_KEY = "这个文件是用另一把密钥封存的，本平台打不开；密钥换过时，请用换之前的密钥处理"
DAMAGED = "这个文件打不开：不属于这次作答，或者内容已损坏、被改动"


class SealingKey:
    """The installation's key for sealed files. `public`: what the exam page is given."""

    SEED: ClassVar[int] = 48  # more than the 32 bytes of the curve's order, so that no key is likelier than another

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.id = hashlib.sha256(point).hexdigest()[:16]
        self.public = {"id": self.id, "key": base64.b64encode(point).decode()}

    @classmethod
    def derived_from(cls, seed: bytes) -> SealingKey:
        """The same key for the same seed."""
        return cls(ec.derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, ec.SECP256R1()))

    def open(self, file: bytes, attempt_id: uuid.UUID) -> dict[str, Any]:
        """What was sealed for this attempt. Raises InputError for any other file."""
        parts = _read(file)
        if parts["key"] != self.id:
            raise InputError(OTHER_KEY)
        try:
            epk, iv, data = (base64.b64decode(parts[name], validate=True) for name in ("epk", "iv", "data"))
            theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
            shared = self._private.exchange(ec.ECDH(), theirs)
            key = HKDF(SHA256(), 32, salt=None, info=FORMAT.encode()).derive(shared)
            content = json.loads(AESGCM(key).decrypt(iv, data, str(attempt_id).encode()))
        except (ValueError, InvalidTag):
            raise InputError(DAMAGED) from None
        if not isinstance(content, dict) or content.get("attempt") != str(attempt_id):
            raise InputError(DAMAGED)
        return content


def _read(file: bytes) -> dict[str, str]:
    try:
        parts = json.loads(file)
    except ValueError:
        raise InputError(FOREIGN) from None
    if not isinstance(parts, dict) or parts.get("format") != FORMAT:
        raise InputError(FOREIGN)
    if not all(isinstance(parts.get(name), str) for name in ("key", "epk", "iv", "data")):
        raise InputError(FOREIGN)
    return parts
