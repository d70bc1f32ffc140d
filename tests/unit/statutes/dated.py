"""Versions with dates, for the rules alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DatedVersion:
    version: date
    in_force_since: date | None
    ends_on: date | None


def dated(version: str, since: str = "", ends: str = "") -> DatedVersion:
    """A version by its ISO dates; empty ones are unknown."""
    return DatedVersion(date.fromisoformat(version), *(date.fromisoformat(day) if day else None for day in (since, ends)))
