"""The two signs of a stem: [[…]] for the words that turn a question, ____ for a blank."""

import re
from dataclasses import dataclass

_EMPHASIS = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_BLANK = re.compile(r"(?<!_)____(?!_)")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a stem: text, perhaps emphasised, or the blank with that number (from 1, text "")."""

    text: str
    emphasised: bool = False
    blank: int | None = None


def parse_stem(stem: str, *, with_blanks: bool = False) -> tuple[Segment, ...]:
    """The stem in runs, in order; no run is empty text. Broken markup stays visible as it was typed.

    Only a fill item has blanks (`with_blanks`); elsewhere four underscores are text.
    """
    segments: list[Segment] = []
    end = 0
    for match in _EMPHASIS.finditer(stem):
        segments += _plain(stem[end : match.start()], with_blanks)
        if match[1]:
            segments.append(Segment(match[1], emphasised=True))
        end = match.end()
    segments += _plain(stem[end:], with_blanks)
    return _numbered(segments)


def plain_stem(stem: str) -> str:
    """The stem as a reader hears it, without [[ ]]."""
    return _EMPHASIS.sub(r"\1", stem)


def blank_count(stem: str) -> int:
    """How many blanks (exactly four underscores each) a stem has outside emphasis."""
    return sum(segment.blank is not None for segment in parse_stem(stem, with_blanks=True))


def is_broken(stem: str) -> bool:
    """Whether [[ and ]] do not pair, nest, or enclose nothing."""
    if any(not match[1].strip() or "[[" in match[1] for match in _EMPHASIS.finditer(stem)):
        return True
    rest = _EMPHASIS.sub("", stem)
    return "[[" in rest or "]]" in rest


def emphasised_spans(stem: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the emphasised words, counted in `plain_stem(stem)`."""
    spans: list[tuple[int, int]] = []
    for number, match in enumerate(_EMPHASIS.finditer(stem)):
        start = match.start() - number * len("[[]]")
        spans.append((start, start + len(match[1])))
    return tuple(spans)


def _plain(text: str, with_blanks: bool) -> list[Segment]:
    if not with_blanks:
        return [Segment(text)] if text else []
    runs: list[Segment] = []
    for number, piece in enumerate(_BLANK.split(text)):
        if number:
            runs.append(Segment("", blank=0))  # numbered over the whole stem afterwards
        if piece:
            runs.append(Segment(piece))
    return runs


def _numbered(segments: list[Segment]) -> tuple[Segment, ...]:
    numbered: list[Segment] = []
    blanks = 0
    for segment in segments:
        if segment.blank is None:
            numbered.append(segment)
        else:
            blanks += 1
            numbered.append(Segment("", blank=blanks))
    return tuple(numbered)
