"""Item response theory: which model so many answers bear, and what an estimate says of a whole population."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

RASCH, TWO_PARAMETERS = 200, 500
"""Answers per question. Below 200 classical statistics only; from 500 on slopes of their own: Hulin, Lissak & Drasgow
(1982), “Recovery of two- and three-parameter logistic item characteristic curves”, Applied Psychological Measurement 6."""
FAR, FLAT, STEEP = 6.0, 0.05, 6.0
"""Locations further out, slopes flatter or steeper than these are no estimates but their failure."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`slope` and `location` of P(right) = 1 / (1 + exp(-slope (ability - location))); abilities of those who sat have
    mean 0 and standard deviation 1. `people`: answers it stands on."""

    model: str
    slope: float
    location: float
    people: int

    @property
    def is_sound(self) -> bool:
        return abs(self.location) < FAR and FLAT < self.slope < STEEP

    @property
    def expected(self) -> float:
        """Share of right answers among everybody, abilities being normal."""
        steps, reach = 121, 6.0
        width = 2 * reach / (steps - 1)
        points = [-reach + n * width for n in range(steps)]
        weights = [exp(-point * point / 2) / sqrt(2 * pi) * width for point in points]
        return sum(w / (1 + exp(-self.slope * (point - self.location))) for w, point in zip(weights, points, strict=True))


def model_for(people: int) -> str:
    """rasch, 2pl, or "" where there are too few."""
    return "2pl" if people >= TWO_PARAMETERS else "rasch" if people >= RASCH else ""


def pooled(estimates: list[Estimate]) -> Estimate | None:
    """One estimate of a question that is on several forms. Forms are dealt out by lot, so all stand on one scale; each
    weighs by its people. The model is the plainer of those that meet."""
    sound = [one for one in estimates if one.is_sound]
    people = sum(one.people for one in sound)
    if not people:
        return None
    return Estimate(
        "rasch" if any(one.model == "rasch" for one in sound) else "2pl",
        sum(one.slope * one.people for one in sound) / people,
        sum(one.location * one.people for one in sound) / people, people,
    )
