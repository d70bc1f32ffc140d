"""Versions of a law in time: which one is in force on a day, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, Protocol, TypeVar

from quizapp.statutes.rules.numbering import order_of
from quizapp.statutes.rules.wording import normal_form

Change = Literal["same", "changed", "moved", "new", "gone"]
Standing = Literal["in_force", "coming", "ended"]
SAME_ENOUGH = 0.55  # of two articles with other numbers: below this they have nothing to do with each other


class Dated(Protocol):
    """What a version says of its time; dates that nobody knows are None."""

    @property
    def version(self) -> date: ...
    @property
    def in_force_since(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...


Version = TypeVar("Version", bound=Dated)


def in_force_on(versions: Iterable[Version], day: date) -> Version | None:
    """The version in force on a day: begun, not ended, and the latest of these.

    Where the beginning is unknown the day of the version stands for it: it cannot have begun earlier.
    """
    begun = [one for one in versions if (one.in_force_since or one.version) <= day]
    standing = [one for one in begun if one.ends_on is None or day < one.ends_on]
    return max(standing, key=lambda one: one.version, default=None)


def standing_on(versions: Iterable[Version], version: Version, day: date) -> Standing:
    """How one of the versions of a law stands on a day: in force, still to come, or over."""
    if (version.in_force_since or version.version) > day:
        return "coming"
    current = in_force_on(versions, day)
    return "in_force" if current is not None and current.version == version.version else "ended"


def next_after(versions: Sequence[Version], version: date) -> Version | None:
    """The version that followed, or None while there is none."""
    return min((one for one in versions if one.version > version), key=lambda one: one.version, default=None)


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What became of an article. `old` and `new` are its numbers, None where the article is on one side only."""

    kind: Change
    old: str | None
    new: str | None


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> list[ArticleChange]:
    """Article by article, number → text (or fingerprint). In the order of the new version, what is gone last.

    An article that kept its words under another number has moved. With texts, one that kept its number but has
    more in common with another new article is seen as that one changed.
    """
    changes = _kept({number: normal_form(text) for number, text in old.items()},
                    {number: normal_form(text) for number, text in new.items()})
    taken = {change.new for change in changes.values()}
    grams = {number: _pairs(normal_form(text)) for number, text in new.items()}
    for number, text in old.items():
        if number not in changes:
            place = _likeliest(number, _pairs(normal_form(text)), grams, taken)
            changes[number] = ArticleChange("changed" if place else "gone", number, place)
            taken.add(place)
    return _in_order(changes, new)


def compare_fingerprints(old: Mapping[str, str], new: Mapping[str, str]) -> list[ArticleChange]:
    """The same, number → fingerprint, where one side has no text: an article that kept its number was changed."""
    changes = _kept(old, new)
    taken = {change.new for change in changes.values()}
    for number in old:
        if number not in changes:
            stays = number in new and number not in taken
            changes[number] = ArticleChange("changed" if stays else "gone", number, number if stays else None)
    return _in_order(changes, new)


def _kept(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, ArticleChange]:
    """The old articles whose words are still there. Each new article goes on from one old article at most, also
    where several have the same words."""
    changes = {number: ArticleChange("same", number, number) for number, words in old.items() if new.get(number) == words}
    free: dict[str, list[str]] = {}
    for number, words in new.items():
        if number not in changes:
            free.setdefault(words, []).append(number)
    for number, words in old.items():
        if number not in changes and free.get(words):
            changes[number] = ArticleChange("moved", number, free[words].pop(0))
    return changes


def _in_order(changes: Mapping[str, ArticleChange], new: Mapping[str, str]) -> list[ArticleChange]:
    """What became of the old articles, and the new ones, in the order of the new version, what is gone last."""
    taken = {change.new for change in changes.values()}
    added = [ArticleChange("new", None, number) for number in new if number not in taken]
    kept = [change for change in changes.values() if change.new is not None]
    gone = [change for change in changes.values() if change.new is None]
    return [*sorted([*kept, *added], key=lambda one: order_of(one.new or "1")),
            *sorted(gone, key=lambda one: order_of(one.old or "1"))]


def _likeliest(
    number: str, grams: frozenset[str], new: Mapping[str, frozenset[str]], taken: set[str | None]
) -> str | None:
    """The new article that goes on from an old one: most words in common, the same number where that is close."""
    scores = {candidate: _shared(grams, pairs) for candidate, pairs in new.items() if candidate not in taken}
    if not scores:
        return None
    best = max(scores, key=lambda one: (scores[one], one == number))
    return best if scores[best] >= SAME_ENOUGH else None


def _pairs(words: str) -> frozenset[str]:
    return frozenset(words[place : place + 2] for place in range(len(words) - 1))


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    """Dice's coefficient of two sets of pairs of characters, 0 to 1."""
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: kept, deleted or inserted."""

    kind: Literal["same", "del", "ins"]
    text: str


def marked(old: str, new: str) -> list[Piece]:
    """The two wordings as one run of pieces, character by character, with the crumbs of chance kept together."""
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            short = i2 - i1 < 2 and pieces and (i2 < len(old) or j2 < len(new))
            if short:  # one character alike by chance inside a change reads worse than a longer change
                _add(pieces, "del", old[i1:i2])
                _add(pieces, "ins", new[j1:j2])
            else:
                _add(pieces, "same", old[i1:i2])
        else:
            _add(pieces, "del", old[i1:i2])
            _add(pieces, "ins", new[j1:j2])
    return _gathered(pieces)


def _add(pieces: list[Piece], kind: Literal["same", "del", "ins"], text: str) -> None:
    if text:
        pieces.append(Piece(kind, text))


def _gathered(pieces: Sequence[Piece]) -> list[Piece]:
    """Between two kept runs, all that was deleted first and then all that was inserted."""
    result: list[Piece] = []
    gone = come = ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind == "del":
            gone += piece.text
        elif piece.kind == "ins":
            come += piece.text
        else:
            _add(result, "del", gone)
            _add(result, "ins", come)
            gone = come = ""
            _add(result, "same", piece.text)
    return result
