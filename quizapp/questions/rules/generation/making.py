"""From the parts of a question to a candidate: letters, proof, refusal where the form gives the key away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from string import ascii_uppercase

from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.passages import Proof
from quizapp.questions.rules.generation.refusal import LONGEST_STEM, gives_away
from quizapp.questions.rules.generation.shapes import Candidate, Refusal


def choice(
    kind: str,
    stem: str,
    right: Sequence[str],
    wrong: Mapping[str, str],
    proof: Proof,
    *,
    explanation: str,
    difficulty: int,
    rng: Random,
) -> Candidate | Refusal:
    """A single or multiple choice. `wrong`: every distractor with the reason why it is wrong."""
    stem = phrases.emphasised(stem)
    if len(stem) > LONGEST_STEM:
        return Refusal(kind, "stem_long")
    if len(wrong) < (1 if len(right) > 1 else 2):
        return Refusal(kind, "few_distractors")
    if gives_away(stem, right, wrong):
        return Refusal(kind, "gives_away")
    texts = [*right, *wrong]
    rng.shuffle(texts)
    options = dict(zip(ascii_uppercase, texts, strict=False))
    return _candidate(
        kind,
        proof,
        type="multiple" if len(right) > 1 else "single",
        stem=stem,
        options=options,
        key=tuple(letter for letter, text in options.items() if text in right),
        explanation=explanation,
        distractors={letter: wrong[text] for letter, text in options.items() if text in wrong},
        difficulty=difficulty,
    )


def judgement(
    kind: str, stem: str, proof: Proof, *, holds: bool, explanation: str, reason: str, difficulty: int
) -> Candidate | Refusal:
    """A statement to judge. `reason`: why the wrong judgement is wrong."""
    if len(stem) > LONGEST_STEM:
        return Refusal(kind, "stem_long")
    key, other = ("true", "false") if holds else ("false", "true")
    return _candidate(
        kind,
        proof,
        type="true_false",
        stem=stem,
        options={},
        key=(key,),
        explanation=explanation,
        distractors={other: reason},
        difficulty=difficulty,
    )


def _candidate(
    kind: str,
    proof: Proof,
    *,
    type: str,
    stem: str,
    options: dict[str, str],
    key: tuple[str, ...],
    explanation: str,
    distractors: dict[str, str],
    difficulty: int,
) -> Candidate:
    article = proof.reading.article
    return Candidate(
        kind=kind,
        type=type,
        stem=stem,
        options=options,
        key=key,
        explanation=explanation,
        distractors=distractors,
        difficulty=difficulty,
        law=article.law,
        version=article.version,
        article=article.number,
        paragraph=proof.paragraph,
        fingerprint=proof.reading.fingerprint,
        span=proof.span,
    )
