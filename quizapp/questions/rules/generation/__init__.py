"""Candidate items out of the articles of statutes: made from the structure of the text, the key known by it.

Nothing here asks a person or a model: what is doubtful is refused, and what is made waits for review. The
same articles, seed and existing items give the same candidates. Chance depends on the law, the article and
the place only; of two near-duplicates the later in the order of the articles given is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from quizapp.questions.rules.generation.bodies import body_candidates
from quizapp.questions.rules.generation.edits import edit_candidates
from quizapp.questions.rules.generation.law import Law, laws_of
from quizapp.questions.rules.generation.lists import list_candidates
from quizapp.questions.rules.generation.numbers import number_candidates
from quizapp.questions.rules.generation.passages import Reading
from quizapp.questions.rules.generation.periods import version_candidates
from quizapp.questions.rules.generation.shapes import Candidate, Refusal, SourceArticle, SourceVersion
from quizapp.questions.rules.generation.similarity import Seen
from quizapp.questions.rules.generation.terms import term_candidates

__all__ = ["Candidate", "SourceArticle", "SourceVersion", "candidates", "refused_reasons"]

KINDS = ("number", "body", "list", "edit", "term", "version")
_OF_ARTICLE = (number_candidates, body_candidates, list_candidates, term_candidates, edit_candidates)


def candidates(
    articles: Sequence[SourceArticle],
    *,
    seed: int,
    existing: Collection[str] = (),
    versions: Sequence[SourceVersion] = (),
) -> Iterator[Candidate]:
    """Candidates law by law and article by article, in the order given.

    `existing`: comparable texts of the items there are (`duplicates.comparable`). `versions`: when each
    version applied; without them no question about versions is made.
    """
    for made in _made(articles, seed, existing, versions):
        if isinstance(made, Candidate):
            yield made


def refused_reasons(
    articles: Sequence[SourceArticle],
    *,
    seed: int,
    existing: Collection[str] = (),
    versions: Sequence[SourceVersion] = (),
) -> Counter[tuple[str, str]]:
    """How many candidates were refused, by kind and reason (`refusal.REASONS`)."""
    made = _made(articles, seed, existing, versions)
    return Counter((one.kind, one.reason) for one in made if isinstance(one, Refusal))


def _made(
    articles: Sequence[SourceArticle], seed: int, existing: Collection[str], versions: Sequence[SourceVersion]
) -> Iterator[Candidate | Refusal]:
    seen = Seen(existing)
    for law in laws_of(articles, seed):
        for reading in law.everything:
            for made in _of_reading(law, reading, versions):
                if isinstance(made, Candidate) and not seen.takes(made):
                    yield Refusal(made.kind, "near_duplicate")
                else:
                    yield made


def _of_reading(
    law: Law, reading: Reading, versions: Sequence[SourceVersion]
) -> Iterator[Candidate | Refusal]:
    if reading.number in law.passages:
        for make in _OF_ARTICLE:
            yield from make(law, reading)
    yield from version_candidates(law, reading, versions)
