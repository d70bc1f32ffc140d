"""The receipt of a paper that was handed in: anybody with the rows can compute it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

SHOWN = 16


def event_digest(
    attempt_id: UUID, client_id: str, seq: int, position: int, response: Sequence[str], flagged: bool
) -> str:
    """SHA-256 (hex) over one save as it was sent, however often: what an acknowledgement names."""
    return _digest([str(attempt_id), client_id, seq, position, list(response), flagged])


def receipt(
    attempt_id: UUID, candidate_id: int, finished_at: datetime, answers: Iterable[tuple[int, int, Sequence[str]]],
    events: Iterable[tuple[str, datetime]] = (),
) -> str:
    """SHA-256 (hex) over attempt, candidate, moment, every (position, sequence, response), and the digest and
    moment of arrival of all saves that counted, each in a fixed order."""
    return _digest({
        "attempt": str(attempt_id),
        "candidate": candidate_id,
        "finished_at": _moment(finished_at),
        "answers": sorted([position, seq, list(response)] for position, seq, response in answers),
        "events": sorted([digest, _moment(at)] for digest, at in events),
    })


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(facts: object) -> str:
    plain = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def shorten(value: str) -> str:
    """The first sixteen characters in groups of four, as a person can compare them."""
    head = value[:SHOWN].upper()
    return " ".join(head[start : start + 4] for start in range(0, len(head), 4))
