"""Two versions side by side: what changed with both wordings, what did not folded into lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.statutes.rules.versions import ArticleChange, Change, Piece, marked

KINDS: tuple[Change, ...] = ("changed", "new", "gone", "moved", "same")
"""The order in which changes are counted on the page."""

Pieces = tuple[tuple[Piece, ...], ...]
"""The paragraphs of one side, each in runs."""


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One article, or a run of neighbours that are the same, or moved together without a change of words.

    `old` and `new`: first and last number on each side, None where the article is on the other side only.
    `left` and `right`: the wordings; empty where they do not differ, or no text is there.
    """

    kind: Change
    old: tuple[str, str] | None
    new: tuple[str, str] | None
    left: Pieces = ()
    right: Pieces = ()


def lines_of(changes: Sequence[ArticleChange], old: Mapping[str, str], new: Mapping[str, str]) -> list[ComparedLine]:
    """Lines in the order of the changes. `old` and `new`: number → text, empty for what has none."""
    places = {number: place for place, number in enumerate(old)}
    lines: list[ComparedLine] = []
    for change in changes:
        last = lines[-1] if lines else None
        if last is not None and last.old and last.new and _goes_on(last, change, places):
            lines[-1] = ComparedLine(last.kind, (last.old[0], change.old or ""), (last.new[0], change.new or ""))
        else:
            lines.append(_line(change, old, new))
    return lines


def _goes_on(last: ComparedLine, change: ArticleChange, places: Mapping[str, int]) -> bool:
    """Whether an article continues the line: unchanged as well, and next to it on the old side too."""
    if change.kind != last.kind or change.kind not in ("same", "moved") or last.old is None or change.old is None:
        return False
    return places.get(change.old, -1) == places.get(last.old[1], -2) + 1


def _line(change: ArticleChange, old: Mapping[str, str], new: Mapping[str, str]) -> ComparedLine:
    before = (change.old, change.old) if change.old is not None else None
    after = (change.new, change.new) if change.new is not None else None
    texts = old.get(change.old or "", ""), new.get(change.new or "", "")
    if change.kind in ("same", "moved"):
        return ComparedLine(change.kind, before, after)
    pieces = marked(*texts) if change.kind == "changed" else [Piece("same", texts[0] or texts[1])]
    return ComparedLine(change.kind, before, after,
                        _side(pieces, "del") if before else (), _side(pieces, "ins") if after else ())


def _side(pieces: Sequence[Piece], kind: str) -> Pieces:
    """What one side reads: what both have and what it has alone, by paragraphs."""
    paragraphs: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.kind in ("same", kind):
            first, *rest = piece.text.split("\n")
            paragraphs[-1].append(Piece(piece.kind, first))
            paragraphs += [[Piece(piece.kind, words)] for words in rest]
    kept = (tuple(piece for piece in paragraph if piece.text) for paragraph in paragraphs)
    return tuple(paragraph for paragraph in kept if paragraph)


def counts_of(changes: Sequence[ArticleChange]) -> dict[Change, int]:
    """How many articles of each kind."""
    found = Counter(change.kind for change in changes)
    return {kind: found[kind] for kind in KINDS}
