"""Which version of a law applied on a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from quizapp.kernel.errors import InputError
from quizapp.kernel.numerals import to_int
from quizapp.questions.rules.generation import phrases
from quizapp.questions.rules.generation.law import Law
from quizapp.questions.rules.generation.making import choice
from quizapp.questions.rules.generation.passages import Proof, Reading
from quizapp.questions.rules.generation.shapes import Candidate, Refusal, SourceVersion

SOON_AFTER = 60  # days
_N = "[零〇○一二三四五六七八九十0-9]+"
_IN_FORCE = re.compile(rf"自(?P<y>{_N})年(?P<m>{_N})月(?P<d>{_N})日起施行")


def version_candidates(
    law: Law, reading: Reading, versions: Sequence[SourceVersion]
) -> Iterator[Candidate | Refusal]:
    """The questions that the article with the date in force proves: one about a day between publication and
    that date, one about a day soon after."""
    pair = _pair(law, versions)
    if pair is None:
        return
    proof = _proof(reading, pair.since)
    if proof is not None:
        yield from _of_pair(law, pair, proof)
    elif _IN_FORCE.search(reading.text):
        yield Refusal("version", "unproved")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two versions, of which the new one replaced the old one on the day `since`."""

    old: date
    new: date
    since: date


def _pair(law: Law, versions: Sequence[SourceVersion]) -> _Pair | None:
    own = [version for version in versions if version.law == law.name]
    new = next((version for version in own if version.version == law.version), None)
    before = [v for v in own if new and v.version < new.version and v.in_force_since is not None]
    old = max(before, key=lambda version: version.version, default=None)
    if new is None or old is None or new.in_force_since is None:
        return None
    if old.ends_on not in {None, new.in_force_since}:
        return None
    return _Pair(date.fromisoformat(old.version), date.fromisoformat(new.version), new.in_force_since)


def _proof(reading: Reading, since: date) -> Proof | None:
    """Where the article says that the law takes effect on this day."""
    for block in reading.blocks:
        for match in _IN_FORCE.finditer(block.text):
            if _date(match) == since:
                return Proof(reading, block.number, (block.start + match.start(), block.start + match.end()))
    return None


def _of_pair(law: Law, pair: _Pair, proof: Proof) -> Iterator[Candidate | Refusal]:
    rng = law.rng(proof.reading.number, "version")
    waiting = (pair.since - pair.new).days
    if waiting > 2:
        day = pair.new + timedelta(days=rng.randrange(1, waiting))
        stem = phrases.which_version_then(law.name, day, pair.new)
        yield _which(law, pair, proof, stem, rng, later=False)
    day = pair.since + timedelta(days=rng.randrange(0, SOON_AFTER))
    yield _which(law, pair, proof, phrases.which_version_now(law.name, day), rng, later=True)


def _which(
    law: Law, pair: _Pair, proof: Proof, stem: str, rng: Random, *, later: bool
) -> Candidate | Refusal:
    right, wrong = (pair.new, pair.old) if later else (pair.old, pair.new)
    return choice(
        "version",
        stem,
        [phrases.version_name(law.name, right)],
        {
            phrases.version_name(law.name, wrong): phrases.other_version(pair.since, later=later),
            phrases.BOTH_VERSIONS: phrases.both_versions(pair.since),
            phrases.NEITHER_VERSION: phrases.neither_version(pair.since, later=later),
        },
        proof,
        explanation=phrases.version_is(law.name, proof.reading.number, pair.since, later=later),
        difficulty=2,
        rng=rng,
    )


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(to_int(match["y"]), to_int(match["m"]), to_int(match["d"]))
    except (InputError, ValueError):
        return None
