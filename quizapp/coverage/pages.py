"""What the pages about the laws of a year may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from quizapp.coverage.queries import Choice, CitingItem, Unit
from quizapp.coverage.rules import Count, Line
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class EmptyPage(Page):
    """No year has an exam or a plan yet."""

    template: ClassVar[str] = "coverage/empty.html"
    section: ClassVar[str] = "coverage"

    may_create: bool


@dataclass(frozen=True)
class Filters:
    """What may be chosen. `subjects`: (code, name); `running`: exams of the year whose results are not out and which
    therefore do not count."""

    choice: Choice
    years: Sequence[int]
    subjects: Sequence[tuple[str, str]]
    units: Sequence[Unit]
    ranks: Sequence[str]
    post_types: Sequence[str]
    exams: int
    running: int
    scope: str


@dataclass(frozen=True)
class SubjectRow:
    name: str
    taught: bool
    bank: int
    asked: int
    count: Count
    address: str


@dataclass(frozen=True)
class MapPage(Page):
    """A year by subject and law. `whole`: everything asked; `has_plan`: a confirmed plan says what was taught; `left_out`:
    laws of the bank that the year neither taught nor asked, which `all_address` lists too."""

    template: ClassVar[str] = "coverage/map.html"
    section: ClassVar[str] = "coverage"
    styles: ClassVar[tuple[str, ...]] = ("page-report", "page-coverage")

    filters: Filters
    whole: Count
    laws_asked: int
    articles_asked: int
    has_plan: bool
    suggestions: Sequence[str]
    subjects: Sequence[SubjectRow]
    table: Table[Line]
    left_out: int
    all_address: str


@dataclass(frozen=True)
class LawPage(Page):
    """One law, article by article. `without`: articles of the text in use on which no item rests, in words."""

    template: ClassVar[str] = "coverage/law.html"
    section: ClassVar[str] = "coverage"
    styles: ClassVar[tuple[str, ...]] = ("page-report", "page-coverage")

    filters: Filters
    line: Line
    without: str
    table: Table[Line]


@dataclass(frozen=True)
class Part:
    """A unit or a rank. `hidden`: too few people to tell, or the rest would give such few away."""

    name: str
    count: Count
    hidden: bool


@dataclass(frozen=True)
class ItemRow:
    item: CitingItem
    count: Count | None


@dataclass(frozen=True)
class ArticlePage(Page):
    """One article. `address`: its place in the library, "" where that has none; `items` is None for whoever may not see
    the bank."""

    template: ClassVar[str] = "coverage/article.html"
    section: ClassVar[str] = "coverage"
    styles: ClassVar[tuple[str, ...]] = ("page-report", "page-coverage")

    filters: Filters
    line: Line
    words: str
    text: str
    address: str
    units: Sequence[Part]
    ranks: Sequence[Part]
    items: Sequence[ItemRow] | None
