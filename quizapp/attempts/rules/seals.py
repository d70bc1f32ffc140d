"""What of a finished attempt goes into the audit chain: its receipt, and a digest of everything else that is final."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

BATCH = 100  # receipts of one event: with all their saves they are in memory at once
# named one by one: a column that is added some day must not change what was sealed before
COLUMNS = (
    "candidate_id", "id", "exam_id", "number", "form_id", "layout", "state", "epoch", "client_id", "started_at", "deadline_at",
    "finished_at", "revision", "break_left", "receipt", "signature",
)
# what may still change after handing in: marks given by a person, and the number of the event itself; empty by then
LATER = frozenset({"score", "needs_marking", "sealed_by", "break_started_at"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of a sealing event. `record`: digest of all rows of the attempt that nothing may change any more."""

    exam_id: int
    attempt_id: UUID
    receipt: str
    record: str

    def entry(self) -> bytes:
        """What stands in the Merkle tree of the event."""
        return canonical([self.exam_id, str(self.attempt_id), self.receipt, self.record]).encode()


def canonical(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record_digest(
    attempt: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]
) -> str:
    """SHA-256 (hex) over the columns of an attempt, its answers (without their marks) and the saves that counted,
    each in a fixed order."""
    plain = {
        "attempt": {name: _plain(attempt[name]) for name in COLUMNS},
        "answers": sorted([row["position"], row["seq"], row["response"], row["flagged"], row["seen"], _moment(row["saved_at"])]
                          for row in answers),
        "events": sorted([row["client_id"], row["seq"], row["position"], row["response"], row["flagged"], row["seen"],
                          _moment(row["received_at"]), row["digest"]] for row in events),
    }
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    return str(value) if isinstance(value, UUID) else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def as_detail(leaves: Sequence[Leaf]) -> dict[str, list[list[str]]]:
    """Exam → [attempt, receipt, record] of each, in the order of the tree."""
    found: dict[str, list[list[str]]] = {}
    for leaf in leaves:
        found.setdefault(str(leaf.exam_id), []).append([str(leaf.attempt_id), leaf.receipt, leaf.record])
    return found


def in_order(leaves: Sequence[Leaf]) -> list[Leaf]:
    """By exam and attempt: the order in which an event keeps them, whatever order they were read in."""
    return sorted(leaves, key=lambda leaf: (leaf.exam_id, leaf.attempt_id.bytes))


def from_detail(detail: Mapping[str, Any]) -> list[Leaf]:
    """What an event says. Raises ValueError, TypeError or AttributeError for another shape."""
    return in_order([
        Leaf(int(exam_id), UUID(attempt_id), receipt, record)
        for exam_id, entries in detail["receipts"].items() for attempt_id, receipt, record in entries
    ])
