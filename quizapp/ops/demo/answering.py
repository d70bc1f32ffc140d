"""How invented people answer: abilities, difficulties and guessing, all from a seed.

A person of ability θ knows an item of difficulty b with the probability of a three-parameter logistic
model (Birnbaum 1968); who does not know guesses among the options. So the rates of the demo have the
shape of real ones: hard items are missed more, weak units stay weaker, a second try helps a little.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.schema import Fill, Multiple, Question, Single, TrueFalse

SLOPE = 1.25
BY_LEVEL = {1: -1.35, 2: -0.75, 3: -0.1}
SKIPPED = 0.004


@dataclass(frozen=True)
class Candidate:
    """`ability` on the scale of the items' difficulty; `diligence` is the chance to sit at all."""

    ability: float
    diligence: float


def knows(candidate: Candidate, question: Question, chance: random.Random, practice: float = 0.0) -> bool:
    """Whether this person knows this item; `practice` is what earlier attempts added to the ability."""
    # an item is as hard for everybody as its level and its own number say
    own = random.Random(question.id).gauss(0, 0.35)  # noqa: S311
    gap = candidate.ability + practice - BY_LEVEL[question.difficulty] - own
    return chance.random() < 1 / (1 + math.exp(-SLOPE * gap))


def respond(candidate: Candidate, question: Question, chance: random.Random, practice: float = 0.0) -> list[str]:
    """A response in the ids of the bank; empty where the person left the question open."""
    if chance.random() < SKIPPED:
        return []
    right = [str(value) for value in marking_key(question) if isinstance(value, str)]
    known = knows(candidate, question, chance, practice)
    match question:
        case Single():
            return right if known else [chance.choice(list(question.options))]
        case TrueFalse():
            return right if known else [chance.choice(["true", "false"])]
        case Multiple():
            return right if known else _nearly(right, list(question.options), chance)
        case Fill():
            return [variants[0] if known else chance.choice(["不清楚", "三十", "十五"]) for variants in question.key]
        case _:
            return ["按照规定的程序办理"]


def _nearly(right: Sequence[str], options: Sequence[str], chance: random.Random) -> list[str]:
    """Half-known: most options judged rightly, at least one chosen."""
    chosen = [option for option in options if (option in right) == (chance.random() < 0.72)]
    return chosen or [chance.choice(list(options))]
