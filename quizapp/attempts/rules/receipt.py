"""The receipt of a paper that was handed in: anybody with the rows can compute it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

SHOWN = 16


def receipt(
    attempt_id: UUID, candidate_id: int, finished_at: datetime, answers: Iterable[tuple[int, int, Sequence[str]]]
) -> str:
    """SHA-256 (hex) over attempt, candidate, moment and every (position, sequence, response), in order."""
    facts = {
        "attempt": str(attempt_id),
        "candidate": candidate_id,
        "finished_at": finished_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "answers": sorted([position, seq, list(response)] for position, seq, response in answers),
    }
    plain = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def shorten(value: str) -> str:
    """The first sixteen characters in groups of four, as a person can compare them."""
    head = value[:SHOWN].upper()
    return " ".join(head[start : start + 4] for start in range(0, len(head), 4))
