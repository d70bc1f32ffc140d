"""What `quizapp audit verify` proves of exams: forms, keys and marking rules are those that were committed to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.exams import queries
from quizapp.exams.committing import COMMITTED, OPENED, content
from quizapp.exams.models import Commitment, Exam

Said = tuple[int, dict[str, Any]]


@proves
class Commitments(Check):
    """Heard: exam → number and detail of the event of its commitment, and of its opening."""

    actions = frozenset({COMMITTED, OPENED})

    def __init__(self) -> None:
        super().__init__()
        self.committed: dict[int, Said] = {}
        self.opened: dict[int, Said] = {}

    def hear(self, event: Link) -> None:
        facts: Any = event.fields
        heard = self.committed if facts["action"] == COMMITTED else self.opened
        heard[int(facts["object_id"])] = event.number, dict(facts["detail"])

    def findings(self, session: Session) -> Iterator[Finding]:
        without = 0
        for exam, made in queries.commitments(session):
            if made is None:
                without += exam.id not in self.committed
                continue
            self.looked_at["commitments"] += 1
            for what in self._wrong(session, exam, made):
                yield Finding("commitment", f"考试 {exam.id}《{exam.title}》", what)
            self.committed.pop(exam.id, None)
        for exam_id, (number, _detail) in self.committed.items():
            yield Finding("commitment", f"考试 {exam_id}", f"审计链第 {number} 条登记了承诺，现在没有")
        if without:
            self.remarks.append(f"{without} 场线上考试是以前的版本发布的，没有登记承诺，试卷和答案无从核对")

    def _wrong(self, session: Session, exam: Exam, made: Commitment) -> Iterator[str]:
        number, said = self.committed.get(exam.id, (0, {}))
        if not said:
            yield "承诺不在审计链里"
        elif (said.get("digest"), said.get("committed_at")) != (made.digest, moment(made.committed_at)):
            yield f"承诺与审计链第 {number} 条登记的不同"
        if hashlib.sha256(content(session, exam, made.salt)).hexdigest() != made.digest:
            yield "试卷、答案或者计分规则与承诺的不同：发布以后被改动过"
        number, opened = self.opened.get(exam.id, (0, {}))
        if opened.get("opened_at") != (moment(made.opened_at) if made.opened_at else None):
            yield f"公开的时间与审计链{f'第 {number} 条' if number else '里'}的不同"
        elif number and opened.get("salt") != made.salt:
            yield f"盐值与审计链第 {number} 条公开的不同"
