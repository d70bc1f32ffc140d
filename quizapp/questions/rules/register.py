"""The register of laws that the bank may cite: question_bank/laws.yaml as a table to look up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

# (short name, version as ISO date) -> highest number of an article, None where it is not known
Register: TypeAlias = Mapping[tuple[str, str], int | None]


def register_of(laws: Sequence[Mapping[str, Any]]) -> Register:
    """The register out of the loaded laws.yaml: a list of {name, versions: [{version, articles}]}.

    Raises KeyError where an entry lacks its name, versions or version.
    """
    return {
        (law["name"], str(version["version"])): version.get("articles")
        for law in laws
        for version in law["versions"]
    }


def spans(laws: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, date, date | None, date | None]]:
    """(short name, version, in force since, first day no longer in force) of every registered version."""
    for law in laws:
        for version in law["versions"]:
            ends = [_day(version[name]) for name in ("replaced_on", "repealed_on") if version.get(name)]
            since = version.get("in_force_since")
            yield law["name"], _day(version["version"]), _day(since) if since else None, min(ends, default=None)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
