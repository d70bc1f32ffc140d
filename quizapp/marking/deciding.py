"""What takes two persons about a question of an exam that was held: another key, or voiding it; the exam is marked anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said, as_it_is
from quizapp.attempts import service as attempts
from quizapp.attempts.correcting import read_key, stored_key
from quizapp.attempts.models import Attempt, Regrade
from quizapp.attempts.rules.correcting import FULL, KEY, REMOVED, VOID, Correction
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.roles import Role
from quizapp.marking import challenging, previewing, regrading
from quizapp.marking.bounds import BASIS_CHARS, checked_words
from quizapp.marking.challenging import Question
from quizapp.marking.regrading import AFTER_REGRADE, Regraded, ResultChange
from quizapp.marking.telling import Link, tell
from quizapp.questions import withdrawing
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.marking import Key
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.schema import Fill, Multiple, Single

WAYS = {FULL: N_("作废：被问到的人都得这题的满分"), REMOVED: N_("作废：这题不计分，其余各题折算成满分")}


def params_of(session: Session, found: Question, treatment: str, key: Key, basis: str) -> dict[str, Any]:
    """What is proposed, as it is stored. Raises InputError where it would change nothing, names no article, or voids
    otherwise than the exam's first void question; a form needs a question that is left."""
    basis = checked_words(basis, BASIS_CHARS, 2)
    now_treated = found.sheet.treated.get(found.asked.position, "")
    if treatment == KEY and now_treated not in VOID and _same(marking_key(found.asked.question), key):
        raise InputError("新答案和现在的一样，没有要改的")
    if treatment in VOID:
        used = {one for one in found.sheet.treated.values() if one in VOID} | _void_ways(session, found.exam.id)
        if used - {treatment}:
            raise InputError("这场考试先前作废的题用的是另一种计分办法；同一场考试只能用一种")
        if now_treated == treatment:
            raise InputError("这道题已经这样作废了")
        asked = Correction(found.asked.item_version_id, found.asked.part, treatment)
        if treatment == REMOVED and regrading.leaves_nothing(session, found.exam, asked):
            raise InputError("剔除以后，卷上一道计分的题都不剩；可以给满分")
    return {"exam": found.exam.id, "version": found.asked.item_version_id, "part": found.asked.part, "treatment": treatment,
            "key": stored_key(key), "basis": basis,
            "after": regrades(session, found.exam.id)}


def _same(one: Key, other: Key) -> bool:
    if all(isinstance(entry, str) for entry in one):
        return set(map(str, one)) == set(map(str, other))
    return [set(entry) for entry in one] == [set(entry) for entry in other]


def _void_ways(session: Session, exam_id: int) -> set[str]:
    return set(session.scalars(select(Regrade.treatment).where(Regrade.exam_id == exam_id, Regrade.treatment.in_(VOID))))


def regrades(session: Session, exam_id: int) -> int:
    """How often an exam has been marked anew."""
    return session.scalar(select(func.count()).select_from(Regrade).where(Regrade.exam_id == exam_id)) or 0


def history(session: Session, exam_id: int) -> list[Regrade]:
    return list(session.scalars(select(Regrade).where(Regrade.exam_id == exam_id).order_by(Regrade.number)))


def decision_of(params: Params, reason: str = "") -> Correction:
    return Correction(params["version"], params["part"], params["treatment"], read_key(params["key"]), params["after"] + 1, reason)


def check_ground(session: Session, exam: Exam, after: int, now: datetime) -> None:
    """Raises ConflictError where the exam cannot be marked anew now, or was since this was proposed."""
    if exam.kind != "online":
        raise ConflictError("纸质考试的答卷不在平台上，不能重新评分；请改正登记的成绩")
    if not exam.is_released(now) or not exam.is_over(now):
        raise ConflictError("考试全部结束、成绩公布以后，才能改答案或者作废试题")
    working = session.scalar(
        select(func.count()).select_from(Attempt)
        .where(Attempt.exam_id == exam.id, Attempt.state == "open", Attempt.deadline_at >= now)
    )
    if working:
        raise ConflictError("还有 %(n)s 人正在作答，等他们交卷以后再办", n=working)
    done = regrades(session, exam.id)
    if done != after:
        raise ConflictError("这场考试在提出以后已经重新评过分（现在是第 %(n)s 次），没有办理；请按现在的成绩重新预览、重新提出", n=done)


