"""Items that are close to one another: near duplicates, and enemies, of which one gives the other's answer away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from quizapp.kernel.text import fold
from quizapp.questions.rules.duplicates import comparable
from quizapp.questions.rules.markup import plain_stem
from quizapp.questions.rules.schema import Case, Fill, Item, LawCitation, Multiple, Question, Single

LIKE = 70.0  # per cent of characters in common from which a reviewer should look at both
SHOWN = 5
SHORTEST_KEY = 4  # characters; shorter keys occur everywhere

Kinship = Literal["like", "enemy"]


@dataclass(frozen=True, slots=True)
class Kin:
    """Another item: `like` with its similarity in per cent, or `enemy` with the words that give an answer away."""

    code: str
    kind: Kinship
    score: float = 0.0
    words: str = ""


def kin_of(item: Item, others: Mapping[str, Item]) -> list[Kin]:
    """The items most like this one, and those that answer it or are answered by it."""
    texts = {code: comparable(other) for code, other in others.items() if code != item.id}
    close = process.extract(comparable(item), texts, scorer=fuzz.ratio, score_cutoff=LIKE, limit=SHOWN)
    found = [Kin(code, "like", score) for _text, score, code in close]
    articles = set(_articles(item))
    for code, other in others.items():
        if code != item.id and articles & set(_articles(other)):
            words = gives_away(item, other) or gives_away(other, item)
            if words:
                found.append(Kin(code, "enemy", words=words))
    return found


def gives_away(one: Item, other: Item) -> str:
    """The key of `other` where the stem of `one` has it word for word; "" where it does not."""
    said = "\n".join(fold(plain_stem(question.stem)) for question in _questions(one))
    return next((key for key in _keys(other) if fold(key) in said), "")


def _questions(item: Item) -> tuple[Question, ...]:
    return item.parts if isinstance(item, Case) else (item,)


def _keys(item: Item) -> Iterable[str]:
    for question in _questions(item):
        if isinstance(question, Single | Multiple):
            words = [question.options[letter] for letter in question.key]
        elif isinstance(question, Fill):
            words = [variants[0] for variants in question.key]
        else:
            continue
        yield from (word for word in words if len(fold(word)) >= SHORTEST_KEY)


def _articles(item: Item) -> Iterable[tuple[str, str]]:
    for question in _questions(item):
        yield from ((one.law, one.article) for one in question.basis if isinstance(one, LawCitation))
