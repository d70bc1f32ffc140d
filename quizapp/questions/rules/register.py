"""The register of laws that the bank may cite: question_bank/laws.yaml as a table to look up."""

from collections.abc import Mapping, Sequence
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
