"""The register of laws that ships with the product: facts and fingerprints, never a text.

`laws.yaml` has names, issuers, kinds and the dates of every version; `fingerprints.txt` beside it has a line a
version: short name, version, and `number:fingerprint` of each article, parted by spaces. Names have no spaces.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from quizapp.kernel.errors import FileError
from quizapp.statutes.rules.naming import KIND_NAMES

Fingerprints = Mapping[tuple[str, str], Mapping[str, str]]
"""(short name, version as ISO date) → number of the article → fingerprint of its text."""


_PAIR = re.compile(r"(preamble|annex|text|\d{1,4}(?:-\d{1,2})?):([0-9a-f]{16})")


@dataclass(frozen=True)
class RegisteredVersion:
    """Facts of one version; a date that is not known is None. `ends_on`: first day no longer in force."""

    version: date
    adopted: date | None
    published: date | None
    in_force_since: date | None
    ends_on: date | None
    articles: int | None
    note: str
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisteredLaw:
    name: str
    title: str
    issuer: str
    kind: str
    aliases: tuple[str, ...]
    versions: tuple[RegisteredVersion, ...]


def registered_laws(laws: Sequence[Mapping[str, Any]], fingerprints: Fingerprints) -> list[RegisteredLaw]:
    """The register out of the loaded laws.yaml. Raises FileError naming the law and the field that is wrong."""
    found = []
    for law in laws:
        if (law.get("kind") or "other") not in KIND_NAMES:
            raise FileError("laws.yaml 里“%(law)s”的 kind 写得不对，可以写：%(kinds)s", file="laws.yaml",
                            law=law.get("name", "?"), kinds=", ".join(KIND_NAMES))
        try:
            versions = tuple(_version(law["name"], one, fingerprints) for one in law["versions"])
            found.append(RegisteredLaw(law["name"], law.get("title") or law["name"], law.get("issuer") or "",
                                       law.get("kind") or "other", tuple(law.get("aliases") or ()), versions))
        except KeyError as error:
            raise FileError("laws.yaml 里“%(law)s”缺少“%(field)s”", file="laws.yaml", law=law.get("name", "?"),
                            field=error.args[0]) from error
        except (TypeError, ValueError) as error:
            raise FileError("laws.yaml 里“%(law)s”有一个日期写得不对，应当写成 2023-09-01", file="laws.yaml",
                            law=law.get("name", "?")) from error
    return found


def _version(name: str, one: Mapping[str, Any], fingerprints: Fingerprints) -> RegisteredVersion:
    ends = [_day(one[key]) for key in ("replaced_on", "repealed_on") if one.get(key)]
    version = day_of(one["version"])
    return RegisteredVersion(
        version, _day(one.get("adopted")), _day(one.get("published")), _day(one.get("in_force_since")),
        min((day for day in ends if day), default=None), one.get("articles"), one.get("note") or "",
        fingerprints.get((name, version.isoformat()), {}),
    )


def _day(value: object) -> date | None:
    return None if value is None else day_of(value)


def day_of(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def read_fingerprints(content: str) -> Fingerprints:
    """The lines of fingerprints.txt. Raises FileError with the line that is not of that form."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for number, line in enumerate(content.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        version, _, pairs = rest.partition(" ")
        matches = [_PAIR.fullmatch(pair) for pair in pairs.split()]
        articles = {match[1]: match[2] for match in matches if match}
        if not articles or len(articles) != len(matches):
            raise FileError("%(file)s 第 %(line)s 行写得不对，请用 quizapp statutes register 重做", file="fingerprints.txt",
                            line=number)
        found[name, version] = articles
    return found


def fingerprint_line(name: str, version: str, articles: Iterable[tuple[str, str]]) -> str:
    """One line of fingerprints.txt."""
    return " ".join([name, version, *(f"{number}:{digest}" for number, digest in articles)])


def register_digest(parts: Iterable[bytes]) -> str:
    """What tells whether the register changed since it was last taken over."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def spans(laws: Sequence[RegisteredLaw]) -> Iterator[tuple[str, RegisteredVersion]]:
    """Every version with the name of its law."""
    for law in laws:
        for version in law.versions:
            yield law.name, version
