"""A version laid out for reading: headings above articles, paragraphs, the table of contents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.statutes.rules.reading import PREAMBLE
from quizapp.statutes.rules.searching import Run
from quizapp.statutes.rules.wording import span_in_copy

_CLAUSE = re.compile("[（(][一二三四五六七八九十百]{1,4}[）)]")
_DEEPEST = 6  # of headings in a page


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in runs; a `clause` is an entry of a list: （一）…."""

    runs: tuple[Run, ...]
    clause: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a part, chapter or section. `level` is that of an HTML heading, 2 the outermost; `id` its anchor."""

    id: str
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Block:
    """An article under the headings that begin with it. `named`: whether its number has to be written out,
    which a heading has done for a preamble. `paragraphs` are None where the library has no text."""

    headings: tuple[Heading, ...]
    number: str
    level: int
    named: bool
    paragraphs: tuple[Paragraph, ...] | None


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """A heading in the table of contents, with its first and last article."""

    heading: Heading
    first: str
    last: str


Source = tuple[str, Sequence[str], str | None]
"""(number, path, text) of an article."""


def blocks_of(articles: Iterable[Source]) -> list[Block]:
    """Articles in order, each with the headings that it is the first one under."""
    found: list[Block] = []
    above: Sequence[str] = ()
    count = 0
    for number, path, text in articles:
        kept = _in_common(above, path)
        headings = []
        for depth, words in enumerate(path[kept:], kept):
            count += 1
            headings.append(Heading(f"s{count}", min(depth + 2, _DEEPEST), words))
        above = path
        found.append(Block(tuple(headings), number, min(len(path) + 2, _DEEPEST), not (number == PREAMBLE and headings),
                           None if text is None else laid_out(text)))
    return found


def _in_common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many headings, from the outermost, two articles share."""
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return place
    return min(len(first), len(second))


def contents_of(blocks: Sequence[Block]) -> list[ContentsLine]:
    """The table of contents: a line a heading, up to the next heading of its level or above."""
    begun = [(heading, place) for place, block in enumerate(blocks) for heading in block.headings]
    lines = []
    for position, (heading, place) in enumerate(begun):
        end = next((other for following, other in begun[position + 1 :] if following.level <= heading.level), len(blocks))
        lines.append(ContentsLine(heading, blocks[place].number, blocks[max(end - 1, place)].number))
    return lines


def laid_out(text: str, span: tuple[int, int] | None = None) -> tuple[Paragraph, ...]:
    """The paragraphs of an article; `span`, positions in its normal form, is marked where it is found."""
    start, end = (span_in_copy(text, span) if span else None) or (0, 0)
    found, place = [], 0
    for line in text.split("\n"):
        cut = [place, *sorted({min(max(edge, place), place + len(line)) for edge in (start, end)}), place + len(line)]
        runs = [Run(text[a:b], start <= a < end) for a, b in itertools.pairwise(cut) if a < b]
        found.append(Paragraph(tuple(runs), bool(_CLAUSE.match(line))))
        place += len(line) + 1
    return tuple(found)
