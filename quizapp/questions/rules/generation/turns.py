"""Where one change of words turns a sentence round: a word and its opposite, one party and the other.

What changes duty into leave is in `duties`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizapp.questions.rules.generation.opposites import (
    BEARERS,
    CONTRASTS,
    NEGATIONS,
    PARTIES,
    in_relation,
)
from quizapp.questions.rules.generation.passages import Passage

_VICTIM = re.compile("侵|受害|违法|违反|公民|任何|家庭|检举|控告|损害|欺|骗")
_BEARING = ("由", "归", "属于", "向")


@dataclass(frozen=True, slots=True)
class Turn:
    """At `start` stands `old`; `new` makes the sentence wrong. `sort`: number, body, opposite or duty."""

    start: int
    old: str
    new: str
    sort: str


def opposite_turns(passage: Passage) -> Iterator[Turn]:
    """Words whose opposite makes sense in their place, and is not what the article says as well."""
    whole = passage.reading.text
    for table, strict in ((NEGATIONS, False), (CONTRASTS, True)):
        for pattern, new in table:
            match = pattern.search(passage.text, passage.target, passage.end + 1)
            if match is None or (len(match[0]) > 1 and passage.text.count(match[0]) > 1):
                continue  # what stands beside it a second time would contradict the change
            turned = match.expand(new)
            if (strict and turned in whole.replace(match[0], "")) or _is_odd(turned, passage.text):
                continue
            yield Turn(match.start(), match[0], turned, "opposite")


def _is_odd(turned: str, text: str) -> bool:
    """Whether one sees through it: no duty to pay for what is forbidden, no right for a victim."""
    return (turned == "无须" and "不得" in text) or (turned == "无权" and bool(_VICTIM.search(text)))


def party_turns(passage: Passage) -> Iterator[Turn]:
    """One party to a legal relation put in the place of the other, where only one of them is spoken of."""
    path = passage.reading.article.path
    for pattern, one, other in PARTIES:
        match = pattern.search(passage.text, passage.target, passage.end + 1)
        if match and in_relation(path, one, other) and _is_alone(passage.text, one, other, match.end()):
            yield Turn(match.start("party"), one, other, "body")
    for pattern, one, other in BEARERS:
        match = pattern.search(passage.text, passage.target, passage.end + 1)
        if match and in_relation(path, one, other) and not _bears(passage.text, other):
            yield Turn(match.start("party"), one, other, "body")


def _is_alone(text: str, one: str, other: str, end: int) -> bool:
    """Whether nothing else in the text gives the party away, and it is not told what it must not do: what one
    may not do, the other may not do either."""
    rest = text.replace(one, "")
    named_again = text.count(one) > 1 or one[:-1] in rest or other in rest
    return not named_again and not text.startswith("不得", end)


def _bears(text: str, party: str) -> bool:
    return any(f"{word}{party}" in text for word in _BEARING)
