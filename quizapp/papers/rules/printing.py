"""A form as it is printed: the order of its items, the marks of their parts, and the hash over all of it."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from quizapp.papers.rules.blueprint import Candidate

TYPE_ORDER = ("single", "multiple", "true_false", "fill", "short", "case")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item on a form with the marks of its row."""

    candidate: Candidate
    marks: Decimal


def printed_order(drawn: Iterable[Drawn], chance: random.Random) -> tuple[Drawn, ...]:
    """By type as exams are printed; within a type at random, so that subjects do not come in blocks."""
    shuffled = sorted(drawn, key=lambda d: d.candidate.item_id)
    chance.shuffle(shuffled)
    return tuple(sorted(shuffled, key=lambda d: TYPE_ORDER.index(d.candidate.type)))


def part_marks(marks: Decimal, parts: int) -> list[Decimal]:
    """The marks of a case divided over its parts to the hundredth; the last part takes the rest."""
    each = (marks / parts).quantize(CENT, rounding=ROUND_DOWN)
    return [each] * (parts - 1) + [marks - each * (parts - 1)]


def form_hash(questions: Sequence[tuple[int, str, int, Decimal]]) -> str:
    """SHA-256 over (position, content hash of the version, part, marks) of every question in order."""
    plain = [[position, content, part, str(marks)] for position, content, part, marks in questions]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()
