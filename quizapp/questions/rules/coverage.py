"""How well the bank covers its subjects: counts by type and difficulty, and what is missing, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.questions.rules.schema import KINDS

DIFFICULTIES = (1, 2, 3)
ENOUGH = 20  # with fewer, a subject cannot fill two parallel forms of ten questions


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One subject. `counts`: per type, the counts of the difficulties 1 to 3; the rest names what is missing."""

    subject: str
    counts: Mapping[str, tuple[int, int, int]]
    missing_types: tuple[str, ...]
    missing_difficulties: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(sum(counts) for counts in self.counts.values())

    @property
    def enough(self) -> int:
        return ENOUGH

    @property
    def is_thin(self) -> bool:
        return self.total < ENOUGH

    @property
    def has_gap(self) -> bool:
        return bool(self.missing_types or self.missing_difficulties) or self.is_thin


def coverage_lines(
    subjects: Sequence[str], counts: Mapping[tuple[str, str, int], int]
) -> list[CoverageLine]:
    """A line for every subject, those without any item included. `counts`: (subject, type, difficulty) → items."""
    lines = []
    for subject in subjects:
        by_type: dict[str, tuple[int, int, int]] = {
            kind: (counts.get((subject, kind, 1), 0), counts.get((subject, kind, 2), 0),
                   counts.get((subject, kind, 3), 0))
            for kind in KINDS
        }
        lines.append(CoverageLine(
            subject, by_type,
            tuple(kind for kind in KINDS if not sum(by_type[kind])),
            tuple(level for level in DIFFICULTIES if not sum(by_type[kind][level - 1] for kind in KINDS)),
        ))
    return lines
