"""The text of an article with the words marked that prove keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.statutes.rules.wording import span_in_copy


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text; `proof` where it proves a key."""

    text: str
    proof: bool = False


def passage(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[Stretch, ...], ...]:
    """Paragraph by paragraph, the spans of the normal form marked. Spans that do not fit are left out."""
    marked = [False] * len(text)
    for span in spans:
        found = span_in_copy(text, span)
        if found is not None:
            marked[found[0] : found[1]] = [True] * (found[1] - found[0])
    paragraphs = []
    start = 0
    for line in text.split("\n"):
        paragraphs.append(_runs(line, marked[start : start + len(line)]))
        start += len(line) + 1
    return tuple(paragraphs)


def _runs(line: str, marked: Sequence[bool]) -> tuple[Stretch, ...]:
    runs: list[Stretch] = []
    begin = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or marked[place] != marked[begin]:
            runs.append(Stretch(line[begin:place], marked[begin]))
            begin = place
    return tuple(runs)
