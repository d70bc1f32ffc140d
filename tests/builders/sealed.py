"""Sealed files as a browser makes them, written down once more from the format."""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ATTEMPT = uuid.UUID("0190c2a4-7d7e-7c3e-8a52-1f0d6b1c9e55")


def contents(**changes: Any) -> dict[str, Any]:
    """What a page seals; any part of it changed."""
    return {
        "attempt": str(ATTEMPT), "candidate": 7, "client_id": "tab-one-0001", "epoch": 1,
        "saved_at": "2026-11-25T02:40:00.000Z",
        "saves": [{"q": 1, "seq": 12, "response": ["2"], "flagged": False, "seen": True}],
    } | changes


def sealed(public: Mapping[str, str], content: dict[str, Any] | None = None, **outer: Any) -> bytes:
    """`public`: id and point of the key it is for; `outer`: parts of the outer side, changed afterwards."""
    content = contents() if content is None else content
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public["key"]))
    own = ec.generate_private_key(ec.SECP256R1())
    secret = HKDF(SHA256(), 32, salt=b"", info=b"quizapp-sealed-1").derive(own.exchange(ec.ECDH(), theirs))
    iv = os.urandom(12)
    parts = {
        "epk": own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), "iv": iv,
        "data": AESGCM(secret).encrypt(iv, json.dumps(content).encode(), str(content["attempt"]).encode()),
    }
    written = {name: base64.b64encode(value).decode() for name, value in parts.items()}
    return json.dumps({"format": "quizapp-sealed-1", "key": public["id"], "attempt": content["attempt"]} | written
                      | outer).encode()
