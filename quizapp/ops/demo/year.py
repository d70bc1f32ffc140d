"""The year 2023 of the invented agency played through, and an exam that is open now."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts import service as attempting
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.saves import Save
from quizapp.audit import service as audit
from quizapp.exams import preparing, service
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.ops.demo.answering import Candidate, respond
from quizapp.papers import queries as papers
from quizapp.papers.rules.blueprint import Cell
from quizapp.questions.rules.schema import Question

VISITOR = "qx20417"
# units where fewer come and fewer know, so that the report has something to say
SLOW = {"运行保障一队": (-0.45, 0.93), "运行保障二队": (-0.4, 0.94), "餐饮服务科": (-0.35, 0.95), "接待服务中心": (-0.2, 0.96)}
REASONS = (("excused", "长期病假，单位已出具证明"), ("excused", "本年度退休"), ("deferred", "出差在外，申请参加补考"))


@dataclass(frozen=True)
class Plan:
    """An online exam of the year: window in local time, and the subjects it draws from."""

    title: str
    opens: datetime
    closes: datetime
    subjects: tuple[str, ...]
    seed: int
    campaign: str  # of the year's plan


FIRST = Plan("2023 年上半年学法用法线上考试", datetime(2023, 6, 12, 9), datetime(2023, 6, 16, 18),  # noqa: DTZ001
             ("xi-thought", "constitution", "national-security", "civil-code", "rule-of-law-government"), 11, "民法典宣传")
SECOND = Plan("2023 年下半年学法用法线上考试", datetime(2023, 12, 4, 9), datetime(2023, 12, 8, 18),  # noqa: DTZ001
              ("constitution", "major-decisions", "office-affairs", "civil-servants", "information-disclosure"), 12, "宪法宣传周")


def usual(subjects: tuple[str, ...]) -> list[Cell]:
    """40 single × 1.5, 10 multiple × 2, 10 true/false × 2: 100 marks, spread evenly over five subjects."""
    kinds = (("single", 8, Decimal("1.5")), ("multiple", 2, Decimal(2)), ("true_false", 2, Decimal(2)))
    return [Cell(subject, kind, None, count, marks) for kind, count, marks in kinds for subject in subjects]


def play_2023(session: Session, chance: random.Random) -> list[Exam]:
    """Two online exams, one on paper, and a make-up of the second online exam."""
    people = abilities(session, chance, date(2023, 6, 1))
    first = online(session, FIRST, chance)
    sit(session, first, people, chance)
    paper = on_paper(session, people, chance)
    second = online(session, SECOND, chance)
    sit(session, second, people, chance)
    return [first, paper, second, make_up(session, second, people, chance)]


def abilities(session: Session, chance: random.Random, on: date) -> dict[int, Candidate]:
    """An ability and a diligence for everybody, lower where a unit is short of time."""
    found: dict[int, Candidate] = {}
    for member in preparing.people.members_on(session, on):
        lower, diligence = SLOW.get(member.unit_name, (0.0, 0.985))
        found[member.person_id] = Candidate(chance.gauss(0.6 + lower, 0.8), diligence)
    return found


def online(session: Session, plan: Plan, chance: random.Random) -> Exam:
    opens, closes = clock.from_local(plan.opens), clock.from_local(plan.closes)
    exam = service.create(
        session, title=plan.title, year=2023, opens_at=opens, closes_at=closes, now=opens - timedelta(days=20),
        kind="online", minutes=90, attempts_allowed=2, score_rule="best", pass_mark=Decimal(60),
        excellence_mark=Decimal(90), release="after_close", form_count=4, campaign=plan.campaign, **TARGETS,
    )
    service.set_blueprint(session, exam, usual(plan.subjects))
    service.publish(session, exam.id, now=opens - timedelta(days=10), on=(opens - timedelta(days=10)).date())
    excuse_some(session, exam, chance)
    return exam


TARGETS = {"participation_target": Decimal(100), "pass_target": Decimal(100)}


def excuse_some(session: Session, exam: Exam, chance: random.Random) -> None:
    roster = [row for row in exams.roster(session, exam.id) if row.login != VISITOR]
    for row in chance.sample(roster, 7):
        status, reason = chance.choice(REASONS)
        service.set_status(session, exam.id, row.candidate_id, status, reason)


def sit(session: Session, exam: Exam, people: dict[int, Candidate], chance: random.Random, share: float = 1.0) -> None:
    """Everybody who comes sits once; who fails tries again, and some who could do better as well."""
    asked = {form.id: questions_of(session, form.id) for form in papers.forms(session, exam.blueprint_id or 0)}
    days = max(1, (min(exam.closes_at, clock.now()) - exam.opens_at).days)  # nobody has sat tomorrow
    for row in exams.roster(session, exam.id):
        candidate = people.get(row.candidate_id)
        comes = chance.random() < (candidate.diligence if candidate else 0) * share
        if candidate is None or row.status != "expected" or not comes or (share < 1 and row.login == VISITOR):
            continue
        at = exam.opens_at + timedelta(days=chance.randrange(days), minutes=chance.randrange(0, 420))
        for number in range(exam.attempts_allowed):
            score = attempt_once(session, exam, row.candidate_id, candidate, asked, at, number, chance)
            wants_more = score < exam.pass_mark or (score < exam.excellence_mark and chance.random() < 0.25)
            at += timedelta(hours=3)
            if not wants_more or at + timedelta(minutes=exam.minutes) >= min(exam.closes_at, clock.now()):
                break


def questions_of(session: Session, form_id: int) -> dict[int, Question]:
    """Position on the form → the question asked."""
    return {q.position: q.question for q in papers.questions_with_content(session, form_id)}


def attempt_once(
    session: Session, exam: Exam, candidate_id: int, candidate: Candidate, asked: dict[int, dict[int, Question]],
    at: datetime, number: int, chance: random.Random,
) -> Decimal:
    """One attempt through the same acts as a browser's: start, save in batches, hand in. Returns the score."""
    attempt = attempting.start(session, exam, candidate_id, now=at)
    client = f"demo-{attempt.id.hex[:12]}"
    epoch = attempting.claim(session, candidate_id, attempt.id, client)
    pace = chance.uniform(18, 42)
    # in the order of the form, not of this person's paper: that order is not part of the seed
    answers = {position: respond(candidate, question, chance, practice=0.35 * number)
               for position, question in asked[attempt.form_id].items()}
    saves = [
        Save(slot.number, slot.number, shown(slot, answers[slot.position]), flagged=False, seen=True)
        for slot in slots(attempt.layout)
    ]
    for start in range(0, len(saves), 50):
        batch = saves[start : start + 50]
        attempting.save_batch(session, candidate_id, attempt.id, client, epoch, batch,
                              received_at=at + timedelta(seconds=pace * (start + len(batch))))
    done = attempting.submit(session, candidate_id, attempt.id, now=at + timedelta(seconds=pace * len(saves) + 30))
    return done.score or Decimal(0)


