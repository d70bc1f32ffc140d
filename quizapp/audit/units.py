"""What the record knows of units: nothing by itself. The feature that keeps people says it when it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Source:
    """`choices`: (number, name) of every unit in the order of the tree. `people`: the numbers of all who belong or
    ever belonged to a unit or one below it."""

    choices: Callable[[Session], list[tuple[int, str]]]
    people: Callable[[int], Select[int]]


_SOURCES: list[Source] = []


def told_by(source: Source) -> None:
    _SOURCES[:] = [source]


def choices(session: Session) -> list[tuple[int, str]]:
    return _SOURCES[0].choices(session) if _SOURCES else []


def people_of(unit_id: int) -> Select[int]:
    return _SOURCES[0].people(unit_id)
