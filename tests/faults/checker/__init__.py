"""The checker: a history and what the database holds at the end → what was promised and not kept.

Every answer is a register of its own whose sequence only rises, so one pass in the order of time is enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.faults.checker import answers, attempts, chain
from tests.faults.checker.violation import Violation
from tests.faults.history import History, Outcome, Submit
from tests.faults.record import Record

Invariant = Callable[[History, Record], Iterable[Violation]]

INVARIANTS: Sequence[Invariant] = (
    answers.nothing_acknowledged_is_lost,
    answers.nothing_is_invented,
    answers.every_acknowledged_save_is_logged_once,
    answers.no_read_goes_back,
    attempts.one_attempt_and_one_receipt,
    attempts.nothing_late_is_scored,
    attempts.nothing_changes_after_the_receipt,
    chain.the_record_of_acts_only_grows,
)


@dataclass(frozen=True)
class Verdict:
    violations: Sequence[Violation]
    acknowledged: int
    attempts: int
    submitted: int

    @property
    def green(self) -> bool:
        return not self.violations

    @property
    def broken(self) -> set[str]:
        """Names of the invariants that do not hold."""
        return {violation.invariant for violation in self.violations}

    def count(self, invariant: str) -> int:
        return Counter(violation.invariant for violation in self.violations)[invariant]


def check(history: History, record: Record) -> Verdict:
    """I1 to I8; every violation that there is."""
    found = [violation for invariant in INVARIANTS for violation in invariant(history, record)]
    receipts = {op.attempt for op in history.operations() if isinstance(op, Submit) and op.outcome is Outcome.OK}
    return Verdict(found, history.acknowledged(), len(record.attempts), len(receipts))


__all__ = ["INVARIANTS", "Verdict", "Violation", "check"]
