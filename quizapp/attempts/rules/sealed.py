"""Answers in a file that only this installation can open: format quizapp-sealed-1.

The browser agrees on a key with the installation's (ECDH on P-256, its own key made for this one file), derives an
AES-256-GCM key from it (HKDF-SHA256 without salt, named by the format) and binds the attempt in as additional data.
Nobody on the way can read or change what is inside. Who made it is not proved by this: whoever has the page has the
public key. So a file is a claim, to be decided on by people.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.responses import stored
from quizapp.attempts.rules.saves import SEQ_MAX, Save, newest, read_client_id, read_saves
from quizapp.kernel.errors import InputError

FORMAT = "quizapp-sealed-1"
FAMILY = "quizapp-sealed-"
MAX_BYTES = 1024 * 1024
MAX_SAVES = 2_000
FILE_CLIENT = "file-"
"""How the name begins under which saves out of a file stand in the record of events."""

NOT_OURS = "这不是封存的作答文件，请选择考试页面下载的那一份（文件名以 .quizapp 结尾）"
TOO_LARGE = "文件超过 1 MB，不是封存的作答文件；请选择考试页面下载的那一份"
FUTURE = "这份文件的格式是 %(format)s，平台还不认识；请先升级平台再上交"
DAMAGED = "文件已损坏或者被改动过，打不开；请从下载它的那台设备重新复制一份"
OTHER_KEY = "这份文件是给另一处平台封存的（密钥 %(theirs)s，本平台是 %(ours)s），这里打不开；请交到下载它的那个网址"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The outer side of a file: what can be read without the key."""

    key_id: str
    attempt: str
    point: bytes
    iv: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """What a browser had on its device. `saved_at`: its own clock, evidence only."""

    attempt_id: uuid.UUID
    candidate_id: int
    client_id: str
    epoch: int
    saved_at: datetime | None
    saves: tuple[Save, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is kept in quarantine; `read_contents` reads it back."""
        return {
            "attempt": str(self.attempt_id), "candidate": self.candidate_id, "client_id": self.client_id,
            "epoch": self.epoch, "saved_at": self.saved_at.isoformat() if self.saved_at else None,
            "saves": [{"q": s.number, "seq": s.seq, "response": s.response, "flagged": s.flagged, "seen": s.seen}
                      for s in self.saves],
        }


class SealingKey:
    """The private key of an installation. `id`: 16 hexadecimal digits; `public`: what the exam page is given, id
    and raw point in base64."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._private = private
        self.id = hashlib.sha256(point).hexdigest()[:16]
        self.public = {"id": self.id, "key": base64.b64encode(point).decode()}

    def read(self, raw: bytes) -> Contents:
        """A file as it was uploaded -> what is in it. Raises InputError with one sentence for every wrong file."""
        envelope = read_envelope(raw)
        if envelope.key_id != self.id:
            raise InputError(OTHER_KEY, theirs=envelope.key_id, ours=self.id)
        return read_contents(_parsed(self._opened(envelope), DAMAGED))

    def _opened(self, envelope: Envelope) -> bytes:
        try:
            theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), envelope.point)
            key = agreed(self._private, theirs)
            return AESGCM(key).decrypt(envelope.iv, envelope.data, envelope.attempt.encode("ascii"))
        except (ValueError, InvalidTag):
            raise InputError(DAMAGED) from None


def agreed(private: EllipticCurvePrivateKey, public: EllipticCurvePublicKey) -> bytes:
    """The key of one file, the same from either side."""
    return HKDF(SHA256(), 32, salt=None, info=FORMAT.encode()).derive(private.exchange(ECDH(), public))


def read_envelope(raw: bytes) -> Envelope:
    """Raises InputError for what is no such file, or one of a later format."""
    if len(raw) > MAX_BYTES:
        raise InputError(TOO_LARGE)
    outer = _parsed(raw, NOT_OURS)
    name = outer.get("format")
    if not isinstance(name, str) or not name.startswith(FAMILY):
        raise InputError(NOT_OURS)
    if name != FORMAT:
        raise InputError(FUTURE, format=name[:40])
    key_id, attempt = outer.get("key"), outer.get("attempt")
    if not isinstance(key_id, str) or not isinstance(attempt, str) or not attempt.isascii():
        raise InputError(DAMAGED)
    return Envelope(key_id[:16], attempt, *(_bytes(outer.get(name)) for name in ("epk", "iv", "data")))


def read_contents(inner: Mapping[str, Any]) -> Contents:
    """Raises InputError for another shape."""
    try:
        candidate, epoch = inner["candidate"], inner["epoch"]
        whole = all(type(number) is int and 0 < number <= SEQ_MAX for number in (candidate, epoch))
        if not whole:
            raise InputError(DAMAGED)
        saves = read_saves(inner["saves"], MAX_SAVES)
        return Contents(uuid.UUID(inner["attempt"]), candidate, read_client_id(inner["client_id"]), epoch,
                        _moment(inner.get("saved_at")), saves)
    except (KeyError, TypeError, ValueError, AttributeError, InputError):
        raise InputError(DAMAGED) from None


def _parsed(raw: bytes, problem: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError(problem) from None
    if not isinstance(found, dict):
        raise InputError(problem)
    return found


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise InputError(DAMAGED)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(DAMAGED) from None


def _moment(value: object) -> datetime | None:
    """A clock that says nothing sensible is no reason to refuse the answers."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# ---------------------------------------------------------------- against what is stored


@dataclass(frozen=True, slots=True)
class Held:
    """What the server has of one question."""

    seq: int
    response: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One question of a file beside what is stored. `response`: as it would be stored. `problem`: why the file's
    answer cannot be one to this question, None where it can."""

    slot: Slot
    save: Save
    before: Held | None
    response: tuple[str, ...]
    problem: InputError | None

    @property
    def counts(self) -> bool:
        """Whether acceptance moves it: it fits, and its sequence is greater than the stored one."""
        return self.problem is None and (self.before is None or self.save.seq > self.before.seq)

    @property
    def differs(self) -> bool:
        """Whether the answer itself would become another one."""
        return self.counts and self.response != (self.before.response if self.before else ())


def changes(layout: Sequence[Slot], saves: Sequence[Save], held: Callable[[int], Held | None]) -> list[Change]:
    """The newest save of each question in the file, by number; `held` by position on the form.

    Numbers that the paper does not have are left out: no answer could be stored for them.
    """
    found = []
    for save in sorted(newest(saves), key=lambda save: save.number):
        if save.number > len(layout):
            continue
        slot = layout[save.number - 1]
        response, problem = _fitting(slot, save)
        found.append(Change(slot, save, held(slot.position), response, problem))
    return found


def _fitting(slot: Slot, save: Save) -> tuple[tuple[str, ...], InputError | None]:
    try:
        return tuple(stored(slot, save.response)), None
    except InputError as problem:
        return (), problem
