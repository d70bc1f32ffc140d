"""The desk of one marker, the same whether one person marks an exam's answers or two do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from quizapp.exams.models import Exam
from quizapp.kernel.errors import ForbiddenError
from quizapp.marking import double, queries, readings, service
from quizapp.marking.agreement import MARKERS
from quizapp.marking.models import MarkingReading, MarkingRecord
from quizapp.marking.queries import Waiting
from quizapp.marking.rules import Entry, Given, Queue, queue_for


@dataclass(frozen=True)
class Desk:
    """Where `marker_id` marks the answers of `exam`. Blind: nothing here says what others gave, nor whether they did."""

    session: Session
    exam: Exam
    marker_id: int
    today: date
    secret: str

    @property
    def by_two(self) -> bool:
        return self.exam.markers == MARKERS

    def queue(self) -> Queue:
        """What waits for this marker. Of answers that two people mark, `marked` counts the marker's own readings."""
        entries, barred = queries.entries(self.session, self.exam.id), self._barred()
        read = readings.readers(self.session, self.exam.id) if self.by_two else {}
        mine = [one for one in entries if self.marker_id not in read.get((one.attempt_id, one.position), ())]
        queue = queue_for([one for one in mine if one.candidate_id not in barred], self.marker_id, self.secret)
        own = queue.own + sum(one.marker_id is None and one.candidate_id in barred for one in mine)
        marked = readings.given_by(self.session, self.exam.id, self.marker_id) if self.by_two else (
            sum(one.marker_id is not None for one in entries))
        return replace(queue, own=own, marked=marked)

    def _barred(self) -> set[int]:
        """People other than the marker whose answers this exam keeps from the marker."""
        if not self.exam.own_unit_barred:
            return set()
        found = readings.of_own_unit(self.session, self.exam.id, self.marker_id, self.today)
        return found - {self.marker_id}

    def check_may_mark(self, entry: Entry) -> None:
        """Raises ForbiddenError for an own answer, and where the exam asks so for one of the own unit."""
        service.check_not_own(entry, self.marker_id)
        if entry.candidate_id in self._barred():
            raise ForbiddenError("这场考试不评本单位的作答，请由别的单位的阅卷人评")

    def correctable(self, entry: Entry) -> MarkingRecord | MarkingReading | None:
        """What this marker gave to that answer, where it may still be corrected here."""
        if not self.by_two:
            given = queries.latest(self.session, self.exam.id, self.marker_id)
            return given if given is not None and queries.is_of(given, entry) else None
        found = readings.of_answer(self.session, entry)
        own = next((one for one in found if one.marker_id == self.marker_id), None)
        if own is None or entry.marker_id is not None:
            return None
        latest = readings.latest(self.session, self.exam.id, self.marker_id)
        return own if double.is_correctable(found, own, latest) else None

    def waits(self, entry: Entry) -> bool:
        """Whether the answer waits for this marker."""
        if entry.marker_id is not None:
            return False
        return not self.by_two or all(
            one.marker_id != self.marker_id for one in readings.of_answer(self.session, entry))

    def last(self) -> MarkingRecord | MarkingReading | None:
        """The marks that this marker gave last, while they may be corrected."""
        if not self.by_two:
            return queries.latest(self.session, self.exam.id, self.marker_id)
        given = readings.latest(self.session, self.exam.id, self.marker_id)
        if given is None:
            return None
        entry = queries.entry_at(self.session, self.exam.id, given.attempt_id, given.position)
        return given if entry is not None and self.correctable(entry) is not None else None

    def give(self, entry: Entry, given: Given, now: datetime) -> double.Read:
        """The marks, by whichever way the exam is marked. Raises as `service.mark` and `double.read` do."""
        self.check_may_mark(entry)
        if self.by_two:
            return double.read(self.session, self.exam, entry, self.marker_id, given, now=now)
        before: Decimal | None = service.mark(self.session, self.exam.id, entry, self.marker_id, given, now=now)
        return double.Read(0, before, given.score, given.points)


def exams(session: Session, marker_id: int, today: date, secret: str) -> list[Waiting]:
    """As `queries.exams`; where two people mark or units are barred, as the marker's own desk has it."""
    rows = []
    for row in queries.exams(session, marker_id):
        desk = Desk(session, row.exam, marker_id, today, secret)
        if desk.by_two or row.exam.own_unit_barred:
            queue = desk.queue()
            row = Waiting(row.exam, len(queue.waiting), queue.own, row.marked, mine=queue.marked if desk.by_two else None)
        rows.append(row)
    return sorted(rows, key=lambda row: not row.waiting)
