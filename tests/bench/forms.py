"""Parallel forms by integer programming: from a bank as large as an agency's, and from the real one."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from quizapp.config import ROOT
from quizapp.db import db
from quizapp.papers import service as papers
from quizapp.papers.rules.assembly import Assembled, assemble
from quizapp.papers.rules.blueprint import Candidate, Cell
from quizapp.papers.rules.choosing import FormItems, choose_forms
from quizapp.papers.rules.stock import Order
from quizapp.questions import service as questions
from quizapp.questions.drawing import enemies
from tests.bench.figures import Figure, application, median_seconds, seconds

ITEMS, FORMS, SUBJECTS, ENEMIES = 2000, 20, 8, 200
# singles, multiples and judgements of each subject on a form: 50 in all
SHAPE = (*[(4, 1, 2)] * 4, *[(4, 1, 1)] * 2, *[(3, 1, 1)] * 2)
DAY = date(2026, 11, 25)


def measure() -> list[Figure]:
    made: list[Assembled] = []
    taken = seconds(lambda: made.append(assembled(order(statistics=True))))
    shares = made[0].shares
    return [
        Figure(f"{FORMS} forms of 50 from {ITEMS:,} items, statistics known", taken, 10, "s"),
        Figure("expected shares of the marks apart, in ten-thousandths", 10_000 * (max(shares) - min(shares)), 200, ""),
        Figure("the same forms by level of difficulty", seconds(lambda: assembled(order(statistics=False))), 10, "s"),
        Figure("the same forms with every item used once", seconds(lambda: assembled(order(statistics=True, bound=0))), 10, "s"),
        Figure("enemies among all items of the bank", enemies_of_the_bank(), 2, "s"),
        Figure("forms chosen for 3,000 people, 3 attempts each", seconds(choose), 2, "s"),
    ]


def assembled(wanted: Order) -> Assembled:
    made = assemble(wanted)
    if not isinstance(made, Assembled):
        raise TypeError(f"no forms: {made}")
    return made


def order(*, statistics: bool, bound: int | None = None) -> Order:
    """Eight subjects by three types, each exact; every item answered, and two hundred pairs of enemies."""
    chance = random.Random(1)  # noqa: S311
    pool = [
        Candidate(n, n, f"subject-{chance.randrange(SUBJECTS)}", chance.choice(["single"] * 3 + ["multiple", "true_false"]),
                  chance.choice((1, 1, 2, 2, 3)), "")
        for n in range(ITEMS)
    ]
    cells = [
        Cell(f"subject-{n}", kind, None, count, Decimal(marks))
        for n, counts in enumerate(SHAPE)
        for kind, count, marks in zip(("single", "multiple", "true_false"), counts, ("1.5", "3", "2"), strict=True)
    ]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < ENEMIES:
        one = chance.randrange(ITEMS - 8)
        pairs.add((one, one + chance.randrange(1, 8)))
    facility = {item.item_id: min(1.0, max(0.05, chance.gauss(0.85 - 0.12 * item.difficulty, 0.15))) for item in pool}
    return Order(cells, pool, FORMS, seed=1, enemies=pairs, facility=facility if statistics else {}, max_shared=bound)


def enemies_of_the_bank() -> float:
    with application():
        with db.transaction() as session:
            questions.build_bank(session, ROOT / "question_bank")
        session = db.session()
        pool = {item.version_id: item.item_id for item in papers.pool(session, DAY)}
        return median_seconds(lambda: enemies(session, pool), 3)


def choose() -> None:
    chance = random.Random(2)  # noqa: S311
    forms = [FormItems(number, frozenset(chance.sample(range(ITEMS), 50))) for number in range(FORMS)]
    seen = {person: frozenset(chance.sample(range(ITEMS), 400)) for person in range(3000)}
    choose_forms(forms, range(3000), 3, seen, 7)
