"""I5 to I7: whole attempts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tests.faults.checker.violation import Violation
from tests.faults.history import Edge, History, Outcome, Read, Save, Start, Submit
from tests.faults.record import Attempt, Record


def one_attempt_and_one_receipt(history: History, record: Record) -> Iterator[Violation]:
    """I5: one attempt per candidate, exam and number, one open at a time; every start that was answered is there;
    one receipt, the same for whoever asks, and it is what the rows say."""
    numbers = Counter((a.candidate, a.exam, a.number) for a in record.attempts.values())
    opened = Counter((a.candidate, a.exam) for a in record.attempts.values() if not a.over and a.state != "void")
    for (candidate, exam, number), times in numbers.items():
        if times > 1:
            yield Violation("I5", "-", f"candidate {candidate} has attempt {number} of exam {exam} {times} times")
    for (candidate, exam), times in opened.items():
        if times > 1:
            yield Violation("I5", "-", f"candidate {candidate} has {times} open attempts of exam {exam}")
    yield from _starts(history, record)
    yield from _receipts(history, record)


def _starts(history: History, record: Record) -> Iterator[Violation]:
    for op in history.operations():
        if isinstance(op, Start) and op.outcome is Outcome.OK:
            found = record.attempts.get(op.attempt)
            if found is None or (found.candidate, found.exam) != (op.candidate, op.exam):
                yield Violation("I5", op.attempt, f"candidate {op.candidate} began it, and it is not there")


def _receipts(history: History, record: Record) -> Iterator[Violation]:
    given: defaultdict[str, set[str]] = defaultdict(set)
    for op in history.operations():
        if isinstance(op, Submit) and op.outcome is Outcome.OK:
            given[op.attempt].add(op.receipt)
    for attempt_id, receipts in given.items():
        found = record.attempts.get(attempt_id)
        if found is None or not found.over:
            yield Violation("I5", attempt_id, "a receipt was given, and it is not handed in")
        elif receipts != {found.receipt}:
            yield Violation("I5", attempt_id, f"receipts {sorted(receipts)} were given, {found.receipt} is stored")
    for attempt in record.attempts.values():
        if attempt.over and attempt.receipt != attempt.proved:
            yield Violation("I5", attempt.id, "the receipt does not follow from the rows")
        if attempt.seals > 1:
            yield Violation("I5", attempt.id, f"the audit chain holds its receipt {attempt.seals} times")


def nothing_late_is_scored(history: History, record: Record) -> Iterator[Violation]:
    """I6: nothing counts that arrived after deadline and grace, by the server's own moments and by the history."""
    for attempt in record.attempts.values():
        for line in attempt.events:
            if not line.refused and line.received_at > attempt.latest:
                late = line.received_at - attempt.latest
                yield Violation("I6", attempt.id, f"event {line.seq} counts and came {late:.1f} s late", line.question)
        for question, held in attempt.answers.items():
            if held.saved_at > attempt.latest:
                yield Violation("I6", attempt.id, f"sequence {held.seq} was stored too late", question)
    for op in history.operations():
        if isinstance(op, Save) and op.outcome is Outcome.OK:
            found = record.attempts.get(op.attempt)
            # the clock may have been moved while the server worked: late only if it was so at both ends
            if found and min(op.invoked.clock, op.ended.clock) > found.latest:
                yield Violation("I6", op.attempt, f"sequence {op.seq} was sent too late and acknowledged", op.question)


def nothing_changes_after_the_receipt(history: History, record: Record) -> Iterator[Violation]:
    """I7: what the browser's manifest names is stored, unless time was up; what was sent after the receipt never
    counts; every read of an attempt that is over shows the same."""
    final = {attempt.id: _answers(attempt) for attempt in record.attempts.values()}
    handed_in: set[str] = set()
    before: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    after: dict[int, Save] = {}
    for edge, op in history.log:
        if isinstance(op, Save) and edge is Edge.INVOKED:
            if op.attempt in handed_in:
                after[id(op)] = op
            else:
                before[op.attempt].add((op.question, op.seq))
        elif edge is Edge.ENDED and op.outcome is Outcome.OK:
            if isinstance(op, Save) and id(op) in after:
                yield Violation("I7", op.attempt, f"sequence {op.seq} was accepted after the receipt", op.question)
            elif isinstance(op, Submit) and op.attempt in final:
                handed_in.add(op.attempt)
                if record.attempts[op.attempt].state == "submitted":
                    yield from _manifest(op, final[op.attempt])
            elif isinstance(op, Read) and op.over and op.found != final.get(op.attempt, {}):
                yield Violation("I7", op.attempt, f"what {op.process} read when it was over is not what is stored")
    for attempt_id in handed_in & final.keys():
        for question, (seq, _value) in final[attempt_id].items():
            if (question, seq) not in before[attempt_id]:
                yield Violation("I7", attempt_id, f"sequence {seq} counts and was sent after the receipt", question)


def _manifest(op: Submit, stored: Mapping[int, tuple[int, str]]) -> Iterator[Violation]:
    for question, seq in op.manifest.items():
        held = stored.get(question, (0, ""))[0]
        if held < seq:
            yield Violation("I7", op.attempt, f"handed in with sequence {seq}, {held} is stored", question)


def _answers(attempt: Attempt) -> dict[int, tuple[int, str]]:
    return {question: (held.seq, held.value) for question, held in attempt.answers.items()}
