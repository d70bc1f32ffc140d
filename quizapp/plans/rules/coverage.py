"""Whether the bank can carry the subjects of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# the three types of the usual 100 marks
USUAL_TYPES = ("single", "multiple", "true_false")
ENOUGH = 5  # below this, parallel forms cannot help repeating the same questions


@dataclass(frozen=True, slots=True)
class SubjectStock:
    """Published items of a subject. `code` is None for a subject that the bank does not have.

    `missing`: usual types without any item; `scarce`: those with fewer than ENOUGH, with their number.
    """

    name: str
    code: str | None
    counts: Mapping[str, int]
    total: int
    missing: tuple[str, ...]
    scarce: tuple[tuple[str, int], ...]

    @property
    def covered(self) -> bool:
        return self.code is not None and not self.missing and not self.scarce


def stock(
    subjects: Sequence[str], names: Mapping[str, str], counted: Iterable[tuple[str, str, int]]
) -> list[SubjectStock]:
    """`subjects` as the plan keeps them (codes, or texts); `counted` rows of subject, type, number of items."""
    by_subject: dict[str, dict[str, int]] = {}
    for subject, kind, count in counted:
        kinds = by_subject.setdefault(subject, {})
        kinds[kind] = kinds.get(kind, 0) + count
    return [_of(subject, names, by_subject.get(subject, {})) for subject in subjects]


def _of(subject: str, names: Mapping[str, str], counts: Mapping[str, int]) -> SubjectStock:
    if subject not in names:
        return SubjectStock(subject, None, {}, 0, (), ())
    return SubjectStock(
        names[subject],
        subject,
        counts,
        sum(counts.values()),
        tuple(kind for kind in USUAL_TYPES if not counts.get(kind)),
        tuple((kind, counts[kind]) for kind in USUAL_TYPES if 0 < counts.get(kind, 0) < ENOUGH),
    )
