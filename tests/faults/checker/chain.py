"""I8: the audit record."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.checker.violation import Violation
from tests.faults.history import History
from tests.faults.record import Record


def the_record_of_acts_only_grows(history: History, record: Record) -> Iterator[Violation]:
    """I8: the chain verifies; no head that somebody saw became shorter or was replaced by another."""
    for finding in record.findings:
        yield Violation("I8", "-", finding)
    reached = 0
    for head in history.heads:
        if head.number < reached:
            yield Violation("I8", "-", f"the chain ended at {reached}, later at {head.number}")
        reached = max(reached, head.number)
        if head.number > len(record.chain):
            yield Violation("I8", "-", f"the chain ended at {head.number}, at the end at {len(record.chain)}")
        elif head.number and record.chain[head.number - 1] != head.digest:
            yield Violation("I8", "-", f"event {head.number} is not the one that was seen")
