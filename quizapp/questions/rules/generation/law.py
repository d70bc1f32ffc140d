"""One law as the generator knows it: its articles, and what in them can serve as a wrong answer."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from quizapp.questions.rules.generation.definitions import Definition, definitions_of
from quizapp.questions.rules.generation.enumerations import Enumeration, enumerations_of
from quizapp.questions.rules.generation.organs import Mention, mentions_in
from quizapp.questions.rules.generation.passages import Block, Passage, Reading, passages, read_article
from quizapp.questions.rules.generation.phrases import heading_of
from quizapp.questions.rules.generation.shapes import SourceArticle
from quizapp.questions.rules.generation.values import Value, ends_of, values_in

WIDE_LAW = 300  # articles; in a law as long as this, what is far away is out of place
WINDOW = 12  # characters before and after a word that say what it is about
MAIN_SHARE = 0.15  # of the subjects of sentences
TOO_SHORT = 7  # characters behind a word, to say what it is about
SAME_WORDS = 90.0  # per cent of the window behind in common: the word is said of the same matter
SAME_WORDS_BEFORE = 75.0  # per cent of the window before, where the one behind is too short
SAME_MATTER, SAME_SUBJECT = 72.0, 52.0  # the same, if so much of the windows behind and before is in common


@dataclass(frozen=True, slots=True)
class Found:
    """A value or a body as it occurs in an article, with the words around it."""

    word: Value | Mention
    article: str
    heading: str
    before: str
    after: str

    @property
    def value(self) -> Value:
        """The word, where it is a number. Raises TypeError where it is a body."""
        if not isinstance(self.word, Value):
            raise TypeError(self.word)
        return self.word

    @property
    def mention(self) -> Mention:
        """The word, where it is a body. Raises TypeError where it is a number."""
        if not isinstance(self.word, Mention):
            raise TypeError(self.word)
        return self.word

    def is_about(self, before: str, after: str) -> bool:
        """Whether another word with these words around it speaks of the same matter."""
        ahead, behind = fuzz.ratio(self.after, after), fuzz.ratio(self.before, before)
        if min(len(self.after), len(after)) < TOO_SHORT:  # 「由…制定。」 says nothing of the matter
            return ahead >= SAME_MATTER and behind >= SAME_WORDS_BEFORE
        return ahead >= SAME_WORDS or (ahead >= SAME_MATTER and behind >= SAME_SUBJECT)


@dataclass
class Law:
    """One version of one law."""

    name: str
    version: str
    everything: tuple[Reading, ...]
    seed: int

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The articles, without preamble and annexes: these state no rules."""
        return tuple(reading for reading in self.everything if reading.number[:1].isdigit())

    def rng(self, *place: object) -> random.Random:
        """Chance for one place of this law; other laws and other places do not change it."""
        return random.Random("/".join(map(str, (self.seed, self.name, self.version, *place))))  # noqa: S311

    @cached_property
    def passages(self) -> dict[str, list[Passage | str]]:
        return {reading.number: list(passages(reading)) for reading in self.readings}

    @cached_property
    def values(self) -> dict[str, list[Found]]:
        """By group, every number of the law, the ends of ranges included."""
        found: dict[str, list[Found]] = defaultdict(list)
        for reading, block in self.blocks():
            for value in values_in(block.text):
                for each in (value, *ends_of(value)):
                    found[each.group].append(_found(each, each.end, reading, block))
        return found

    @cached_property
    def bodies(self) -> list[Found]:
        return [
            _found(mention, mention.end, reading, block)
            for reading, block in self.blocks()
            for mention in mentions_in(block.text)
        ]

    @cached_property
    def main_actor(self) -> str:
        """The body that most sentences of the law begin with; "" where none stands out. It fills a blank for
        those who do not know the law."""
        subjects = Counter(found.word.text for found in self.bodies if found.mention.role == "subject")
        most, count = max(subjects.items(), key=lambda each: each[1], default=("", 0))
        return most if count >= MAIN_SHARE * subjects.total() else ""

    @cached_property
    def enumerations(self) -> list[Enumeration]:
        return [found for reading in self.readings for found in enumerations_of(reading)]

    @cached_property
    def definitions(self) -> list[Definition]:
        return [found for reading in self.readings for found in definitions_of(reading)]

    def blocks(self) -> Iterator[tuple[Reading, Block]]:
        for reading in self.readings:
            for block in reading.blocks:
                yield reading, block


def laws_of(articles: Iterable[SourceArticle], seed: int) -> list[Law]:
    """The articles by law and version, in the order in which these first occur."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for article in articles:
        groups.setdefault((article.law, article.version), []).append(read_article(article))
    return [Law(name, version, tuple(readings), seed) for (name, version), readings in groups.items()]


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after a place, as `Found` keeps them."""
    return text[max(0, start - WINDOW) : start], text[end : end + WINDOW]


def distinct(found: Sequence[Found]) -> list[Found]:
    """The first occurrence of every wording."""
    first: dict[str, Found] = {}
    for each in found:
        first.setdefault(each.word.text, each)
    return list(first.values())


def _found(word: Value | Mention, end: int, reading: Reading, block: Block) -> Found:
    before, after = around(block.text, word.start, end)
    return Found(word, reading.number, heading_of(reading.article.path), before, after)
