"""An article as the generator reads it: paragraphs, sentences, and the passages that can stand in a question.

Texts are read without blanks and invisible characters, so that every position is one of the normal form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quizapp.questions.rules.generation.phrases import lead_of
from quizapp.questions.rules.generation.refusal import LONGEST_STEM, is_exception, opens_alone, unclear
from quizapp.questions.rules.generation.shapes import SourceArticle
from quizapp.statutes.rules.wording import fingerprint

ITEM = re.compile("[（(][零一二三四五六七八九十百]+[）)]")
LONG_SENTENCE = 60  # characters; shorter sentences stay whole
_SENTENCE = re.compile(r"[^。]+。?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (款), or an item (项) of one. `number` counts 款 from 1; `start`: place in the normal form."""

    text: str
    number: int
    start: int
    is_item: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """An article with its blocks; `text` is its normal form but for the shape of signs."""

    article: SourceArticle
    blocks: tuple[Block, ...]
    text: str
    fingerprint: str

    @property
    def number(self) -> str:
        return self.article.number


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the words stand that support a key: the article, the 款, and the span in the normal form."""

    reading: Reading
    paragraph: int | None
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of one 款 that can be understood alone, closed by a full stop. The question is about
    `text[target:end]`; before it stands what introduces it, behind it the exceptions to it. `start`: place of
    `text` in the normal form."""

    reading: Reading
    number: int
    text: str
    start: int
    target: int
    end: int
    lead: str

    @property
    def proof(self) -> Proof:
        return Proof(self.reading, self.number, (self.start + self.target, self.start + self.end))


def read_article(article: SourceArticle) -> Reading:
    """The article without blanks. Lines that are marks of a file, not text, count as text of no paragraph."""
    blocks, place, number = [], 0, 0
    for paragraph in article.paragraphs:
        text = without_blanks(paragraph)
        is_item = bool(ITEM.match(text)) and number > 0
        if text and not text.startswith("<!--"):
            number += not is_item
            blocks.append(Block(text, number, place, is_item))
        place += len(text)
    whole = "\n".join(article.paragraphs)
    return Reading(article, tuple(blocks), without_blanks(whole), fingerprint(whole))


def without_blanks(text: str) -> str:
    """`text` without the characters that the normal form leaves out; its signs keep their shape."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})


def sentences(text: str) -> list[tuple[int, str]]:
    """(place, sentence) of every sentence that ends in a full stop."""
    return [(m.start(), m[0]) for m in _SENTENCE.finditer(text) if m[0].endswith("。")]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence of a block, or a part of a long one between semicolons: `end` is before its last sign.
    `inner`: it begins within a sentence; `closes`: it ends with it."""

    start: int
    end: int
    inner: bool
    closes: bool


def passages(reading: Reading) -> Iterator[Passage | str]:
    """One passage for each unit of the article, or the reason why it cannot be asked about."""
    for block in reading.blocks:
        if block.is_item:
            continue
        units = [unit for start, sentence in sentences(block.text) for unit in _units(start, sentence)]
        for place in range(len(units)):
            yield _passage(reading, block, units, place)


def _units(start: int, sentence: str) -> Iterator[_Unit]:
    """The sentence in one, or in parts of which each names its own subject."""
    cuts = [m.end() for m in re.finditer("；", sentence) if opens_alone(sentence[m.end() :])]
    if len(sentence) < LONG_SENTENCE:
        cuts = []
    edges = [0, *cuts, len(sentence)]
    for first, last in pairwise(edges):
        yield _Unit(start + first, start + last - 1, first > 0, last == len(sentence))


def _passage(reading: Reading, block: Block, units: Sequence[_Unit], place: int) -> Passage | str:
    unit, end = units[place], units[place].end
    if unit.closes:
        for following in units[place + 1 :]:
            if not is_exception(block.text[following.start : following.end]):
                break
            end = following.end
    reason = "fragment"
    for start in _beginnings(block, units, place):
        later = block.number > 1 or start > 0
        made = _made(reading, block, start, (unit.start, unit.end), end, later=later)
        if isinstance(made, Passage):
            return made
        reason = made
    return reason


def _beginnings(block: Block, units: Sequence[_Unit], place: int) -> list[int]:
    """Where a passage about a unit may begin: with its paragraph, or with itself if it opens alone."""
    unit = units[place]
    if unit.inner or unit.start == 0:
        return [unit.start]
    return [0, unit.start] if opens_alone(block.text[unit.start : unit.end]) else [0]


def _made(
    reading: Reading, block: Block, start: int, target: tuple[int, int], end: int, *, later: bool
) -> Passage | str:
    text = block.text[start:end] + "。"
    lead = lead_of(reading.article.law, reading.article.path, text)
    if len(lead + text) > LONGEST_STEM - 2:
        lead = lead_of(reading.article.law, (), text)
    reason = unclear(text, later=later)
    if not reason and len(lead + text) > LONGEST_STEM - 2:
        return _first_part(reading, block, start, target, end, later=later)
    if reason:
        return reason
    first, last = target
    return Passage(reading, block.number, text, block.start + start, first - start, last - start, lead)


def _first_part(
    reading: Reading, block: Block, start: int, target: tuple[int, int], end: int, *, later: bool
) -> Passage | str:
    """The sentence up to its first semicolon, where it is too long and goes on to another case."""
    cut = block.text.find("；", target[0], target[1])
    if cut < 0 or start < target[0] or end > target[1] or is_exception(block.text[cut + 1 :]):
        return "stem_long"
    return _made(reading, block, start, (start, cut), cut, later=later)
