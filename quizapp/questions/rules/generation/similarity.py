"""No two candidates that say nearly the same, and none that says what an existing item says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from quizapp.kernel.text import fold
from quizapp.questions.rules.generation.shapes import Candidate

NEAR_DUPLICATE = 85.0  # per cent of characters in common (indel ratio)
_STEP = 8  # characters; texts are kept by length in steps of this


class Seen:
    """The texts met so far, looked up by length: two texts can only be that alike when their lengths are."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for text in texts:
            self._keep(without_lead(text))

    def takes(self, candidate: Candidate) -> bool:
        """Whether nothing like the candidate was met before; it is remembered if so."""
        text = comparable(candidate)
        if self._near(text):
            return False
        self._keep(text)
        return True

    def _near(self, text: str) -> bool:
        low, high = NEAR_DUPLICATE / (200 - NEAR_DUPLICATE), (200 - NEAR_DUPLICATE) / NEAR_DUPLICATE
        first, last = int(len(text) * low) // _STEP, int(len(text) * high) // _STEP
        return any(
            process.extractOne(text, self._by_length[step], scorer=fuzz.ratio, score_cutoff=NEAR_DUPLICATE)
            for step in range(first, last + 1)
            if step in self._by_length
        )

    def _keep(self, text: str) -> None:
        self._by_length[len(text) // _STEP].append(text)


def comparable(candidate: Candidate) -> str:
    """Stem and options folded, the options in order, as `duplicates.comparable` reads an item; the reference
    to the law at the beginning does not count."""
    stem = candidate.stem.replace("[[", "").replace("]]", "")
    return without_lead("\n".join([fold(stem), *sorted(fold(text) for text in candidate.options.values())]))


def without_lead(text: str) -> str:
    """A folded text without 「根据《…》，」, so that a long name of a law makes no two stems alike."""
    return _FOLDED_LEAD.sub("", text, count=1)


_FOLDED_LEAD = re.compile('根据《[^》]+》(?:关于"[^"]+"的规定)?,')
