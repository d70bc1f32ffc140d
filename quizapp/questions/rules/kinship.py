"""Items that are close to one another: near duplicates, and enemies, of which one gives the other's answer away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from quizapp.kernel.text import fold
from quizapp.questions.rules.duplicates import NEAR_DUPLICATE, comparable
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
    from rapidfuzz import fuzz, process  # pages that compare nothing do without it

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


def enemy_pairs(items: Mapping[int, Item]) -> set[tuple[int, int]]:
    """Pairs of names (the smaller first) that must not meet on a paper: both rest on one article, and one gives the
    other's answer away, or both ask the same in nearly the same words.

    Only items with an article in common are compared, each text folded once.
    """
    by_article: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, item in items.items():
        for article in set(_articles(item)):
            by_article[article].append(name)
    pairs = {pair for names in by_article.values() for pair in combinations(sorted(names), 2)}
    read = {name: _Folded(items[name]) for pair in pairs for name in pair}
    return {(one, other) for one, other in pairs if read[one].is_enemy_of(read[other])}


class _Folded:
    """What one item says and asks for, ready to be compared."""

    def __init__(self, item: Item) -> None:
        self.said = _said(item)
        self.keys = [fold(key) for key in _keys(item)]
        self.text = comparable(item)

    def is_enemy_of(self, other: _Folded) -> bool:
        return (
            any(key in self.said for key in other.keys) or any(key in other.said for key in self.keys)
            or _is_near(self.text, other.text)
        )


def _is_near(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other, score_cutoff=NEAR_DUPLICATE) >= NEAR_DUPLICATE


def gives_away(one: Item, other: Item) -> str:
    """The key of `other` where the stem of `one` has it word for word; "" where it does not."""
    said = _said(one)
    return next((key for key in _keys(other) if fold(key) in said), "")


def _said(item: Item) -> str:
    return "\n".join(fold(plain_stem(question.stem)) for question in _questions(item))


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
