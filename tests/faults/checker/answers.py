"""I1 to I4: single answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tests.faults.checker.violation import Violation
from tests.faults.history import Edge, History, Outcome, Read, Save, Shown
from tests.faults.record import Record

Place = tuple[str, int]  # attempt and question


def nothing_acknowledged_is_lost(history: History, record: Record) -> Iterator[Violation]:
    """I1: the stored sequence is at least the greatest that was acknowledged, by the server or by the browser."""
    promised: set[tuple[str, int, int]] = set()
    for op in history.operations():
        if isinstance(op, Save) and op.outcome is Outcome.OK:
            promised |= {(op.attempt, op.question, op.seq), (op.attempt, op.question, op.held)}
        elif isinstance(op, Shown):
            promised.add((op.attempt, op.question, op.seq))
    for attempt, question, seq in sorted(promised):
        held = _held(record, attempt, question)
        if held < seq:
            yield Violation("I1", attempt, f"sequence {seq} was acknowledged, {held} is stored", question)


def nothing_is_invented(history: History, record: Record) -> Iterator[Violation]:
    """I2: what is stored, logged or shown was sent, with this sequence and this value."""
    sent, by_tab = set(), set()
    for op in history.operations():
        if isinstance(op, Save):
            sent.add((op.attempt, op.question, op.seq, op.value))
            by_tab.add((op.attempt, op.process, op.question, op.seq, op.value))
    for attempt in record.attempts.values():
        for question, held in attempt.answers.items():
            if (attempt.id, question, held.seq, held.value) not in sent:
                yield Violation("I2", attempt.id, f"nobody sent what is stored with sequence {held.seq}", question)
        for line in attempt.events:
            if (attempt.id, line.process, line.question, line.seq, line.value) not in by_tab:
                yield Violation("I2", attempt.id, f"nobody sent the event {line.seq} of {line.process}", line.question)
    for op in history.operations():
        if isinstance(op, Read):
            for question, (seq, value) in op.found.items():
                if (op.attempt, question, seq, value) not in sent:
                    yield Violation("I2", op.attempt, f"nobody sent what was read with sequence {seq}", question)


def every_acknowledged_save_is_logged_once(history: History, record: Record) -> Iterator[Violation]:
    """I3: an acknowledged save is in the event log exactly once, as one that counts; so is every stored answer."""
    logged = Counter(
        (attempt.id, line.process, line.question, line.seq, line.value)
        for attempt in record.attempts.values() for line in attempt.events if not line.refused
    )
    acknowledged = {
        (op.attempt, op.process, op.question, op.seq, op.value): None
        for op in history.operations() if isinstance(op, Save) and op.outcome is Outcome.OK
    }
    for key in acknowledged:
        if logged[key] != 1:
            attempt_id, process, question, seq, _value = key
            times = logged[key]
            yield Violation("I3", attempt_id, f"event {seq} of {process} is logged {times} times", question)
    counted = {(attempt, question, seq, value) for attempt, _tab, question, seq, value in logged}
    for attempt in record.attempts.values():
        for question, held in attempt.answers.items():
            if (attempt.id, question, held.seq, held.value) not in counted:
                logged_as = [line.refused for line in attempt.events if (line.question, line.seq) == (question, held.seq)]
                yield Violation("I3", attempt.id, f"the stored sequence {held.seq} has no event that counts, it is"
                                f" logged as {logged_as}", question)


def no_read_goes_back(history: History, record: Record) -> Iterator[Violation]:
    """I4: what is read after an acknowledgement or another read never has a smaller sequence.

    The answer to a save is a read as well: it says what is held.
    """
    known: defaultdict[str, dict[int, int]] = defaultdict(dict)
    due: dict[int, Mapping[int, int]] = {}  # what each operation has to show at least, by its identity
    for edge, op in history.log:
        if edge is Edge.INVOKED:
            if isinstance(op, Save):
                due[id(op)] = {op.question: max(op.seq, known[op.attempt].get(op.question, 0))}
            elif isinstance(op, Read):
                due[id(op)] = dict(known[op.attempt])
        elif op.outcome is Outcome.OK and isinstance(op, Save | Read):
            shown = _shown(op)
            for question, least in due[id(op)].items():
                if shown.get(question, 0) < least:
                    yield Violation("I4", op.attempt, f"{op.process} was shown sequence {shown.get(question, 0)}"
                                    f" where {least} was known", question)
            for question, seq in shown.items():
                known[op.attempt][question] = max(seq, known[op.attempt].get(question, 0))


def _shown(op: Save | Read) -> dict[int, int]:
    if isinstance(op, Save):
        return {op.question: op.held}
    return {question: seq for question, (seq, _value) in op.found.items()}


def _held(record: Record, attempt: str, question: int) -> int:
    found = record.attempts.get(attempt)
    held = found.answers.get(question) if found else None
    return held.seq if held else 0
