"""How long, how old, how many, how much: a number left blank, other numbers of the law beside it."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import choice
from quizapp.questions.rules.generation.passages import Passage, Reading
from quizapp.questions.rules.generation.rivals import drawn, other_values
from quizapp.questions.rules.generation.shapes import Candidate, Refusal
from quizapp.questions.rules.generation.values import Value, values_in


def number_candidates(law: Law, reading: Reading) -> Iterator[Candidate | Refusal]:
    """At most one candidate for each sentence."""
    for place, passage in enumerate(law.passages[reading.number]):
        if isinstance(passage, str):
            yield Refusal("number", passage)
            continue
        yield _of_passage(law, passage, place)


def _of_passage(law: Law, passage: Passage, place: int) -> Candidate | Refusal:
    rng = law.rng(passage.reading.number, "number", place)
    values = askable_values(passage)
    rng.shuffle(values)
    result: Candidate | Refusal = Refusal("number", "nothing_to_ask")
    for value in values:
        wrong = drawn(other_values(law, passage, value), rng)
        stem = passage.lead + passage.text[: value.start] + phrases.BLANK + passage.text[value.end :]
        result = choice(
            "number",
            stem,
            [value.text],
            {
                found.word.text: phrases.other_value(law.name, found.article, found.word.text, value.family)
                for found in wrong
            },
            passage.proof,
            explanation=phrases.value_is(law.name, passage.reading.number, value.text, value.family),
            difficulty=1,
            rng=rng,
        )
        if isinstance(result, Candidate):
            return result
    return result


def askable_values(passage: Passage) -> list[Value]:
    """The numbers of the sentence itself that are worth asking: one person, one child, once are not."""
    return [
        value
        for value in values_in(passage.text)
        if passage.target <= value.start < passage.end
        and not (value.family in {"people", "times"} and value.sizes == (1.0,))
        and passage.text.count(value.text) == 1
    ]
