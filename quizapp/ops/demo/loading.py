"""Putting the demo agency into an empty database."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from quizapp.ops.demo import agency, year
from quizapp.people import queries as people
from quizapp.people import service as staff
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
    say("演算 2023 年的四场考试")
    year.play_2023(session, chance)
    say("开放一场考试")
    year.open_now(session, chance)


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


