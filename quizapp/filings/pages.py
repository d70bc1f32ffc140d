"""What the pages of filings may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from quizapp.filings.forms import AgainForm, NewForm, YearForm
from quizapp.filings.models import Filing
from quizapp.filings.queries import Listed
from quizapp.filings.rules.content import Content
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class FilingsPage(Page):
    """`news`: filings of this reader's with a version that they have not confirmed. `years`: whose report can be written."""

    template: ClassVar[str] = "filings/filings.html"
    styles: ClassVar[tuple[str, ...]] = ("page-filings",)
    section: ClassVar[str] = "filings"

    table: Table[Listed]
    news: Sequence[Listed]
    years: Sequence[int]
    may_make: bool


@dataclass(frozen=True)
class NewPage(Page):
    template: ClassVar[str] = "filings/new.html"
    styles: ClassVar[tuple[str, ...]] = ("page-filings",)
    section: ClassVar[str] = "filings"

    form: NewForm
    problem: str
    existing: str


@dataclass(frozen=True)
class Figure:
    """A figure of the total as the page shows it."""

    name: str
    base: str
    value: str


@dataclass(frozen=True)
class VersionView:
    """`difference` in words: the total's changes, then how many lines more; empty for the first version. `closed`: units
    dissolved since the roster was taken, as its text names them."""

    number: int
    at: str
    by: str
    reason: str
    digest: str
    code: str
    figures: Sequence[Figure]
    changes: Sequence[Mapping[str, Any]]
    unit_changes: Sequence[Mapping[str, Any]]
    difference: Mapping[str, Any]
    closed: Sequence[str]


@dataclass(frozen=True)
class CheckView:
    at: str
    by: str
    reason: str
    version: int | None


@dataclass(frozen=True)
class FilingPage(Page):
    """`moved`: how many people were added to the rosters (added) and taken off (removed) since it was last counted."""

    template: ClassVar[str] = "filings/filing.html"
    styles: ClassVar[tuple[str, ...]] = ("page-filings",)
    section: ClassVar[str] = "filings"

    filing: Filing
    kind_name: str
    versions: Sequence[VersionView]
    checks: Sequence[CheckView]
    whole: bool
    people: int
    is_news: bool
    may_make: bool
    form: AgainForm
    problem: str
    moved: Mapping[str, int]


@dataclass(frozen=True)
class SectionField:
    """`strange`: figures of the text that are among no facts."""

    key: str
    heading: str
    text: str
    rows: int
    strange: Sequence[str]
    blanks: int


@dataclass(frozen=True)
class YearPage(Page):
    template: ClassVar[str] = "filings/year.html"
    styles: ClassVar[tuple[str, ...]] = ("page-filings",)
    section: ClassVar[str] = "filings"

    year: int
    content: Content
    sections: Sequence[SectionField]
    blanks: int
    saved: str
    revision: str
    form: YearForm
    problem: str
    existing: str
    existing_id: int | None


@dataclass(frozen=True)
class VerifyPage(Page):
    """`answer`: empty before anything was asked, else yes or no. `superseded`: a later version of it exists."""

    template: ClassVar[str] = "filings/verify.html"
    styles: ClassVar[tuple[str, ...]] = ("page-filings",)

    number: str
    version: str
    code: str
    answer: str
    superseded: bool
