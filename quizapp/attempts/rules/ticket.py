"""Tickets: what a browser shows with every request of the hot path.

Sealed by the installation (AES-256-GCM), so that a browser can neither read nor change them: the layout names
the bank's own options. They spare the server from reading who, which paper and in which order again at every
save. A ticket opens nothing by itself: the statement that uses it asks whether the sign-in still lives.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quizapp.attempts.rules.layout import Slot
from quizapp.kernel.errors import InputError
from quizapp.kernel.keys import derived

NONCE = 12
WRONG = "保存请求的格式不对，请刷新页面后重试"


@dataclass(frozen=True, slots=True)
class Entry:
    """Lets one person begin one exam. `shift`: by how many milliseconds the end of the window is put off for whom
    a spread start lets begin later; 0 where the window has room for it."""

    candidate_id: int
    exam_id: int
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    """Lets one person work on one attempt. `layout`: position, section, kind, options and blanks of each question
    in the order shown. `grace_seconds`: how long after the deadline something may still arrive."""

    candidate_id: int
    exam_id: int
    attempt_id: uuid.UUID
    grace_seconds: int
    layout: Sequence[Sequence[Any]]

    @classmethod
    def for_layout(
        cls, candidate_id: int, exam_id: int, attempt_id: uuid.UUID, grace_seconds: int,
        layout: Sequence[Mapping[str, Any]],
    ) -> Ticket:
        """From a layout as it is stored."""
        lines = [(entry["q"], entry["section"], entry["kind"], entry["options"], entry["blanks"]) for entry in layout]
        return cls(candidate_id, exam_id, attempt_id, grace_seconds, lines)

    def __len__(self) -> int:
        return len(self.layout)

    def slot(self, number: int) -> Slot:
        """The question at a place, counted from 1."""
        position, section, kind, options, blanks = self.layout[number - 1]
        return Slot(number, position, section, kind, tuple(options), blanks)


class Press:
    """Makes and reads tickets with a key that is derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        self._attempts = AESGCM(derived(secret, "attempt ticket"))
        self._entries = AESGCM(derived(secret, "entry ticket"))
        self._outboxes = derived(secret, "answers on a device")

    def ticket(self, ticket: Ticket) -> str:
        return _sealed(self._attempts, [ticket.candidate_id, ticket.exam_id, ticket.attempt_id.hex,
                                        ticket.grace_seconds, ticket.layout])

    def entry(self, entry: Entry) -> str:
        return _sealed(self._entries, [entry.candidate_id, entry.exam_id, entry.shift])

    def read_ticket(self, text: object) -> Ticket:
        """Raises InputError for anything that this installation has not made."""
        candidate_id, exam_id, attempt_id, grace_seconds, layout = _opened(self._attempts, text)
        return Ticket(candidate_id, exam_id, uuid.UUID(attempt_id), grace_seconds, layout)

    def outbox_key(self, candidate_id: int, attempt_id: uuid.UUID) -> str:
        """What a browser encrypts unsaved answers with: the same for this person and attempt every time."""
        return base64.b64encode(hmac.digest(self._outboxes, f"{candidate_id}/{attempt_id}".encode(), "sha256")).decode()

    def read_entry(self, text: object) -> Entry:
        return Entry(*_opened(self._entries, text))


def _sealed(key: AESGCM, facts: Sequence[Any]) -> str:
    nonce = os.urandom(NONCE)
    plain = zlib.compress(json.dumps(facts, separators=(",", ":")).encode(), 6)
    return base64.urlsafe_b64encode(nonce + key.encrypt(nonce, plain, None)).decode()


def _opened(key: AESGCM, text: object) -> list[Any]:
    if not isinstance(text, str) or len(text) > 65_536:
        raise InputError(WRONG)
    try:
        raw = base64.urlsafe_b64decode(text)
        facts: list[Any] = json.loads(zlib.decompress(key.decrypt(raw[:NONCE], raw[NONCE:], None)))
    except (ValueError, InvalidTag):
        raise InputError(WRONG) from None
    return facts