def on_paper(session: Session, people: dict[int, Candidate], chance: random.Random) -> Exam:
    """The exam that divisions hold together on paper; its results come in as marks."""
    opens = clock.from_local(datetime(2023, 9, 20, 14))  # noqa: DTZ001
    exam = service.create(session, title="2023 年部门集中考法（纸质闭卷）", year=2023, kind="paper", opens_at=opens,
                          closes_at=opens + timedelta(hours=2), now=opens - timedelta(days=20), minutes=90,
                          attempts_allowed=1, release="after_close", **TARGETS)
    service.publish(session, exam.id, now=opens - timedelta(days=7), on=(opens - timedelta(days=7)).date())
    excuse_some(session, exam, chance)
    changes: dict[str, object] = {}
    for row in exams.roster(session, exam.id):
        candidate = people[row.candidate_id]
        if row.status == "expected" and chance.random() < candidate.diligence + 0.01:
            raw = 76 + 10 * candidate.ability + chance.gauss(0, 5.5)
            score = Decimal(round(min(100.0, max(38.0, raw)) * 2)) / 2
            attempting.put_paper_result(session, exam.id, row.candidate_id, score, opens + timedelta(minutes=90),
                                        now=opens + timedelta(days=1))
            changes[row.login] = {"before": None, "after": score}
    audit.record(session, "import_paper_results", "exam", exam.id, actor="demo",
                 detail={"file": "纸质成绩.xlsx", "changes": changes, "sat_at": opens + timedelta(minutes=90)})
    return exam


def make_up(session: Session, original: Exam, people: dict[int, Candidate], chance: random.Random) -> Exam:
    opens = clock.from_local(datetime(2023, 12, 18, 9))  # noqa: DTZ001
    exam = service.create(session, title=f"{original.title}补考", year=2023, kind="online", opens_at=opens,
                          closes_at=opens + timedelta(days=1, hours=9), now=opens - timedelta(days=5), minutes=90,
                          attempts_allowed=1, form_count=2, make_up_of_id=original.id, release="after_close",
                          campaign=original.campaign, **TARGETS)
    service.set_blueprint(session, exam, usual(SECOND.subjects))
    preparing.publish(session, exam.id, now=opens - timedelta(days=3), on=(opens - timedelta(days=3)).date())
    sit(session, exam, people, chance)
    return exam


def open_now(session: Session, chance: random.Random) -> Exam:
    """An exam that opened the day before yesterday and stays open for twelve days; half have sat."""
    now = clock.now()
    opens = (now - timedelta(days=2)).replace(hour=1, minute=0, second=0, microsecond=0, tzinfo=UTC)
    exam = service.create(
        session, title=f"{now.year} 年下半年学法用法线上考试", year=now.year, kind="online", opens_at=opens,
        closes_at=opens + timedelta(days=14, hours=9), now=opens - timedelta(days=9), minutes=45, attempts_allowed=3,
        score_rule="best", pass_mark=Decimal(60), excellence_mark=Decimal(90), release="at_once", form_count=4, **TARGETS,
    )
    service.set_blueprint(session, exam, [
        Cell(None, "single", None, 20, Decimal(3)), Cell(None, "multiple", None, 5, Decimal(4)),
        Cell(None, "true_false", None, 5, Decimal(2)), Cell(None, "fill", None, 2, Decimal(5)),
    ])
    service.publish(session, exam.id, now=opens - timedelta(days=5), on=(opens - timedelta(days=5)).date())
    excuse_some(session, exam, chance)
    sit(session, exam, abilities(session, chance, clock.today()), chance, share=0.5)
    return exam
