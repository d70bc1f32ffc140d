"""What `quizapp audit verify` proves of results on paper: each came with an import that is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.exams.models import Result
from quizapp.people.models import Person


@proves
class PaperResults(Check):
    """The last imported score of everybody, by exam and login; None for one that was withdrawn."""

    actions = frozenset({"import_paper_results", "erase_person"})

    def __init__(self) -> None:
        super().__init__()
        self.imported: dict[tuple[int, str], tuple[Decimal | None, str]] = {}

    def hear(self, event: Link) -> None:
        detail: Any = event.fields["detail"]
        if event.fields["action"] == "erase_person":
            self._rename(int(str(event.fields["object_id"])), detail["fingerprint"])
            return
        for login, change in detail["changes"].items():
            after = None if change["after"] is None else Decimal(change["after"])
            self.imported[int(str(event.fields["object_id"])), login] = after, detail.get("sat_at", "")

    def _rename(self, person_id: int, known: str) -> None:
        """Whoever was erased has another work number now: the event proves which they had."""
        for exam_id, login in list(self.imported):
            if hashlib.sha256(f"{person_id}\n{login}".encode()).hexdigest() == known:
                self.imported[exam_id, f"erased-{person_id}"] = self.imported.pop((exam_id, login))

    def findings(self, session: Session) -> Iterator[Finding]:
        rows = session.execute(
            select(Result.exam_id, Person.login, Result.score, Result.sat_at, Result.attempts, Result.attempt_id)
            .join(Person, Person.id == Result.candidate_id)
            .where(Result.source == "paper").execution_options(yield_per=1000)
        )
        for exam_id, login, score, sat_at, attempts, attempt_id in rows:
            self.looked_at["paper_results"] += 1
            imported, at = self.imported.pop((exam_id, login), (None, ""))
            where = f"考试 {exam_id} 工号 {login}"
            if imported != score:
                said = "审计链里没有导入" if imported is None else f"导入的是 {imported}"
                yield Finding("result", where, f"纸质成绩记的是 {score}，{said}")
            elif (attempts, attempt_id) != (1, None) or (at and at != moment(sat_at)):
                yield Finding("result", where, "纸质成绩的时间或者次数与导入时不同")
        for (exam_id, login), (imported, _at) in self.imported.items():
            if imported is not None:
                yield Finding("result", f"考试 {exam_id} 工号 {login}", f"导入过纸质成绩 {imported}，现在没有")
