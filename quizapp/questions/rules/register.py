"""The register of laws as the checks of the bank use it: a table by short name and version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from quizapp.statutes.rules.register import RegisteredLaw


@dataclass(frozen=True)
class KnownVersion:
    """`articles`: the highest number of an article, None where it is not known. `fingerprints` by number."""

    articles: int | None = None
    in_force_since: date | None = None
    ends_on: date | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)


# (short name, version as ISO date) -> what is known of it
Register: TypeAlias = Mapping[tuple[str, str], KnownVersion]


def register_of(laws: Sequence[RegisteredLaw]) -> Register:
    return {
        (law.name, one.version.isoformat()): KnownVersion(one.articles, one.in_force_since, one.ends_on, one.fingerprints)
        for law in laws
        for one in law.versions
    }
