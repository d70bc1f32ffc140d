"""Putting the demo agency into an empty database."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.ops.demo import agency, year
from quizapp.people import queries as people
from quizapp.people import service as staff
from quizapp.plans import queries as plan_queries
from quizapp.plans import service as plans
from quizapp.plans.intake import take
from quizapp.plans.rules.decisions import Decision
from quizapp.questions import queries as questions
from quizapp.questions import service as bank

SEED = 20231204
REPORTS = Path(__file__).parent / "reports"
PLAN_REPORT = REPORTS / "清溪市机关事务管理局2023年法治政府建设情况报告.txt"
VISITOR_REPORT = REPORTS / "清溪市机关事务管理局2025年法治政府建设情况报告.txt"
# words that are easy to type on a phone; five of them from 64 and a number are 40 bits, for one demo run
WORDS = ["an", "bei", "chen", "dong", "feng", "gao", "hai", "jin", "kang", "lan", "ming", "nan", "ping", "qing", "rui", "shan", "tian", "wan", "xin", "yan", "zhi", "bai", "chun", "deng", "fang", "guo", "hong", "jia", "kai", "liang", "mei", "ning", "peng", "qiu", "rong", "song", "tong", "wei", "xiang", "yun", "zhou", "cai", "ding", "fan", "geng", "hua", "jian", "kun", "ling", "mao", "nian", "pei", "quan", "ren", "shu", "tang", "wu", "xing", "yong", "zeng", "bo", "chang", "de", "er", "fu", "guang", "he"]

Say = Callable[[str], None]


def is_loaded(session: Session) -> bool:
    return people.count_people(session) > 0


def load(session: Session, bank_path: Path, say: Say) -> None:
    """Everything of the demo, in the caller's transaction; the same seed gives the same agency."""
    chance = random.Random(SEED)  # noqa: S311
    say("建立单位和人员")
    units = agency.make_units(session)
    agency.make_people(session, units, chance)
    session.flush()
    say("装入题库")
    bank.build_bank(session, bank_path)
    say("读入 2023 年的报告，确认计划")
    confirm_plan(session, bank_path)
    say("演算 2023 年的四场考试")
    year.play_2023(session, chance)
    say("开放一场考试")
    year.open_now(session, chance)


def confirm_plan(session: Session, bank_path: Path) -> None:
    """The plan of 2023 as an administrator would confirm it: every fact of the report let stand."""
    now = clock.from_local(datetime(2023, 3, 1, 10))  # noqa: DTZ001
    intake = take(PLAN_REPORT.name, PLAN_REPORT.read_bytes(), bank_path)
    report = plans.keep_report(session, intake, person_id=None, now=now)
    plan = plans.draft(session, report, 2023, agency.AGENCY, now=now)
    facts = plan_queries.facts_of(session, plan.id)
    names = {subject.code: subject.name for subject in questions.subjects(session)}
    plans.decide(session, plan, {fact.id: Decision("keep") for fact in facts}, {}, names)
    administrator = people.person_by_login(session, agency.ADMINISTRATOR)
    plans.confirm(session, plan, person_id=administrator.id if administrator else None, now=now)


def fresh_passwords(session: Session) -> list[tuple[agency.Account, str]]:
    """A new password for every named account, known only to whoever reads the terminal."""
    issued = []
    for account in agency.accounts():
        person = people.person_by_login(session, account.login)
        if person is not None:
            password = passphrase()
            staff.set_password(session, person, password)
            issued.append((account, password))
    return issued


def passphrase() -> str:
    return "-".join(secrets.choice(WORDS) for _n in range(5)) + f"-{secrets.randbelow(90) + 10}"


