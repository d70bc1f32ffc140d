"""Proof of key: the article that a citation names is the registered one, in force, and the span lies in it.

A citation of a law carries the fingerprint of the article's text and the span of characters of its normal form
that proves the key. The register vouches for the fingerprint; a text in the law library vouches for the span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from quizapp.questions.rules.register import KnownVersion, Register
from quizapp.questions.rules.schema import LawCitation
from quizapp.statutes.rules.wording import fingerprint, normal_form

MOST = 400  # characters of a span; longer proves nothing in particular

Verdict = Literal["text", "fingerprint", "unproved", "wrong"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a citation proves nothing: a code of `problems.ERRORS` or `WARNINGS` with its values."""

    code: str
    values: Mapping[str, object]


def faults(citation: LawCitation, register: Register, on: date | None) -> Iterator[Fault]:
    """What is wrong with the proof of one citation, as far as the register can tell.

    `on`: the day on which the article has to be in force; None leaves that open. A version that has ended still
    proves a key where the article stands unchanged in the version in force.
    """
    known = register[citation.law, citation.version]
    said = {"law": citation.law, "version": citation.version, "article": citation.article}
    if citation.quote is not None:
        yield Fault("quote_left", said)
    elif citation.text is None or citation.span is None:
        yield Fault("proof_missing", said)
    elif not 0 <= citation.span[0] < citation.span[1] <= citation.span[0] + MOST:
        yield Fault("span_wrong", said)
    elif citation.article not in known.fingerprints:
        yield Fault("proof_unregistered", said)
    elif known.fingerprints[citation.article] != citation.text:
        yield Fault("proof_changed", said)
    if on is not None and not stands(citation, known, register, on):
        yield Fault("version_ended", {**said, "day": (known.ends_on or on).isoformat()})


def stands(citation: LawCitation, known: KnownVersion, register: Register, on: date) -> bool:
    """Whether the article, in these words, is the law on that day: by the cited version or by a later one."""
    if known.ends_on is None or on < known.ends_on:
        return True
    return any(
        one.fingerprints.get(citation.article) == citation.text
        for (law, _), one in register.items()
        if law == citation.law and citation.text and (one.in_force_since or on) <= on
        and (one.ends_on is None or on < one.ends_on)
    )


def verdict(citation: LawCitation, text: str | None, registered: str) -> Verdict:
    """How far a proof was verified: by the text itself, by the registered fingerprint alone, or not at all."""
    if citation.text is None or citation.span is None:
        return "unproved"
    if text is not None:
        start, end = citation.span
        sound = fingerprint(text) == citation.text and 0 <= start < end <= len(normal_form(text))
        return "text" if sound else "wrong"
    if not registered:
        return "unproved"
    return "fingerprint" if registered == citation.text else "wrong"
