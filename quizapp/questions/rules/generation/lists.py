"""Which of these belong: members of an enumeration, beside members of other enumerations of the law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.enumerations import GAP, Enumeration, Member
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import choice, judgement
from quizapp.questions.rules.generation.passages import Reading
from quizapp.questions.rules.generation.refusal import LONGEST_STEM, shared_part
from quizapp.questions.rules.generation.shapes import Candidate, Refusal
from quizapp.questions.rules.generation.strangers import Stranger, strangers_to

EACH = 4  # members for one question
KEYS = (2, 2, 3, 3, 4)  # how many of them are right options, by chance
STAYS_TRUE = 0.3  # of the statements that can be made wrong
STATEMENTS = 8  # at most so many statements to judge come from one list


def list_candidates(law: Law, reading: Reading) -> Iterator[Candidate | Refusal]:
    """For each enumeration of the article a question for every few members, statements about the others."""
    for place, found in enumerate(law.enumerations):
        if found.reading is not reading:
            continue
        if not found.question:
            yield Refusal("list", found.reason)
            continue
        rng = law.rng(reading.number, "list", place)
        members = list(found.usable)
        rng.shuffle(members)
        strangers = strangers_to(law, found, rng)
        parts = max(1, len(members) // EACH)
        rest: list[Member] = []
        for part in (members[n::parts] for n in range(parts)):
            count = rng.choice(KEYS)
            rest += part[count:]
            yield _of_members(law, found, part[:count], strangers, rng)
            strangers = strangers[2:] + strangers[:2]
        yield from _statements(law, found, rest or members[:1], strangers, rng)


def _of_members(
    law: Law, found: Enumeration, keys: Sequence[Member], strangers: Sequence[Stranger], rng: Random
) -> Candidate | Refusal:
    wrong = strangers[: 2 if len(keys) < 4 else 1]
    if len(keys) < 2 or not wrong or len(keys) + len(wrong) < 4:
        return Refusal("list", "few_distractors")
    stem = phrases.lead_of(law.name, found.reading.article.path, found.lead) + found.question
    if _tells(stem, [member.text for member in keys], [member.text for _, member in wrong]):
        return Refusal("list", "gives_away")
    return choice(
        "list",
        stem,
        [member.text for member in keys],
        {member.text: phrases.other_member(law.name, other.reading.number) for other, member in wrong},
        found.proof(max(member.end for member in keys)),
        explanation=phrases.members_are(law.name, found.reading.number),
        difficulty=2,
        rng=rng,
    )


def _statements(
    law: Law, found: Enumeration, members: Sequence[Member], strangers: Sequence[Stranger], rng: Random
) -> Iterator[Candidate | Refusal]:
    """Statements that name one member, or in its place a member of another list."""
    if not found.statement:
        return
    for number, member in enumerate(members[:STATEMENTS]):
        if number >= len(strangers) or rng.random() < STAYS_TRUE:
            yield _true_statement(law, found, member)
        else:
            yield _false_statement(law, found, strangers[number])


def _true_statement(law: Law, found: Enumeration, member: Member) -> Candidate | Refusal:
    return judgement(
        "list",
        _stated(law, found, member),
        found.proof(member.end),
        holds=True,
        explanation=phrases.is_member(law.name, found.reading.number),
        reason=phrases.is_member_reason(),
        difficulty=2,
    )


def _false_statement(law: Law, found: Enumeration, stranger: Stranger) -> Candidate | Refusal:
    other, member = stranger
    return judgement(
        "list",
        _stated(law, found, member),
        found.proof(found.members[-1].end),
        holds=False,
        explanation=phrases.is_no_member(law.name, found.reading.number, other.reading.number),
        reason=phrases.is_no_member_reason(found.noun),
        difficulty=2,
    )


def _stated(law: Law, found: Enumeration, member: Member) -> str:
    text = found.statement.replace(GAP, phrases.quoted(member.text.removesuffix("的")))
    lead = phrases.lead_of(law.name, found.reading.article.path, found.lead)
    return lead + text if len(lead + text) <= LONGEST_STEM else phrases.lead_of(law.name, (), "") + text


def _tells(stem: str, right: Sequence[str], wrong: Sequence[str]) -> bool:
    """Whether all right options, and no wrong one, repeat three characters of the stem."""
    return any(not any(run in text for text in wrong) for run in shared_part(stem, right, 3))
