"""What a marker typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

TYPED = 20  # characters kept of a field


@dataclass(frozen=True)
class Typed:
    """As it came, in the rubric's order; a field that was not sent is empty."""

    points: tuple[str, ...] = ()
    total: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], points: int) -> Typed:
        texts = tuple(form.get(f"p{number}", "")[:TYPED] for number in range(1, points + 1))
        # a rubric of one point has no field for the total: it would be the same
        return cls(texts, form.get("total", "")[:TYPED] if points > 1 else "")

    def filled(self, points: int) -> Typed:
        """With an empty field for each point where none has marks of its own."""
        return self if self.points else replace(self, points=("",) * points)
