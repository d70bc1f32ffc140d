"""What a law means by a word: the term to a definition, its meaning, or whether the two belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from rapidfuzz import fuzz

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.definitions import Definition
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import choice, judgement
from quizapp.questions.rules.generation.passages import Reading
from quizapp.questions.rules.generation.shapes import Candidate, Refusal
from quizapp.questions.rules.generation.wordings import pairs_of

ALIKE = 70.0  # per cent: definitions this alike may both fit
AKIN = 38.0  # per cent: a meaning less alike than this is taken for that of the term by nobody
LENGTHS = (0.45, 2.0)  # a wrong definition is not much shorter or longer than the right one


def term_candidates(law: Law, reading: Reading) -> Iterator[Candidate | Refusal]:
    """For each definition of the article questions for its term and its meaning, and a statement."""
    for place, found in enumerate(law.definitions):
        if found.reading is not reading:
            continue
        rng = law.rng(reading.number, "term", place)
        others = [other for other in law.definitions if _is_other(found, other)]
        rng.shuffle(others)
        others.sort(key=lambda other: -_kinship(found, other))
        yield _which_term(law, found, others, rng)
        if found.form == "called":
            yield _which_meaning(law, found, others, rng)
            yield _statement(law, found, others, rng)


def _which_term(
    law: Law, found: Definition, others: Sequence[Definition], rng: Random
) -> Candidate | Refusal:
    told = {pair for pair in pairs_of(found.term) - {"合同"} if pair in found.meaning}
    wrong = [
        other
        for other in others
        if abs(len(other.term) - len(found.term)) <= 5 and told <= pairs_of(other.term)
    ][:3]
    if told and len(wrong) < 2:
        return Refusal("term", "gives_away")
    ask = phrases.which_contract if found.form == "contract" else phrases.which_term
    return choice(
        "term",
        ask(law.name, found.meaning),
        [found.term],
        {other.term: phrases.other_term(law.name, other.reading.number, other.term) for other in wrong},
        found.proof,
        explanation=phrases.term_is(law.name, found.reading.number, found.term),
        difficulty=1,
        rng=rng,
    )


def _which_meaning(
    law: Law, found: Definition, others: Sequence[Definition], rng: Random
) -> Candidate | Refusal:
    low, high = LENGTHS
    told = [pair for pair in pairs_of(found.term) if pair in found.meaning]
    wrong = [
        other
        for other in others
        if low <= len(other.meaning) / len(found.meaning) <= high
        and all(pair in other.meaning for pair in told)
    ][:3]
    if told and len(wrong) < 2:
        return Refusal("term", "gives_away")
    return choice(
        "term",
        phrases.which_definition(law.name, found.term),
        [found.meaning],
        {
            other.meaning: phrases.other_definition(law.name, other.reading.number, other.term)
            for other in wrong
        },
        found.proof,
        explanation=phrases.term_is(law.name, found.reading.number, found.term),
        difficulty=1,
        rng=rng,
    )


def _statement(law: Law, found: Definition, others: Sequence[Definition], rng: Random) -> Candidate | Refusal:
    fitting = [o for o in others if not _tells(o.term, o.meaning) and _kinship(found, o) >= AKIN]
    holds = rng.random() < 0.5
    if holds and _tells(found.term, found.meaning):
        return Refusal("term", "gives_away")
    if not holds and not fitting:
        return Refusal("term", "few_distractors")
    if holds:
        shown, reason = found, phrases.term_reason(found.term)
        explanation = phrases.term_is(law.name, found.reading.number, found.term)
    else:
        shown = fitting[0]
        reason = phrases.other_term_reason(found.term, shown.term)
        explanation = phrases.other_meaning_told(law.name, shown.reading.number, shown.term)
    return judgement(
        "term",
        phrases.says_of_term(law.name, found.term, shown.meaning),
        found.proof,
        holds=holds,
        explanation=explanation,
        reason=reason,
        difficulty=1,
    )


def _is_other(found: Definition, other: Definition) -> bool:
    """Whether `other` defines something else: no term contains the other, no meaning is nearly the same."""
    if found.form != other.form or found.term in other.term or other.term in found.term:
        return False
    return fuzz.ratio(found.meaning, other.meaning) < ALIKE


def _kinship(found: Definition, other: Definition) -> float:
    """How alike two meanings are, in per cent; those that end in the same noun are of one kind."""
    same_noun = found.meaning[-2:] == other.meaning[-2:]
    return fuzz.ratio(found.meaning, other.meaning) + (20 if same_noun else 0)


def _tells(term: str, meaning: str) -> bool:
    """Whether the meaning repeats two characters of the term."""
    return any(pair in meaning for pair in pairs_of(term))
