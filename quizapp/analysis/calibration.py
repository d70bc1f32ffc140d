"""Estimates of item response theory, by the package mirt: marginal maximum likelihood, abilities normal."""

from __future__ import annotations

from collections.abc import Sequence

from quizapp.analysis.rules.irt import Estimate, model_for


def calibrate(papers: Sequence[Sequence[int]], model: str | None = None) -> list[Estimate | None]:
    """For each question of a form an estimate, or None where there is none: too few papers, everybody right or
    nobody, or no answer of the method. `papers`: per person 1 (right) or 0 for each question; `model`: that for so
    many papers, unless it is named.

    Rasch is fitted as equal slopes with the spread of abilities fixed at 1, which is the same model.
    """
    model = model_for(len(papers)) if model is None else model
    if not model or not papers[0]:
        return [None] * (len(papers[0]) if papers else 0)
    # half a second to load, and only for who analyses: see tests/architecture
    import mirt
    import numpy as np

    right = np.array(papers, dtype=int)
    told = np.flatnonzero((right.min(axis=0) == 0) & (right.max(axis=0) == 1))
    found: list[Estimate | None] = [None] * right.shape[1]
    if len(told) < 3:  # two questions do not say whether it is they or the people who differ
        return found
    equal = [{"parameter": "discrimination", "items": list(range(len(told)))}] if model == "rasch" else None
    try:
        fit = mirt.fit_mirt(right[:, told], "2PL", compute_standard_errors=False, constraints=equal, max_iter=2000,
                            tol=1e-5, accelerate="squarem" if equal else "none")
    except mirt.MirtError:
        return found
    if not fit.converged:
        return found
    slopes, places = (np.ravel(fit.model.parameters[name]) for name in ("discrimination", "difficulty"))
    for number, slope, place in zip(told, slopes, places, strict=True):
        found[number] = Estimate(model, float(slope), float(place), len(papers))
    return found
