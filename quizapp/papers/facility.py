"""How hard items have proved: features that know registered answers tell, and assembling asks them all."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

FacilityFinder = Callable[[Session, Collection[int]], dict[int, float]]
"""(session, item ids) → item id → facility, the share of its marks that people got; only where it is known."""

FINDERS: list[FacilityFinder] = []


def knows_facility(finder: FacilityFinder) -> FacilityFinder:
    """Register what knows how items were answered."""
    FINDERS.append(finder)
    return finder


def facility_of(session: Session, item_ids: Collection[int]) -> dict[int, float]:
    """Item id → facility (0 to 1) of the items that have been answered often enough to say."""
    found: dict[int, float] = {}
    for finder in FINDERS:
        found |= finder(session, item_ids)
    return found
