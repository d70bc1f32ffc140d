"""The report's text in paragraphs, with the words that facts rest on cut out as pieces of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` carries the fact `key`."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the facts that rest on it; those whose first words begin here, those whose words end here."""

    text: str
    keys: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def literal_span(key: int, literal: str, sentence_start: int, sentence_end: int, text: str) -> Span | None:
    """Where the literal words stand within their sentence; the sentence itself where they are not found in it."""
    if not 0 <= sentence_start < sentence_end <= len(text):
        return None
    place = text.find(literal, sentence_start, sentence_end) if literal else -1
    if place < 0:
        return Span(key, sentence_start, sentence_end)
    return Span(key, place, place + len(literal))


def paragraphs(text: str, spans: Iterable[Span]) -> list[list[Piece]]:
    """One list of pieces a line. All pieces together are the text; spans may overlap, none may cross a line."""
    known = sorted(spans, key=lambda span: (span.start, span.end, span.key))
    first: dict[int, int] = {}
    for span in known:
        first.setdefault(span.key, span.start)
    found: list[list[Piece]] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        inside = [span for span in known if span.start < end and span.end > start]
        found.append(_pieces(text, start, end, inside, first))
        start = end + 1
    return found


def _pieces(text: str, start: int, end: int, spans: list[Span], first: dict[int, int]) -> list[Piece]:
    cuts = sorted({start, end, *(place for span in spans for place in (span.start, span.end) if start < place < end)})
    return [
        Piece(
            text[left:right],
            tuple(dict.fromkeys(span.key for span in spans if span.start <= left and span.end >= right)),
            tuple(dict.fromkeys(span.key for span in spans if span.start == left == first[span.key])),
            tuple(dict.fromkeys(span.key for span in spans if span.end == right)),
        )
        for left, right in pairwise(cuts)
    ]


def line_of(text: str, place: int) -> int:
    """The number of the paragraph (1-based, empty lines not counted) in which a place lies."""
    return sum(1 for line in text[:place].split("\n")[:-1] if line.strip()) + 1
