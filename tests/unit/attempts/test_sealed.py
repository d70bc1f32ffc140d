"""Sealed files: opened only by the key they were made for, for the attempt they were made in, and unchanged."""

from __future__ import annotations

import base64
import json
import os
import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quizapp.attempts.rules.sealed import FORMAT, ORDER, SealingKey
from quizapp.attempts.rules.ticket import Press
from quizapp.kernel.errors import InputError

ATTEMPT = uuid.UUID("0190c2a4-7d7e-7c3e-8a52-1f0d6b1c9e55")
CONTENT = {"attempt": str(ATTEMPT), "candidate": 7, "saves": [{"q": 1, "seq": 12, "response": ["2"], "flagged": False}]}


@pytest.fixture
def key() -> SealingKey:
    return Press("a secret of this test").sealing


def sealed(key: SealingKey, content: dict[str, Any] = CONTENT, attempt: uuid.UUID = ATTEMPT, **changes: str) -> bytes:
    """As a browser seals, written down once more from the format."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(key.public["key"]))
    own = ec.generate_private_key(ec.SECP256R1())
    secret = HKDF(SHA256(), 32, salt=b"", info=b"quizapp-sealed-1").derive(own.exchange(ec.ECDH(), theirs))
    iv = os.urandom(12)
    parts = {"epk": own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint), "iv": iv,
             "data": AESGCM(secret).encrypt(iv, json.dumps(content).encode(), str(attempt).encode())}
    written = {name: base64.b64encode(value).decode() for name, value in parts.items()}
    return json.dumps({"format": FORMAT, "key": key.id} | written | changes).encode()


def test_opens_what_was_sealed_for_this_attempt(key: SealingKey) -> None:
    assert key.open(sealed(key), ATTEMPT) == CONTENT


def test_the_key_is_the_same_every_time_and_another_with_another_secret(key: SealingKey) -> None:
    assert Press("a secret of this test").sealing.public == key.public
    assert Press("another secret").sealing.public != key.public
    assert SealingKey.derived_from(ORDER.to_bytes(48)).id  # the edge of the group: not the point at infinity


@pytest.mark.parametrize("part", ["epk", "iv", "data"])
def test_a_changed_file_does_not_open(key: SealingKey, part: str) -> None:
    parts = json.loads(sealed(key))
    raw = bytearray(base64.b64decode(parts[part]))
    raw[-1] ^= 1
    with pytest.raises(InputError, match="打不开"):
        key.open(json.dumps(parts | {part: base64.b64encode(bytes(raw)).decode()}).encode(), ATTEMPT)


def test_a_file_of_another_attempt_does_not_open(key: SealingKey) -> None:
    other = uuid.uuid4()
    with pytest.raises(InputError, match="不属于这次作答"):
        key.open(sealed(key, CONTENT | {"attempt": str(other)}, other), ATTEMPT)
    with pytest.raises(InputError, match="不属于这次作答"):
        key.open(sealed(key, CONTENT | {"attempt": str(other)}), ATTEMPT)  # bound to one, telling of another


def test_a_file_for_another_key_says_so(key: SealingKey) -> None:
    with pytest.raises(InputError, match="另一把密钥"):
        key.open(sealed(Press("another secret").sealing), ATTEMPT)


@pytest.mark.parametrize("file", [
    b"", b"\xff\xfe", b"[]", b'{"format": "zip"}', b'{"format": "quizapp-sealed-1"}',
    b'{"format": "quizapp-sealed-1", "key": 1, "epk": "", "iv": "", "data": ""}',
])
def test_other_files_are_told_apart(key: SealingKey, file: bytes) -> None:
    with pytest.raises(InputError, match="不是本平台的封存作答文件"):
        key.open(file, ATTEMPT)


@pytest.mark.parametrize("changes", [{"epk": "!"}, {"iv": ""}, {"data": ""}, {"epk": "AAAA"}])
def test_nonsense_inside_is_refused(key: SealingKey, changes: dict[str, str]) -> None:
    with pytest.raises(InputError, match="打不开"):
        key.open(sealed(key, **changes), ATTEMPT)


def test_each_person_and_attempt_has_an_outbox_key_of_its_own() -> None:
    press = Press("a secret of this test")
    keys = {press.outbox_key(person, attempt) for person in (1, 2) for attempt in (ATTEMPT, uuid.UUID(int=1))}
    assert len(keys) == 4
    assert press.outbox_key(1, ATTEMPT) == Press("a secret of this test").outbox_key(1, ATTEMPT)
    assert all(len(base64.b64decode(key)) == 32 for key in keys)