class MarkAnew(Act):
    object_type = "exam"
    readers = frozenset({Role.EXAM_ADMIN, Role.REVIEWER})
    action: ClassVar[str]

    def object_id(self, params: Params) -> str:
        return f"{params['exam']}/{params['version']}/{params['part']}"

    def title(self, session: Session, params: Params) -> str:
        return exams.get(session, params["exam"]).title

    def check_person(self, session: Session, params: Params, person_id: int) -> None:
        challenging.check_may_decide(session, params["exam"], params["version"], params["part"], person_id)

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        exam = exams.get(session, params["exam"])
        check_ground(session, exam, params["after"], now)
        return {"regrades": params["after"]}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        exam, decision = exams.get(session, params["exam"]), decision_of(params)
        found = challenging.question(session, exam.id, params["version"], params["part"])
        will = previewing.preview(session, exam, decision)
        units = previewing.in_short(will)
        lines = [
            Line(N_("题目"), as_it_is(plain_stem(found.asked.question.stem)), Said(N_("不变"))),
            Line(N_("答案"), key_words(found, marking_key(found.asked.question)), new_words(found, decision)),
            Line(N_("依据"), as_it_is(params["basis"]), Said(N_("不变"))),
            Line(N_("答卷"), Said(N_("%(n)s 份考了这道题"), {"n": will.asked}), Said(N_("%(n)s 份的得分有变"), {"n": will.attempts})),
            Line(N_("涉及的人"), Said(N_("0 人")), Said(N_("%(n)s 人的成绩有变"), {"n": will.changed})),
            Line(N_("合格"), Said(N_("%(n)s 人"), {"n": will.before}), Said(N_("%(n)s 人"), {"n": will.after})),
            Line(N_("合格与否有变"), Said(N_("0 人")),
                 Said(N_("%(up)s 人变为合格，%(down)s 人变为不合格"), {"up": will.newly_passed, "down": will.newly_failed})),
        ]
        if units:
            lines.append(Line(N_("按单位"), Said(N_("合格人数")), as_it_is(units)))
        return [*lines, Line(N_("题库"), Said(N_("在用")), Said(N_("停用，改正后的题经审题再用")))]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        """Under the lock on the exam: of two at once the second finds that the ground has moved."""
        exam = exams.fresh(session, params["exam"], lock=True)
        check_ground(session, exam, params["after"], now)
        attempts.finish_overdue(session, now=now, exam_id=exam.id)
        decision = decision_of(params, reason)
        found = challenging.question(session, exam.id, decision.version_id, decision.part)
        before = marking_key(found.asked.question)
        regrading.hold_attempts(session, exam)
        outcome = regrading.worked_out(session, exam, decision)
        numbers = previewing.counted(previewing.told_by(session, exam, outcome))
        done = regrading.write(session, exam, decision, outcome, params["basis"], by, now=now)
        bank = withdrawing.put_right(session, decision.version_id, decision.part, decision.key, reason, by)
        answered = challenging.grant(session, exam, decision.version_id, decision.part, reason, params["basis"], by, now=now)
        _tell(session, exam, done)
        for act in AFTER_REGRADE:
            act(session, done)
        regrade = session.get_one(Regrade, (exam.id, decision.number))
        return Done(self.action, exam.id, {
            "number": decision.number, "version": decision.version_id, "part": decision.part, "treatment": decision.treatment,
            "before": before, "key": regrade.key, "basis": params["basis"], "answers": regrade.answers,
            "attempts": regrade.attempts, "results": regrade.results, "digest": regrade.digest, "challenges": answered,
            "bank": bank, "at": now, **numbers,
        }, Said(N_("已重新评分（第 %(n)s 次）：%(changed)s 人的成绩有变，合格由 %(before)s 人变为 %(after)s 人"),
                {"n": decision.number, "changed": regrade.results, "before": numbers["passed_before"],
                 "after": numbers["passed_after"]}))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "marking.question", {"exam_id": params["exam"], "version_id": params["version"], "part": params["part"]}


@carries_out
class ChangeKey(MarkAnew):
    kind = Kind.CHANGE_KEY
    action = "change_key"


@carries_out
class VoidQuestion(MarkAnew):
    kind = Kind.VOID_QUESTION
    action = "void_question"


def kind_of(treatment: str) -> Kind:
    return Kind.CHANGE_KEY if treatment == KEY else Kind.VOID_QUESTION


def key_words(found: Question, key: Key) -> Said:
    """A key as people read it: B 十日内；60 / 六十. What it is while a question is void stands beside it."""
    question = found.asked.question
    if found.sheet.treated.get(found.asked.position) in VOID and tuple(key) == tuple(marking_key(question)):
        return Said(WAYS[found.sheet.treated[found.asked.position]])
    if isinstance(question, Single | Multiple):
        return as_it_is("；".join(f"{one} {question.options[str(one)]}" for one in key))
    if isinstance(question, Fill):
        return as_it_is("；".join(" / ".join(variants) for variants in key))
    if key:
        return Said(N_("正确")) if key[0] == "true" else Said(N_("错误"))
    return Said(N_("人工评分"))


def new_words(found: Question, decision: Correction) -> Said:
    return key_words(found, decision.key) if decision.treatment == KEY else Said(WAYS[decision.treatment])


def _tell(session: Session, exam: Exam, done: Regraded) -> None:
    """Everybody whose result changed, with both."""
    moved = [change for change in done.outcome.results if change.before != change.after]
    tell(session, exam.id, ((change.candidate_id, _sentence(exam, change), _link(change)) for change in moved), now=done.now)


def _sentence(exam: Exam, change: ResultChange) -> Said:
    words = {"title": exam.title, "before": _score(change.before), "after": _score(change.after)}
    passed = [score is not None and score >= exam.pass_mark * 100 for score in (change.before, change.after)]
    if passed == [False, True]:
        return Said(N_("《%(title)s》有试题更正，成绩由 %(before)s 分改为 %(after)s 分，现在合格"), words)
    if passed == [True, False]:
        return Said(N_("《%(title)s》有试题更正，成绩由 %(before)s 分改为 %(after)s 分，现在不合格"), words)
    return Said(N_("《%(title)s》有试题更正，成绩由 %(before)s 分改为 %(after)s 分"), words)


def _link(change: ResultChange) -> Link:
    return Link("attempts.result", {"attempt_id": change.attempt_after}, N_("看答卷"))


def _score(cents: int | None) -> str:
    return "—" if cents is None else show_marks(Decimal(cents).scaleb(-2))
