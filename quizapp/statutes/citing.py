"""Who cites an article: higher features register a function, and the page of the article asks them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Reference:
    """An item or an exam that cites an article: what it is called, and where it is."""

    kind: Literal["item", "exam"]
    label: str
    address: str


Citer = Callable[[Session, str, date, str], list[Reference]]
"""(session, law, version, number) → what cites that article of that version."""

CITERS: list[Citer] = []


def cites(citer: Citer) -> Citer:
    """Register what knows of citations."""
    CITERS.append(citer)
    return citer


def references(session: Session, law: str, version: date, number: str) -> list[Reference]:
    """Everything that cites an article, in the order in which the features registered."""
    return [reference for citer in CITERS for reference in citer(session, law, version, number)]
