"""True or false: a sentence of the law as it stands, or with one change that makes it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.bodies import askable_bodies
from quizapp.questions.rules.generation.duties import duty_turns
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import judgement
from quizapp.questions.rules.generation.numbers import askable_values
from quizapp.questions.rules.generation.passages import Passage, Reading
from quizapp.questions.rules.generation.rivals import drawn, other_bodies, other_values
from quizapp.questions.rules.generation.shapes import Candidate, Refusal
from quizapp.questions.rules.generation.turns import Turn, opposite_turns, party_turns
from quizapp.questions.rules.generation.wishes import is_political, is_rule

STAYS_TRUE = 0.1  # of the sentences that can be turned; those that cannot, but state a rule, make up the half
ASKED_AS_IT_STANDS = 0.9  # of those that cannot be turned: more would outnumber the wrong ones
WEIGHTS = {"number": 4, "body": 3, "opposite": 3, "duty": 1}


def edit_candidates(law: Law, reading: Reading) -> Iterator[Candidate | Refusal]:
    """At most one candidate for each sentence; chance decides whether it stays true."""
    for place, passage in enumerate(law.passages[reading.number]):
        if isinstance(passage, str):
            yield Refusal("edit", passage)
            continue
        if is_political(passage.text):
            yield Refusal("edit", "nothing_to_ask")
            continue
        rng = law.rng(reading.number, "edit", place)
        found = list(turns(law, passage, rng))
        if found:
            turn = rng.choices(found, [WEIGHTS[each.sort] for each in found])[0]
            yield _judged(passage, turn, holds=rng.random() < STAYS_TRUE)
        elif is_rule(passage.text[passage.target : passage.end]) and rng.random() < ASKED_AS_IT_STANDS:
            yield _true(passage)
        else:
            yield Refusal("edit", "nothing_to_ask")


def turns(law: Law, passage: Passage, rng: Random) -> Iterator[Turn]:
    """Every change that makes the sentence wrong."""
    for value in askable_values(passage):
        for found in drawn(other_values(law, passage, value), rng, 1):
            yield Turn(value.start, value.text, found.word.text, "number")
    for mention in askable_bodies(law, passage):
        others = other_bodies(law, passage, mention)
        rng.shuffle(others)
        for found in drawn(others, rng, 1):
            yield Turn(mention.start, mention.text, found.word.text, "body")
    yield from party_turns(passage)
    yield from opposite_turns(passage)
    yield from duty_turns(passage)


def _true(passage: Passage) -> Candidate | Refusal:
    law, article = passage.reading.article.law, passage.reading.number
    return judgement(
        "edit",
        passage.lead + passage.text,
        passage.proof,
        holds=True,
        explanation=phrases.as_it_stands(law, article),
        reason=phrases.as_it_stands_reason(),
        difficulty=1,
    )


def _judged(passage: Passage, turn: Turn, *, holds: bool) -> Candidate | Refusal:
    law, article = passage.reading.article.law, passage.reading.number
    old, new, text = turn.old, turn.new, passage.text
    if holds:
        explanation, reason = phrases.stays(law, article, old), phrases.stays_reason(old)
    else:
        text = text[: turn.start] + new + text[turn.start + len(old) :]
        explanation, reason = phrases.turned(law, article, old, new), phrases.turned_reason(old, new)
    return judgement(
        "edit",
        passage.lead + text,
        passage.proof,
        holds=holds,
        explanation=explanation,
        reason=reason,
        difficulty=1,
    )
