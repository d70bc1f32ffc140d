"""What goes into the generator and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """One article of one version of a law. `number`: "133-1"; `path`: headings above it, outermost first."""

    law: str
    version: str
    number: str
    path: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """When a version applied: from `in_force_since` up to, not including, `ends_on`; None where not known."""

    law: str
    version: str
    in_force_since: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question for review, with the proof of its key.

    `kind`: number, body, list, edit, term or version. `type`: single, multiple or true_false. `options` by
    letter, none for true_false. `key`: letters, or ("true",) or ("false",). `distractors`: per wrong option,
    or for the wrong judgement, why it is wrong. `span`: first and last-plus-one position, in the normal form
    of the article, of the words that support the key; `fingerprint`: of the article they were found in.
    """

    kind: str
    type: str
    stem: str
    options: dict[str, str]
    key: tuple[str, ...]
    explanation: str
    distractors: dict[str, str]
    difficulty: int
    law: str
    version: str
    article: str
    paragraph: int | None
    fingerprint: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that was not made, and why: one of the codes in `refusal.REASONS`."""

    kind: str
    reason: str
