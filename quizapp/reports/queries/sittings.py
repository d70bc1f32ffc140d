"""An exam and its make-ups apart and together: every attempt for itself, then each person once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Integer, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt
from quizapp.exams.models import RosterEntry
from quizapp.kernel.rates import Rate
from quizapp.reports.queries.exam import total_of, wanted_people
from quizapp.reports.rules.report import Choice, ExamFacts


@dataclass(frozen=True, slots=True)
class SittingLine:
    """`kind`: attempt (papers handed in as attempt `number`), attempts (all of them), people (each once, by the attempt
    that counts) or together (make-ups merged in). `handed_in`: papers of the first two, people of the others, who alone
    have a number `expected`."""

    kind: str
    exam: ExamFacts
    handed_in: int
    passed: int
    number: int = 0
    expected: int | None = None

    @property
    def pass_of_handed_in(self) -> Rate:
        return Rate(self.passed, self.handed_in)

    @property
    def pass_of_expected(self) -> Rate | None:
        return None if self.expected is None else Rate(self.passed, self.expected)


def sittings(session: Session, exam: ExamFacts, make_ups: Sequence[ExamFacts], scope: Sequence[str], choice: Choice) -> list[SittingLine]:
    """A roster without the units chosen has no lines."""
    alone = replace(choice, with_make_up=False)
    found: list[SittingLine] = []
    for one in (exam, *make_ups):
        total = total_of(session, one, (), scope, alone)
        if total is not None:
            found += [*_attempts(session, one, scope, choice), SittingLine("people", one, total.sat, total.passed, expected=total.expected)]
    together = total_of(session, exam, make_ups, scope, replace(choice, with_make_up=True)) if make_ups else None
    if together is not None:
        found.append(SittingLine("together", exam, together.sat, together.passed, expected=together.expected))
    return found


def _attempts(session: Session, exam: ExamFacts, scope: Sequence[str], choice: Choice) -> list[SittingLine]:
    """Papers handed in by people expected, by the number of the attempt; void ones are none."""
    passed = type_coerce(Attempt.score, Integer) >= exam.lines.passed
    rows = session.execute(
        select(Attempt.number, func.count(), func.count().filter(passed))
        .join(RosterEntry, (RosterEntry.exam_id == Attempt.exam_id) & (RosterEntry.candidate_id == Attempt.candidate_id))
        .where(Attempt.exam_id == exam.id, Attempt.state.in_(("submitted", "expired")), RosterEntry.status == "expected",
               *wanted_people(session, exam.id, scope, choice))
        .group_by(Attempt.number).order_by(Attempt.number)
    ).all()
    lines = [SittingLine("attempt", exam, row[1], row[2], row[0]) for row in rows]
    if len(lines) > 1:
        lines.append(SittingLine("attempts", exam, sum(one.handed_in for one in lines), sum(one.passed for one in lines)))
    return lines
